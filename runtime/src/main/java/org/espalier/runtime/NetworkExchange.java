package org.espalier.runtime;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.Term;
import org.espalier.runtime.optim.update.FusedUpdate;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.espalier.runtime.storage.ArrayBytes;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Carries a network's numbers to copies of it that learn from other examples of a step, on threads, in processes or on
 * machines of their own, and carries back what they learnt: what data-parallel training stands on. How the numbers
 * travel, and who adds them up, is up to the caller.
 *
 * <pre>
 *   Standing standing = network.standing(false);          // here; travels to the copies
 *   copy.begin(standing, standing.seedOf(7));             // there
 *   …forward, loss and backward of the copy…
 *   StepReport part = copy.addGradient(numbers, share);   // travels back, with the numbers
 *   copy.addStatistics(numbers, standing, share);
 *   network.update(sum, NetworkExchange.sum(parts));      // here
 * </pre>
 *
 * <p>Numbers are those of the parameters, in their order, followed by the running statistics'. A share is what a copy's
 * examples are of all, so that sums over the copies are means over the examples.
 */
public final class NetworkExchange {
    private static final int PIECE = 1 << 13;

    /** 2⁶⁴ divided by the golden ratio, SplitMix64's increment. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final Network network;

    /**
     * All that a step depends on besides its examples: weights, running statistics, learning rates, clipping, λ, and
     * the optimizer's numbers if they were asked for.
     */
    public static final class Standing implements Serializable {
        private static final long serialVersionUID = 1;

        private final float[] weights;
        private final float[] statistics;
        private final long randomSeed;
        private final long updates;
        private final double[] lambdas;
        private final String optimizers;
        private final double[] rates;
        private final double clipNorm;
        private final double clipValue;
        private final boolean complete;
        private final long[] steps;
        private final float[] state;

        private Standing(Network network, boolean complete) {
            this.weights = new float[Math.toIntExact(network.parameters.count())];
            read(network.parameters.flatValues(), weights, 0);
            this.statistics = new float[statisticsLength(network)];
            forEachStatistic(network, (array, place) -> read(array, statistics, place));
            this.randomSeed = network.randomSeed();
            this.updates = network.update.count();
            this.lambdas = terms(network).stream().mapToDouble(Term::lambda).toArray();
            this.complete = complete;
            // A network that only predicts may have none.
            List<Optimizer> all = complete ? network.update.optimizers() : List.of();
            this.optimizers = complete ? settings(network) : "";
            this.rates = all.stream().mapToDouble(Optimizer::lr).toArray();
            this.clipNorm = complete ? all.get(0).clipNorm() : Double.POSITIVE_INFINITY;
            this.clipValue = complete ? all.get(0).clipValue() : Double.POSITIVE_INFINITY;
            this.steps = complete ? stepsOf(network) : new long[0];
            this.state = complete ? stateOf(network) : new float[0];
        }

        /**
         * A seed for what dropout draws in a copy: a function of the network's own seed, of how many updates it has
         * had, and of the copy's number alone, so that a step that is made again draws the same.
         */
        public long seedOf(int copy) {
            return mixed(mixed(randomSeed + GOLDEN * (updates + 1)) + GOLDEN * (copy + 1L));
        }

        /** SplitMix64's finalizer. */
        private static long mixed(long z) {
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }
    }

    private interface Visitor {
        void visit(INDArray array, int place);
    }

    /**
     * Of a network, or of a copy of one.
     *
     * @throws IllegalArgumentException if the network computes in double precision
     * @throws IllegalStateException if it shares the weights of another
     */
    public NetworkExchange(Network network) {
        network.requireOwnWeights("NetworkExchange");
        if (network.dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException("expected a network that computes in FLOAT, found " + network.name()
                    + ", which computes in " + network.dataType() + "; networks of doubles train on one machine");
        }
        this.network = network;
    }

    /** Number of parameters' and statistics' numbers together. */
    public int length() {
        return Math.toIntExact(network.parameters.count()) + statisticsLength(network);
    }

    /** Number of the parameters' numbers, which come first. */
    public int parametersLength() {
        return Math.toIntExact(network.parameters.count());
    }

    /**
     * Number of {@link #length()}'s numbers and the optimizer's, which {@link #addChange} adds to.
     *
     * @throws IllegalStateException if the network has no optimizer
     */
    public int changeLength() {
        return network.steps.use(() -> length() + stateLength(network));
    }

    /**
     * The network as it stands.
     *
     * @param complete whether copies make updates of their own, for which they need the optimizer's numbers
     * @throws IllegalStateException if {@code complete} and the network has no optimizer; if it is closed, or another
     *     thread is using it
     */
    public Standing standing(boolean complete) {
        return network.steps.use(() -> new Standing(network, complete));
    }

