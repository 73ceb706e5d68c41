package org.espalier.cli.prune;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.cli.run.ArrayDifference;
import org.espalier.cli.run.NetworkInMemory;
import org.espalier.cli.run.RunException;
import org.espalier.generator.format.NetFormatter;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceFile;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorType;
import org.espalier.weights.npy.NpyArray;
import org.jspecify.annotations.Nullable;

/** Prunes a network: removes the channels that its weights do without. */
public final class Pruning {
    /** Relative to the magnitude of outputs: what sums in another order come to, with room. */
    private static final double ROUNDING = 1e-5;

    private static final int SAMPLES = 4;

    private static final long SEED = 7;

    private final Program program;
    private final WeightNumbers weights;
    private final PrunePlan plan;
    private final Options options;
    private final String text;
    private final Program smaller;

    /**
     * Settings.
     *
     * @param threshold magnitude up to which a weight counts as 0
     * @param inputs whether places of inputs may go
     */
    public record Options(double threshold, boolean inputs) {}

    /** Compiles a specification. */
    public interface Compiler {
        /** Returns the network, or null after errors, which are reported. */
        @Nullable
        Program compile(SourceFile file);
    }

    private Pruning(
            Program program, WeightNumbers weights, PrunePlan plan, Options options, String text, Program smaller) {
        this.program = program;
        this.weights = weights;
        this.plan = plan;
        this.options = options;
        this.text = text;
        this.smaller = smaller;
    }

    /**
     * Prunes a network.
     *
     * @param file the specification that it was compiled from
     * @throws PruneException if the weights are not the network's, or the specification cannot be changed
     */
    public static Pruning of(Program program, SourceFile file, TensorFile tensors, Options options, Compiler compiler)
            throws PruneException {
        Graph graph = program.graph();
        WeightNumbers weights = WeightNumbers.read(graph, tensors);
        PrunePlan plan = PrunePlan.of(graph, weights, options.threshold(), options.inputs());
        String changed = SizeEdits.text(graph, plan, file);
        if (plan.isEmpty()) {
            return new Pruning(program, weights, plan, options, file.text(), program);
        }
        String text = NetFormatter.format(new SourceFile(file.name(), changed)).text();
        Program smaller = compiler.compile(new SourceFile(file.name(), text));
        if (smaller == null) {
            throw new PruneException("the smaller specification has the errors above: " + file.fileName()
                    + " says sizes in more places than the calls of layers; nothing is written");
        }
        Pruning pruning = new Pruning(program, weights, plan, options, text, smaller);
        pruning.requireSizes();
        return pruning;
    }

    private void requireSizes() throws PruneException {
        Map<String, Value> made = new LinkedHashMap<>();
        WeightNumbers.tensors(smaller.graph()).forEach(value -> made.put(value.name(), value));
        for (Value value : WeightNumbers.tensors(program.graph())) {
            List<Integer> wanted = sizes(value);
            Value found = made.get(value.name());
            if (found == null || !found.shape().dimensions().equals(wanted)) {
                throw new PruneException("the smaller specification would have " + value.name() + " of "
                        + (found == null ? "no shape" : found.shape()) + ", not " + wanted
                        + "; nothing is written");
            }
        }
    }

    private List<Integer> sizes(Value value) {
        List<Integer> sizes = new ArrayList<>();
        for (int axis = value.shape().firstAxis(); axis < value.shape().rank(); axis++) {
            sizes.add(plan.remaining(value, axis).size());
        }
        return sizes;
    }

    /** Tells whether nothing goes. */
    public boolean isEmpty() {
        return plan.isEmpty();
    }

    /** The text of the smaller specification. */
    public String text() {
        return text;
    }

    /** The network as it was. */
    public Graph before() {
        return program.graph();
    }

    /** The smaller network. */
    public Graph after() {
        return smaller.graph();
    }