    /**
     * Makes this copy what the network was, in training mode, with no gradient waiting.
     *
     * @param randomSeed of what dropout draws; another one for each copy and step
     * @throws IllegalArgumentException if the network has other parameters, statistics, regularizers or optimizers
     */
    public void begin(Standing standing, long randomSeed) {
        network.steps.run(() -> {
            requireLike(standing);
            network.forgetWaiting();
            network.steps.spoilBackward();
            write(standing.weights, 0, network.parameters.flatValues());
            forEachStatistic(network, (array, place) -> write(standing.statistics, place, array));
            List<Term> terms = terms(network);
            for (int i = 0; i < terms.size(); i++) {
                terms.get(i).lambda(standing.lambdas[i]);
            }
            network.random(randomSeed, 0);
            network.steps.trains(true);
            network.update.count(standing.updates);
            if (standing.complete) {
                takeOptimizers(standing);
            }
        });
    }

    private void requireLike(Standing standing) {
        requireSame("parameters", standing.weights.length, network.parameters.count());
        requireSame("numbers of statistics", standing.statistics.length, statisticsLength(network));
        requireSame(
                "terms of regularizers", standing.lambdas.length, terms(network).size());
        if (standing.complete && !settings(network).equals(standing.optimizers)) {
            throw new IllegalArgumentException("expected a copy with the optimizers of the network, "
                    + standing.optimizers + ", found one with " + settings(network));
        }
    }

    private void requireSame(String what, long there, long here) {
        if (there != here) {
            throw new IllegalArgumentException("expected a copy of the network, with " + there + " " + what + ", found "
                    + network.name() + " with " + here);
        }
    }

    private void takeOptimizers(Standing standing) {
        List<Optimizer> optimizers = network.update.optimizers();
        for (int i = 0; i < optimizers.size(); i++) {
            optimizers.get(i).lr(standing.rates[i]);
        }
        optimizers.get(0).clipNorm(standing.clipNorm);
        optimizers.get(0).clipValue(standing.clipValue);
        restore(standing.state, 0, standing.steps);
    }

    /**
     * Adds this copy's waiting gradient to numbers, and forgets it.
     *
     * @param numbers {@link #length()} of them at least, of which the parameters' are added to
     * @param share what the gradient is multiplied by
     * @return the losses and activities' penalties that waited with it, times the share
     * @throws IllegalStateException if no gradient waits
     */
    public StepReport addGradient(float[] numbers, double share) {
        return network.steps.use(() -> {
            if (!network.accumulate) {
                throw new IllegalStateException(
                        "addGradient of " + network.name() + " needs a gradient; call backward before it");
            }
            // What is not handed out: updates of a table may go on leaving out rows.
            INDArray gradient = network.parameters.flatGradients();
            for (Parameter parameter : network.parameters) {
                if (!parameter.isFrozen()) {
                    long from = parameter.offset();
                    add(gradient, from, parameter.count(), numbers, Math.toIntExact(from), (float) share);
                }
            }
            StepReport report = StepReport.of(
                    network.steps.waitingLoss(), network.steps.waitingLosses(), network.update.takeActivities());
            network.forgetWaiting();
            return times(report, share);
        });
    }

    /**
     * Adds how this copy's running statistics have changed to numbers.
     *
     * @param numbers {@link #length()} of them at least, of which the statistics' are added to
     * @param from the network before
     * @param share what the change is multiplied by
     */
    public void addStatistics(float[] numbers, Standing from, double share) {
        network.steps.run(() -> {
            float[] now = new float[statisticsLength(network)];
            forEachStatistic(network, (array, place) -> read(array, now, place));
            addDifference(now, from.statistics, numbers, parametersLength(), (float) share);
        });
    }

    /**
     * Adds how this copy's weights and running statistics have changed by updates of its own to numbers, and behind
     * them its optimizer's numbers.
     *
     * @param numbers {@link #changeLength()} of them
     * @param from the network before
     * @param share what all are multiplied by
     * @return steps of each parameter so far
     */
    public List<Long> addChange(float[] numbers, Standing from, double share) {
        return network.steps.use(() -> {
            float[] weights = new float[parametersLength()];
            read(network.parameters.flatValues(), weights, 0);
            addDifference(weights, from.weights, numbers, 0, (float) share);
            addStatistics(numbers, from, share);
            float[] state = stateOf(network);
            int place = length();
            for (int i = 0; i < state.length; i++) {
                numbers[place + i] += (float) share * state[i];
            }
            return Arrays.stream(stepsOf(network)).boxed().toList();
        });
    }

    /**
     * Makes an update of the gradient that copies computed, and takes the changes of their running statistics.
     *
     * @param sum of what they added to with {@link #addGradient} and {@link #addStatistics}
     * @param report sum of the reports that {@link #addGradient} gave
     * @return the loss before the update, and what it is made of
     * @throws NonFiniteException if a gradient is infinite or NaN; nothing of the network is then changed
     */
    public StepReport update(float[] sum, StepReport report) {
        return network.steps.use(() -> {
            requireOwnUpdate(sum, length());
            for (Parameter parameter : network.parameters) {
                write(sum, Math.toIntExact(parameter.offset()), parameter.gradientNumbers());
            }
            network.accumulate = true;
            StepReport own = network.updated(report.dataLoss(), report.losses());
            addToStatistics(sum);
            List<LedgerEntry> ledger = new ArrayList<>();
            Map<String, Double> activities = new HashMap<>();
            report.ledger().forEach(entry -> activities.merge(entry.name(), entry.value(), Double::sum));
            for (LedgerEntry entry : own.ledger()) {
                double value = entry.value() + activities.getOrDefault(entry.name(), 0.0);
                ledger.add(new LedgerEntry(entry.group(), entry.term(), value));
            }
            return StepReport.of(report.dataLoss(), report.losses(), ledger);
        });
    }

    /**
     * Takes what copies changed by updates of their own.
     *
     * @param sum of what they added to with {@link #addChange}
     * @param steps what {@link #addChange} gave
     * @param updates how many each copy made
     * @throws NonFiniteException if a number is infinite or NaN; nothing of the network is then changed
     */
    public void move(float[] sum, List<Long> steps, long updates) {
        network.steps.run(() -> {
            for (float number : sum) {
                if (!Float.isFinite(number)) {
                    throw new NonFiniteException(
                            "a weight after local steps", network.name(), number, ", so nothing was changed");
                }
            }
            restore(sum, length(), steps.stream().mapToLong(Long::longValue).toArray());
            // Behind restore: before its first update an optimizer has no numbers to count.
            requireOwnUpdate(sum, changeLength());
            addTo(network.parameters.flatValues(), sum, 0);
            addToStatistics(sum);
            network.steps.spoilBackward();
            network.update.count(network.update.count() + updates);
        });
    }

    private void requireOwnUpdate(float[] sum, int length) {
        if (sum.length != length) {
            throw new IllegalArgumentException(
                    "expected " + length + " numbers of " + network.name() + ", found " + sum.length);
        }
        if (network.accumulate) {
            throw new IllegalStateException("gradients of " + network.name()
                    + " wait for an update of its own; make it, or forget them with zeroGradients");
        }
    }

    private void addToStatistics(float[] sum) {
        forEachStatistic(network, (array, place) -> addTo(array, sum, parametersLength() + place));
    }

    /** Adds up reports of copies, which have losses and penalties of the same names. */
    public static StepReport sum(List<StepReport> reports) {
        StepReport first = reports.get(0);
        List<LossEntry> losses = IntStream.range(0, first.losses().size())
                .mapToObj(i -> {
                    LossEntry loss = first.losses().get(i);
                    return new LossEntry(
                            loss.name(),
                            loss.weight(),
                            reports.stream()
                                    .mapToDouble(
                                            report -> report.losses().get(i).value())
                                    .sum());
                })
                .toList();
        List<LedgerEntry> ledger = IntStream.range(0, first.ledger().size())
                .mapToObj(i -> {
                    LedgerEntry entry = first.ledger().get(i);
                    return new LedgerEntry(
                            entry.group(),
                            entry.term(),
                            reports.stream()
                                    .mapToDouble(
                                            report -> report.ledger().get(i).value())
                                    .sum());
                })
                .toList();
        double dataLoss = reports.stream().mapToDouble(StepReport::dataLoss).sum();
        return StepReport.of(dataLoss, losses, ledger);
    }

    /** Multiplies every loss and penalty of a report. */
    public static StepReport times(StepReport report, double factor) {
        return StepReport.of(
                factor * report.dataLoss(),
                report.losses().stream().map(loss -> loss.times(factor)).toList(),
                report.ledger().stream()
                        .map(entry -> new LedgerEntry(entry.group(), entry.term(), factor * entry.value()))
                        .toList());
    }

    private static List<Term> terms(Network network) {
        return network.update.regularizers().stream()
                .flatMap(regularizer -> regularizer.terms().stream())
                .toList();
    }

    private static String settings(Network network) {
        return network.update.optimizers().stream()
                .map(optimizer -> optimizer.name() + optimizer.constants())
                .toList()
                .toString();
    }