    /** Tensors that become smaller, with their sizes then. */
    public Map<Value, List<Integer>> changed() {
        Map<Value, List<Integer>> changed = new LinkedHashMap<>();
        for (Value value : WeightNumbers.tensors(before())) {
            List<Integer> sizes = sizes(value);
            if (!sizes.equals(value.shape().dimensions())) {
                changed.put(value, sizes);
            }
        }
        return changed;
    }

    /** Places of inputs that no output depends on. */
    public Map<Value, List<Integer>> idle() {
        return plan.idle(before());
    }

    /** Reasons for which channels stay that nothing reads, with their count. */
    public Map<String, Integer> obstacles() {
        return plan.obstacles();
    }

    /** Writes the weights of the smaller network. */
    public void writeWeights(TensorFile from, Path to) {
        PrunedWeights.write(before(), weights, plan, from, to);
    }

    /**
     * Runs both networks on random inputs.
     *
     * @param original the file of weights
     * @param pruned that of the smaller network
     * @return the greatest difference of outputs, relative to their magnitude
     * @throws PruneException if they differ although only zeros were removed
     */
    public double difference(Path original, Path pruned) throws RunException, PruneException {
        NetworkInMemory one = NetworkInMemory.of(program, original);
        NetworkInMemory other = NetworkInMemory.of(smaller, pruned);
        Random random = new Random(SEED);
        Map<String, NpyArray> given = new LinkedHashMap<>();
        Map<String, NpyArray> fewer = new LinkedHashMap<>();
        for (Value input : before().inputs()) {
            List<List<Integer>> kept = new ArrayList<>();
            List<Long> sizes = new ArrayList<>(List.of((long) SAMPLES));
            List<Long> left = new ArrayList<>(List.of((long) SAMPLES));
            for (int axis = input.shape().firstAxis(); axis < input.shape().rank(); axis++) {
                kept.add(plan.remaining(input, axis));
                sizes.add((long) input.shape().axis(axis));
                left.add((long) kept.get(kept.size() - 1).size());
            }
            int limit = before().limit(input).orElse(2);
            ByteBuffer all = ByteBuffer.allocate(
                            4 * SAMPLES * (int) input.shape().elements())
                    .order(ByteOrder.LITTLE_ENDIAN);
            while (all.hasRemaining()) {
                if (input.isWhole()) {
                    all.putInt(random.nextInt(limit));
                } else {
                    all.putFloat((float) random.nextGaussian());
                }
            }
            TensorType type = input.isWhole() ? TensorType.I32 : TensorType.F32;
            given.put(input.name(), new NpyArray(type, sizes, all.flip()));
            fewer.put(input.name(), new NpyArray(type, left, picked(all, input, kept)));
        }
        Map<String, NpyArray> results = one.predict(given);
        double greatest = 0;
        for (Map.Entry<String, NpyArray> result : other.predict(fewer).entrySet()) {
            NpyArray before = results.get(result.getKey());
            if (before == null) {
                throw new PruneException("the smaller network has another output, '" + result.getKey() + "'");
            }
            ArrayDifference difference = ArrayDifference.of(result.getKey(), result.getValue(), before);
            greatest = Math.max(greatest, difference.greatest() / Math.max(difference.scale(), Float.MIN_NORMAL));
        }
        if (options.threshold() == 0 && !(greatest <= ROUNDING)) {
            throw new PruneException("the smaller network computes something else, by " + greatest
                    + " of the outputs' magnitude, which is a mistake of Espalier; nothing is written");
        }
        return greatest;
    }

    private static ByteBuffer picked(ByteBuffer all, Value input, List<List<Integer>> kept) {
        int sample = (int) input.shape().elements();
        ByteBuffer picked = ByteBuffer.allocate(
                SAMPLES * Float.BYTES * kept.stream().mapToInt(List::size).reduce(1, (a, b) -> a * b));
        for (int i = 0; i < SAMPLES; i++) {
            ByteBuffer one = all.slice(i * sample * Float.BYTES, sample * Float.BYTES);
            picked.put(PrunedWeights.picked(one, Float.BYTES, input.shape().firstAxis(), input, kept));
        }
        return picked.flip();
    }
}