    /** Visits the running statistics; buffers of whole numbers are constants. */
    private static void forEachStatistic(Network network, Visitor visitor) {
        int place = 0;
        for (INDArray array : network.statistics.arrays().values()) {
            if (array.dataType() == DataType.FLOAT) {
                visitor.visit(array, place);
                place += Math.toIntExact(array.length());
            }
        }
    }

    private static int statisticsLength(Network network) {
        return Math.toIntExact(network.statistics.arrays().values().stream()
                .filter(array -> array.dataType() == DataType.FLOAT)
                .mapToLong(INDArray::length)
                .sum());
    }

    private static long[] stepsOf(Network network) {
        FusedUpdate<?> fused = network.update.fused();
        return IntStream.range(0, network.parameters.size())
                .mapToLong(fused::steps)
                .toArray();
    }

    private static int states(Network network, int tensor) {
        FusedUpdate<?> fused = network.update.fused();
        return network.update
                .optimizers()
                .get(fused.optimizer(tensor))
                .stateNames()
                .size();
    }

    private static int stateLength(Network network) {
        long length = 0;
        int tensor = 0;
        for (Parameter parameter : network.parameters) {
            if (network.update.fused().steps(tensor) > 0) {
                length += states(network, tensor) * parameter.count();
            }
            tensor++;
        }
        return Math.toIntExact(length);
    }

    /** The optimizer's numbers: of each parameter that has had steps, one state after the other. */
    private static float[] stateOf(Network network) {
        float[] all = new float[stateLength(network)];
        FloatBuffer rest = FloatBuffer.wrap(all);
        FusedUpdate<?> fused = network.update.fused();
        for (int tensor = 0; tensor < network.parameters.size(); tensor++) {
            for (int state = 0; fused.steps(tensor) > 0 && state < states(network, tensor); state++) {
                try {
                    fused.writeState(
                            tensor,
                            state,
                            piece -> rest.put(
                                    piece.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()));
                } catch (IOException impossible) {
                    throw new UncheckedIOException(impossible);
                }
            }
        }
        return all;
    }

    private void restore(float[] numbers, int from, long[] steps) {
        FusedUpdate.Restored restored = network.update.fused().restore(network.update.optimizers());
        int place = from;
        int tensor = 0;
        for (Parameter parameter : network.parameters) {
            if (steps[tensor] > 0) {
                restored.steps(tensor, steps[tensor]);
                for (int state = 0; state < states(network, tensor); state++) {
                    int count = Math.toIntExact(parameter.count());
                    ByteBuffer piece = ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES))
                            .order(ByteOrder.LITTLE_ENDIAN);
                    piece.asFloatBuffer().put(numbers, place, count);
                    restored.read(tensor, state, piece);
                    place += count;
                }
            }
            tensor++;
        }
        restored.use();
    }

    private static void read(INDArray from, float[] to, int place) {
        for (long start = 0; start < from.length(); start += PIECE) {
            int count = (int) Math.min(PIECE, from.length() - start);
            ArrayBytes.of(from, start, count).asFloatBuffer().get(to, place + (int) start, count);
        }
    }

    private static void write(float[] from, int place, INDArray to) {
        for (long start = 0; start < to.length(); start += PIECE) {
            int count = (int) Math.min(PIECE, to.length() - start);
            ArrayBytes.of(to, start, count).asFloatBuffer().put(from, place + (int) start, count);
        }
    }

    private static void addTo(INDArray array, float[] numbers, int place) {
        float[] piece = new float[PIECE];
        for (long start = 0; start < array.length(); start += PIECE) {
            int count = (int) Math.min(PIECE, array.length() - start);
            FloatBuffer there = ArrayBytes.of(array, start, count).asFloatBuffer();
            there.get(0, piece, 0, count);
            for (int i = 0; i < count; i++) {
                piece[i] += numbers[place + (int) start + i];
            }
            there.put(0, piece, 0, count);
        }
    }

    private static void add(INDArray array, long from, long length, float[] numbers, int place, float factor) {
        float[] piece = new float[PIECE];
        for (long start = 0; start < length; start += PIECE) {
            int count = (int) Math.min(PIECE, length - start);
            ArrayBytes.of(array, from + start, count).asFloatBuffer().get(piece, 0, count);
            for (int i = 0; i < count; i++) {
                numbers[place + (int) start + i] += factor * piece[i];
            }
        }
    }

    private static void addDifference(float[] now, float[] before, float[] numbers, int place, float factor) {
        for (int i = 0; i < now.length; i++) {
            numbers[place + i] += factor * (now[i] - before[i]);
        }
    }
}
