package org.espalier.runtime;

import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.memory.Guard;
import org.espalier.runtime.kernel.memory.NativeLibraries;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.update.FusedUpdate;
import org.espalier.runtime.optim.update.GradientNorm;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What every generated network is: parameters with their gradients and update, memory for one batch, and a mode.
 *
 * <p>A step is forward, loss, backward, update. Backward adds to the parameters' gradients until an update uses them,
 * so several batches, or several losses, can be accumulated; they are summed, not averaged. One forward serves one
 * backward, because the backward reuses its memory.
 *
 * <p>A loss or gradient that is infinite or NaN is refused with a {@link NonFiniteException}, the loss by backward, the
 * gradient by update, before anything has changed that is learned.
 *
 * <p>Memory is allocated at the first forward and again only for a larger batch. All of it lies outside the Java heap
 * except the optimizer's numbers; {@link #close()} frees it. What a network computes is given out as copies, so nothing
 * that is done to them disturbs it; parameters, gradients and statistics are given out as views, so writing to them
 * changes it. Arrays that were given out may be read as long as one has them, whatever becomes of the network: memory
 * that they lie in outlives it.
 *
 * <p>A network serves one thread at a time, and the calls of one step belong to one thread: forward, what follows it up
 * to the update, and what is asked about it. Any other call by a second thread is an {@link IllegalStateException} and
 * changes nothing. One thread after the other may use a network.
 */
public abstract class Network implements AutoCloseable {
    /** Names of what forward and backward return, other than any in a {@code .net}. */
    private static final String OUTPUT = "the output";

    private static final String GRADIENT = "the gradient by ";

    /** Whether layers such as dropout and batch normalisation behave as in training, from a forward to its backward. */
    protected boolean training = true;

    /** Whether gradients wait for an update, so that a backward must add to them rather than overwrite them. */
    protected boolean accumulate;

    /** What kernels compute in. */
    protected final Workspace workspace;

    /** What dropout draws from. */
    protected RandomStream random;

    private final Guard guard = new Guard(name());
    private final DataType type;
    private final HeldNumbers held;
    private final Init init;
    private long randomSeed;
    private final OffHeap values;
    private final OffHeap gradients;
    private final Parameters parameters;
    private final Map<String, Statistic> statistics = new LinkedHashMap<>();
    private final List<Regularizer> activityRegularizers = new ArrayList<>();
    private List<Regularizer> regularizers = List.of();
    private long declaredCount;
    private volatile @Nullable Optimizer optimizer;
    private @Nullable FusedUpdate<?> update;
    private @Nullable StepUndo undo;

    private @Nullable OffHeap arena;
    private long batch;
    private final Copies inputs;
    private final Copies targets;
    private final Copies outputs;

    private volatile boolean trains = true;
    private final Pass pass = new Pass(name());
    private double loss;
    private double waitingLoss;
    private final AtomicLong updates = new AtomicLong();

    /** Whether a whole step, or a prediction, is one call: nobody can do anything to its arrays meanwhile. */
    private boolean isOneCall;

    /** Whether that is a prediction. */
    private boolean predicts;

    /** Whether a backward has all that it needs, and is under way. */
    private boolean backpropagates;

    /** What a kernel reads, and nothing else may refer to. */
    private @Nullable INDArray beingRead;

    /** A tensor that is not learned: for kernels, and to be given out. */
    private record Statistic(OffHeap memory, INDArray array, Shared shared) {}

    /**
     * Allocates the parameters; a subclass then declares each of them and calls {@link #declared()}.
     *
     * @param type FLOAT or DOUBLE
     * @param parameterCount learned numbers of the whole network
     * @param init how the parameters start
     * @throws IllegalStateException if ND4J's native libraries are not on the class path; the message says which to add
     */
    protected Network(DataType type, long parameterCount, Init init) {
        // First of all: what kernels compute in may be a native library too.
        NativeLibraries.load();
        this.workspace = new Workspace();
        this.type = type;
        this.held = new HeldNumbers(type);
        this.init = init;
        this.randomSeed = init.randomSeed();
        this.random = new RandomStream(randomSeed);
        this.inputs = new Copies(type);
        this.targets = new Copies(type);
        this.outputs = new Copies(type);
        this.values = OffHeap.allocate(type, parameterCount);
        this.gradients = OffHeap.zeros(type, parameterCount);
        this.parameters = new Parameters(guard, values, gradients);
    }

    /**
     * Allocates the parameters; a subclass then declares each of them and calls {@link #declared()}.
     *
     * @param type FLOAT or DOUBLE
     * @param parameterCount learned numbers of the whole network
     * @param init how the parameters start
     * @param optimizer what {@link #update()} follows
     */
    protected Network(DataType type, long parameterCount, Init init, Optimizer optimizer) {
        this(type, parameterCount, init);
        this.optimizer = optimizer;
        optimizer.guardedBy(guard);
    }

    // What a generated class says about itself.

    /** Numbers of the arena for each sample of a batch. */
    protected abstract long memoryPerSample();

    /** Numbers of the arena besides. */
    protected abstract long memoryFixed();

    /** Takes the arrays of a batch size from the arena. */
    protected abstract void allocate(Memory memory, long batch);

    // What a generated class declares.

    /** The sizes of a tensor. */
    protected static long[] shape(long... sizes) {
        return sizes;
    }

    /** Every element {@code value}. */
    protected static Initializer constant(double value) {
        return new Initializer.Constant(value);
    }

    /** Uniform in ±{@code bound}. */
    protected static Initializer uniform(double bound) {
        return new Initializer.Uniform(bound);
    }

    /** Normal. */
    protected static Initializer normal(double mean, double standardDeviation) {
        return new Initializer.Normal(mean, standardDeviation);
    }

    /** Declares the next parameter. */
    protected final Parameter parameter(String name, Initializer initializer, long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        if (declaredCount + count > parameters.count()) {
            throw new IllegalStateException(
                    name() + " has " + parameters.count() + " learned numbers, and '" + name + "' goes past that");
        }
        Parameter parameter = new Parameter(guard, name, initializer, values, gradients, declaredCount, shape);
        parameters.add(parameter);
        declaredCount += count;
        return parameter;
    }

    /** Declares a tensor that is kept between steps and saved, but not learned. */
    protected final INDArray statistic(String name, double initial, long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        OffHeap memory = OffHeap.allocate(type, count);
        INDArray statistic = memory.view(0, count).assign(initial);
        if (statistics.putIfAbsent(name, new Statistic(memory, statistic, new Shared(memory, 0, count))) != null) {
            memory.free();
            throw new IllegalStateException("statistic '" + name + "' is declared twice");
        }
        return statistic;
    }

    /** Declares that a regularizer is one of activities, of which backward calls {@code ActivityPenalties}. */
    protected final void regularizesActivities(Regularizer regularizer) {
        activityRegularizers.add(regularizer);
    }

    /** Says that every parameter and statistic is declared, and gives them their first values. */
    protected final void declared() {
        if (declaredCount != parameters.count()) {
            throw new IllegalStateException(
                    name() + " has " + parameters.count() + " learned numbers, but declared " + declaredCount);
        }
        List<FusedUpdate.Tensor> tensors = new ArrayList<>();
        for (Parameter parameter : parameters) {
            parameter.declared();
            List<Long> shape = Arrays.stream(parameter.shape()).boxed().toList();
            tensors.add(new FusedUpdate.Tensor(
                    parameter.offset(), shape, parameter.outputAxis(), parameter.regularizerOrNull()));
        }
        update = FusedUpdate.over(values.flat(), gradients.flat(), tensors);
        regularizers = Stream.concat(
                        parameters.stream().flatMap(parameter -> parameter.regularizer().stream()),
                        activityRegularizers.stream())
                .distinct()
                .toList();
        regularizers.forEach(regularizer -> regularizer.guardedBy(guard));
        passFrozen();
        try {
            if (optimizer != null) {
                requireHeldSettings(optimizer);
            }
            init.fill(this);
        } catch (RuntimeException unfit) {
            close();
            throw unfit;
        }
    }

    /**
     * Some layers of a network that has more of them than one class file holds, as a class nested in the network's.
     * What they call of the network they call here, as methods of their own: from a nested class, a protected method of
     * a class elsewhere is reached only through accessors, of which javac makes one for every call.
     */
    protected abstract class Part {
        /** What kernels compute in. */
        protected final Workspace workspace = Network.this.workspace;

        /** Layers of this network. */
        protected Part() {}

        /** {@link Network#training}. */
        protected final boolean training() {
            return training;
        }

        /** {@link Network#accumulate}. */
        protected final boolean accumulate() {
            return accumulate;
        }

        /** {@link Network#random}. */
        protected final RandomStream random() {
            return random;
        }

        /** {@link Network#parameter}. */
        protected final Parameter parameter(String name, Initializer initializer, long... shape) {
            return Network.this.parameter(name, initializer, shape);
        }

        /** {@link Network#statistic}. */
        protected final INDArray statistic(String name, double initial, long... shape) {
            return Network.this.statistic(name, initial, shape);
        }

        /** {@link Network#shape}. */
        protected static long[] shape(long... sizes) {
            return Network.shape(sizes);
        }

        /** {@link Network#constant}. */
        protected static Initializer constant(double value) {
            return Network.constant(value);
        }

        /** {@link Network#uniform}. */
        protected static Initializer uniform(double bound) {
            return Network.uniform(bound);
        }

        /** {@link Network#normal}. */
        protected static Initializer normal(double mean, double standardDeviation) {
            return Network.normal(mean, standardDeviation);
        }
    }

    // What a generated class calls in its steps.

    /**
     * Runs a whole step, of methods that a user can also call one by one. If its loss, a gradient or a target is
     * refused, running statistics and random numbers are as they were too.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    protected final StepReport stepping(Supplier<StepReport> step) {
        return use(() -> {
            pass.requireOwnGradients();
            StepUndo present = undo == null ? new StepUndo(this) : undo;
            undo = present;
            present.markForward();
            try {
                return asOneCall(step);
            } catch (NonFiniteException | IllegalArgumentException refused) {
                present.undoForward();
                throw refused;
            }
        });
    }

    /**
     * Runs a forward in evaluation mode, and copies its output.
     *
     * @return an array that is the caller's own, in no ND4J workspace
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    protected final INDArray predicting(Supplier<INDArray> forward) {
        return use(() -> NdArrays.detachedCopy(evaluated(forward)));
    }

    /**
     * Runs a forward in evaluation mode.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    protected final void evaluating(Runnable forward) {
        use(() -> evaluated(() -> {
            forward.run();
            return this;
        }));
    }

    private <T> T evaluated(Supplier<T> forward) {
        predicts = true;
        try {
            return asOneCall(forward);
        } finally {
            predicts = false;
        }
    }

    private <T> T asOneCall(Supplier<T> work) {
        isOneCall = true;
        try {
            return work.get();
        } finally {
            isOneCall = false;
        }
    }

    /**
     * Runs a forward that has one output.
     *
     * @return a copy of the output, which the next forward overwrites
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    protected final INDArray propagating(Supplier<INDArray> forward) {
        return use(() -> {
            INDArray output = forward.get();
            pass.end(predicts);
            return isOneCall ? output : outputs.sharedOf(OUTPUT, output);
        });
    }

    /**
     * Runs a forward.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    protected final void propagating(Runnable forward) {
        use(() -> {
            forward.run();
            pass.end(predicts);
        });
    }

    /**
     * Begins a forward: checks the first input, and has memory for its batch.
     *
     * @param sample the shape of one sample
     * @return what kernels read until the backward
     * @throws IllegalArgumentException if type or shape are not those of the network
     */
    protected final INDArray input(String name, INDArray array, long... sample) {
        Shapes.check(() -> "input '" + name + "' of " + name(), array, type, 0, sample);
        pass.begin();
        training = trains && !predicts;
        INDArray taken = taken(name, array);
        prepare(array.size(0));
        return taken;
    }

    /**
     * Checks a further input, whose batch must be the first one's.
     *
     * @param sample the shape of one sample
     * @return what kernels read until the backward
     * @throws IllegalArgumentException if type or shape are not those of the network, or the batch another
     */
    protected final INDArray furtherInput(String name, INDArray array, long... sample) {
        Shapes.check(() -> "input '" + name + "' of " + name(), array, type, batch, sample);
        return taken(name, array);
    }

    /** The array itself if it is without gaps and stays as it is until the backward, else a copy. */
    private INDArray taken(String name, INDArray array) {
        return isOneCall && Shapes.isContiguous(array) && !gradients.holds(array) && !isStatistic(array)
                ? array
                : inputs.of(name, array);
    }

    private boolean isStatistic(INDArray array) {
        for (Statistic statistic : statistics.values()) {
            if (statistic.memory.holds(array)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Checks what the output is compared with.
     *
     * @param sample the shape of one sample
     * @return what the loss reads
     * @throws IllegalArgumentException if type or shape are not those of the network, or the batch another
     */
    protected final INDArray target(String name, INDArray array, long... sample) {
        Shapes.check(() -> "target '" + name + "' of " + name(), array, type, batch, sample);
        requireUnchanged("target", name, array);
        return read(name, array);
    }

    /**
     * Checks class indices {@code [batch]}, of any number format.
     *
     * @throws IllegalArgumentException if the shape is another
     */
    protected final INDArray labels(String name, INDArray array) {
        Shapes.checkOpen(() -> "labels '" + name + "' of " + name(), array);
        if (!Shapes.hasShape(array, batch)) {
            throw new IllegalArgumentException("labels '" + name + "' of " + name() + " must be class indices [" + batch
                    + "], one for each sample of the last forward, but are " + Arrays.toString(array.shape()));
        }
        requireUnchanged("labels", name, array);
        beingRead = array;
        return array;
    }

    /** A whole step gets its target before its forward. */
    private void requireUnchanged(String what, String name, INDArray array) {
        if (isOneCall && isStatistic(array)) {
            throw new IllegalArgumentException(what + " '" + name + "' of " + name()
                    + " lies in the network's own statistics, which its forward changes; give dup() of it");
        }
    }

    /**
     * Computes the data loss of the last forward, and keeps it for the report.
     *
     * @throws IllegalStateException without a forward before it, if the network is closed, or another thread is using
     *     it
     */
    protected final double dataLoss(DoubleSupplier computation) {
        return use(() -> {
            pass.requireForward("loss");
            // The gradient of a loss that was computed before is overwritten.
            pass.loss(false);
            loss = computation.getAsDouble();
            beingRead = null;
            pass.loss(true);
            return loss;
        });
    }

    /**
     * Runs a backward.
     *
     * @throws IllegalStateException without a forward before it, or if that forward had its backward; if the network is
     *     closed, or another thread is using it
     */
    protected final void backpropagating(Runnable backward) {
        use(() -> backpropagated(backward));
    }

    /**
     * Runs a backward that gives a gradient by an input.
     *
     * @return a copy of the gradient, which the next backward overwrites
     * @throws IllegalStateException without a forward before it, or if that forward had its backward; if the network is
     *     closed, or another thread is using it
     */
    protected final INDArray backpropagating(Supplier<INDArray> backward) {
        return use(() -> {
            INDArray[] gradient = new INDArray[1];
            backpropagated(() -> gradient[0] = backward.get());
            return outputs.sharedOf(GRADIENT, gradient[0]);
        });
    }

    private void backpropagated(Runnable backward) {
        pass.requireForward("backward");
        pass.requireOwnGradients();
        try {
            backward.run();
            backpropagates = false;
            pass.endBackward();
        } finally {
            if (backpropagates) {
                // It failed in the middle: some gradients have this backward in them, and some have not.
                backpropagates = false;
                pass.fail();
                forgetWaiting();
            }
            beingRead = null;
        }
    }

    /**
     * Begins a backward from the loss.
     *
     * @throws IllegalStateException if no loss was computed since the last forward or backward
     * @throws NonFiniteException if the loss is infinite or NaN
     */
    protected final void requireLoss() {
        pass.requireLoss();
        requireHeldActivities();
        if (!Double.isFinite(loss)) {
            throw new NonFiniteException(
                    "the loss",
                    name(),
                    loss,
                    ", so there is no backward and no update; go on with the next batch, or look for such numbers in "
                            + "this one and in the weights");
        }
        waitingLoss += loss;
        backpropagates = true;
    }

    /**
     * Begins a backward from gradients by the outputs: checks one of them.
     *
     * @param name the output
     * @param sample the shape of one sample
     * @return the array, or a copy without gaps
     * @throws IllegalArgumentException if type or shape are not those of the network, or the batch another
     */
    protected final INDArray gradient(String name, INDArray array, long... sample) {
        backpropagates = false;
        Shapes.check(() -> "gradient by '" + name + "' of " + name(), array, type, batch, sample);
        requireHeldActivities();
        // The gradient of the loss is overwritten.
        pass.loss(false);
        backpropagates = true;
        return read(name, array);
    }

    /** The array itself if it is without gaps, else a copy. */
    private INDArray read(String name, INDArray array) {
        INDArray read = Shapes.isContiguous(array) ? array : targets.of(name, array);
        beingRead = read;
        return read;
    }

    /**
     * Gives out an output of the last forward or prediction.
     *
     * @return a copy, which the next call overwrites
     * @throws IllegalStateException without a forward before it, if the network is closed, or another thread is using
     *     it
     */
    protected final INDArray output(String name, INDArray array) {
        return use(() -> {
            pass.requireOutput(name);
            return outputs.sharedOf(name, array);
        });
    }

    /**
     * Gives out the gradient by an input of the last backward.
     *
     * @return a copy, which the next call overwrites
     * @throws IllegalStateException without a backward since the last forward, if the network is closed, or another
     *     thread is using it
     */
    protected final INDArray inputGradient(String name, INDArray array) {
        return use(() -> {
            pass.requireInputGradient(name);
            return outputs.sharedOf(GRADIENT + name, array);
        });
    }

    // What a user calls.

    /**
     * Moves the parameters that are not frozen along the accumulated gradient and the penalties', and forgets the
     * gradient. The report's data loss is the sum of those whose backward ran since the last update.
     *
     * <p>If a gradient is infinite or NaN, nothing is updated, and the gradient is forgotten all the same: the next
     * backward begins a new one. Until then {@link Parameter#gradient} shows it.
     *
     * @return the loss before the update, and what it is made of
     * @throws IllegalStateException if no backward ran since the last update, the network has no optimizer, or a
     *     learning rate, bound or λ that was set is 0 or infinite in the network's precision
     * @throws NonFiniteException if a gradient is infinite or NaN; weights and optimizer are as they were
     */
    public final StepReport update() {
        return use(() -> updated(waitingLoss));
    }

    /**
     * {@link #update()} for a loss that the network does not know of, since its backward was given a gradient.
     *
     * @param dataLoss what the report calls the data loss
     */
    public final StepReport update(double dataLoss) {
        return use(() -> updated(dataLoss));
    }

    private StepReport updated(double dataLoss) {
        if (!accumulate) {
            throw new IllegalStateException(
                    "update of " + name() + " needs a gradient; call backward after the last update");
        }
        pass.requireOwnGradients();
        Optimizer present = optimizer();
        requireHeld(present);
        pass.spoilBackward();
        GradientNorm norm = fused().gradientNorm();
        if (!norm.isFinite()) {
            forgetWaiting();
            throw nonFiniteGradient();
        }
        List<LedgerEntry> penalties = fused().update(present, norm);
        List<LedgerEntry> ledger = withActivities(penalties);
        pass.forgetGradients();
        accumulate = false;
        waitingLoss = 0;
        updates.incrementAndGet();
        return StepReport.of(dataLoss, ledger);
    }

    private void requireHeldSettings(Optimizer given) {
        held.lost(given).ifPresent(lost -> {
            throw new IllegalArgumentException(lost);
        });
    }

    private void requireHeld(Optimizer used) {
        held.changeable(used).ifPresent(Network::refuse);
        for (Regularizer regularizer : regularizers) {
            held.lost(regularizer).ifPresent(Network::refuse);
        }
    }

    private void requireHeldActivities() {
        for (Regularizer regularizer : activityRegularizers) {
            held.lost(regularizer).ifPresent(Network::refuse);
        }
    }

    private static void refuse(String lost) {
        throw new IllegalStateException(lost);
    }

    private NonFiniteException nonFiniteGradient() {
        for (Parameter parameter : parameters) {
            Numbers gradient = Numbers.of(parameter.gradient());
            for (long i = 0; i < parameter.count() && !parameter.isFrozen(); i++) {
                if (!Double.isFinite(gradient.get(i))) {
                    return new NonFiniteException(
                            "the gradient by " + parameter.name() + Arrays.toString(parameter.index(i)),
                            name(),
                            gradient.get(i),
                            ", so nothing was updated; the gradient is forgotten, and the next backward begins "
                                    + "another one: go on with the next batch, or lower the learning rate");
                }
            }
        }
        throw new IllegalStateException("every gradient of " + name() + " is finite");
    }

    /** Adds what activities cost to the entries of their regularizers, which may be regularizers of weights too. */
    private List<LedgerEntry> withActivities(List<LedgerEntry> penalties) {
        List<LedgerEntry> ledger = new ArrayList<>(penalties);
        for (Regularizer regularizer : activityRegularizers) {
            for (LedgerEntry activity : regularizer.takeActivities()) {
                int place = 0;
                while (place < ledger.size() && !ledger.get(place).name().equals(activity.name())) {
                    place++;
                }
                if (place == ledger.size()) {
                    ledger.add(activity);
                } else {
                    double value = ledger.get(place).value() + activity.value();
                    ledger.set(place, new LedgerEntry(activity.group(), activity.term(), value));
                }
            }
        }
        return ledger;
    }

    /** How many updates it has had, in this run and in those that it {@link #resume}d from. */
    public final long updates() {
        return updates.get();
    }

    /** Forgets accumulated gradients, which become 0. */
    public final void zeroGradients() {
        use(() -> {
            if (parameters.count() > 0) {
                gradients.flat().assign(0);
            }
            forgetWaiting();
        });
    }

    private void forgetWaiting() {
        pass.forgetGradients();
        accumulate = false;
        waitingLoss = 0;
        activityRegularizers.forEach(Regularizer::takeActivities);
    }

    /** Every regularizer, in the order in which parameters use them; then those that only activities have. */
    public final List<Regularizer> regularizers() {
        return regularizers;
    }

    /**
     * The regularizer of a name, whose terms' λ may be changed between steps:
     * {@code net.regularizer("elastic").term("l1").lambda(2e-6)}.
     *
     * @param name its name in the {@code .net}; for one written in place its text, {@code l1(1e-5)}
     * @throws IllegalArgumentException if there is none of that name
     */
    public final Regularizer regularizer(String name) {
        List<Regularizer> all = regularizers();
        return all.stream()
                .filter(regularizer -> regularizer.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name() + " has no regularizer '" + name + "'; there "
                        + (all.isEmpty()
                                ? "is none"
                                : "are "
                                        + String.join(
                                                ", ",
                                                all.stream()
                                                        .map(Regularizer::name)
                                                        .toList()))));
    }

    /** The numbers of the parameters whose sparsity the {@code .net} asks for, as they are now. */
    public final List<Magnitudes> sparsity() {
        return use(() -> parameters.stream()
                .flatMap(parameter -> parameter.sparsity().stream())
                .toList());
    }

    /**
     * The penalties of the weights as they are, one entry for each term of each regularizer. Those of activities are
     * not among them: they depend on the batch, and {@link #update()} reports them.
     */
    public final List<LedgerEntry> penalties() {
        return use(() -> fused().penalties());
    }

    /**
     * Lets layers such as dropout and batch normalisation behave as in training from the next forward on, which is how
     * a network starts.
     */
    public final void train() {
        use(() -> trains = true);
    }

    /** Lets layers such as dropout and batch normalisation behave as in use from the next forward on. */
    public final void eval() {
        use(() -> trains = false);
    }

    /** Whether layers behave as in training. */
    public final boolean isTraining() {
        return trains;
    }

    /**
     * What {@link #update()} follows; its learning rate and clipping may be changed.
     *
     * @throws IllegalStateException if the network has none
     */
    public final Optimizer optimizer() {
        Optimizer present = optimizer;
        if (present == null) {
            throw new IllegalStateException(
                    name() + " has no optimizer; write one in its .net, or give it one with optimizer(new Adam(1e-3))");
        }
        return present;
    }

    /**
     * Follows another optimizer, which starts afresh.
     *
     * @throws IllegalArgumentException if a setting of it is 0 or infinite in the network's precision, though it was
     *     given as another number
     */
    public final void optimizer(Optimizer optimizer) {
        use(() -> {
            requireHeldSettings(optimizer);
            optimizer.guardedBy(guard);
            this.optimizer = optimizer;
            fused().reset();
        });
    }

    /**
     * Leaves parameters alone from now on: they have no update and no penalty.
     *
     * @param pattern path of parameters, {@code encoder.**}; {@code *} stands for anything within a name, {@code **}
     *     for anything
     * @throws IllegalArgumentException if it matches none
     */
    public final void freeze(String pattern) {
        use(() -> {
            matching(pattern).forEach(parameter -> parameter.frozen(true));
            passFrozen();
        });
    }

    /**
     * Trains parameters again that {@link #freeze} froze.
     *
     * @param pattern path of parameters, as for {@code freeze}
     * @throws IllegalArgumentException if it matches none, or only such as the {@code .net} freezes: no gradient of
     *     those is computed
     */
    public final void unfreeze(String pattern) {
        use(() -> unfreezeAll(pattern));
    }

    private void unfreezeAll(String pattern) {
        List<Parameter> matching = matching(pattern);
        List<Parameter> trainable =
                matching.stream().filter(parameter -> !parameter.isConstant()).toList();
        if (trainable.isEmpty()) {
            throw new IllegalArgumentException("the .net of " + name() + " freezes " + matching
                    + "; no gradient of them is computed, so unfreeze cannot train them");
        }
        trainable.forEach(parameter -> parameter.frozen(false));
        passFrozen();
    }

    /** The parameters, in the order of the layers. */
    public final Parameters parameters() {
        return use(() -> parameters);
    }

    /** Number of learned numbers. */
    public final long parameterCount() {
        return parameters.count();
    }

    /**
     * Tensors that are kept between steps and saved, but not learned, by path; running means and variances. They are
     * views into the network; one that was asked for before the network was closed keeps its numbers.
     */
    public final Map<String, INDArray> statistics() {
        return use(() -> {
            Map<String, INDArray> shared = new LinkedHashMap<>();
            statistics.forEach((name, statistic) -> shared.put(name, statistic.shared.get()));
            return Collections.unmodifiableMap(shared);
        });
    }

    /** Statistics, for the network itself. */
    final void forEachStatistic(BiConsumer<String, INDArray> work) {
        statistics.forEach((name, statistic) -> work.accept(name, statistic.array));
    }

    /** FLOAT or DOUBLE: the type of every array that goes in or comes out. */
    public final DataType dataType() {
        return type;
    }

    /** Starts what dropout draws from at a seed, so that the next forwards can be repeated. */
    public final void seedRandom(long seed) {
        use(() -> random(seed, 0));
    }

    /**
     * Writes parameters and statistics to a safetensors file, by their paths. Whoever reads the file, or finds it after
     * this process was killed, sees the old one or the new one, complete.
     *
     * @throws WeightsFileException if it cannot be written, or a number of the network is infinite or NaN; the file is
     *     then as it was
     */
    public final void save(Path file) {
        use(() -> new NetworkFile(this).save(file));
    }

    /**
     * Reads parameters and statistics from a safetensors file that has exactly those of this network. What PyTorch's
     * BatchNorm has besides, {@code num_batches_tracked}, is passed over.
     *
     * @throws WeightsFileException if it cannot be read, is damaged, of another network, or has a number that is
     *     infinite or NaN; this one is then as it was
     */
    public final void load(Path file) {
        use(() -> {
            new NetworkFile(this).load(file);
            pass.spoilBackward();
        });
    }

    /**
     * Writes a weights file that also has what the next step depends on: the optimizer's numbers, its learning rate,
     * and where dropout's random numbers stand. Training that {@link #resume}s from it goes on to the bit as if it had
     * not stopped, given the same batches. What the program sets itself, such as λ, clipping and freezing, it sets
     * again.
     *
     * @throws WeightsFileException if it cannot be written, or a number of the network is infinite or NaN; the file is
     *     then as it was
     * @throws IllegalStateException if gradients wait for an update, or the network has no optimizer
     */
    public final void saveCheckpoint(Path file) {
        saveCheckpoint(file, Map.of());
    }

    /**
     * {@link #saveCheckpoint(Path)}, and what the program has to remember besides, such as how many epochs are done:
     * {@code TensorFile.open(file).metadata()} has it.
     *
     * @param notes by names that are not the checkpoint's own
     * @throws IllegalArgumentException if a name is taken
     */
    public final void saveCheckpoint(Path file, Map<String, String> notes) {
        use(() -> {
            if (accumulate) {
                throw new IllegalStateException("gradients of " + name()
                        + " wait for an update; save checkpoints after update or zeroGradients");
            }
            new NetworkFile(this).saveCheckpoint(file, fused(), optimizer(), notes);
        });
    }

    /**
     * Goes on from where {@link #saveCheckpoint} was called. The optimizer must be the one of the file, with the same
     * settings, except for its learning rate, which the file has, and its clipping.
     *
     * @throws WeightsFileException if the file cannot be read, is damaged, of another network or optimizer, or no
     *     checkpoint; this network and its optimizer are then as they were
     * @throws IllegalStateException if the network has no optimizer
     */
    public final void resume(Path file) {
        use(() -> {
            new NetworkFile(this).resume(file, fused(), optimizer());
            pass.spoilBackward();
            forgetWaiting();
        });
    }

    /**
     * Most memory that the network has held so far: parameters, gradients, statistics, the arena and the kernels'
     * workspace, and on the heap the optimizer's numbers.
     */
    public final long peakBytes() {
        return use(() -> {
            long bytes = values.bytes() + gradients.bytes() + inputs.bytes() + targets.bytes() + outputs.bytes();
            for (Statistic statistic : statistics.values()) {
                bytes += statistic.memory.bytes();
            }
            if (arena != null) {
                bytes += arena.bytes();
            }
            return bytes + workspace.bytes() + fused().stateBytes();
        });
    }

    /**
     * Frees the network's memory. What another thread is doing with the network, a step for example, is done first;
     * this waits for it, up to ten seconds, after which the memory is freed whenever that is done. Afterwards every use
     * is an {@link IllegalStateException}. Arrays that were given out stay as they are: the memory that they lie in is
     * freed when none of them can be reached any more.
     */
    @Override
    public final void close() {
        guard.close(this::free);
    }

    private void free() {
        parameters.forgetShared();
        if (arena != null) {
            arena.free();
        }
        inputs.free();
        targets.free();
        outputs.free();
        statistics.values().forEach(statistic -> {
            statistic.shared.forget();
            statistic.memory.free();
        });
        values.free();
        gradients.free();
        workspace.close();
    }

    /** {@code Tiny (203,530 parameters)}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s (%,d parameters)", name(), parameters.count());
    }

    final String name() {
        return getClass().getSimpleName();
    }

    final void updates(long updates) {
        this.updates.set(updates);
    }

    final long randomSeed() {
        return randomSeed;
    }

    final void random(long seed, long state) {
        randomSeed = seed;
        random = new RandomStream(seed);
        random.state(state);
    }

    private void prepare(long newBatch) {
        if (newBatch == batch) {
            return;
        }
        // Unknown until everything below has worked.
        batch = 0;
        long needed = Math.addExact(Math.multiplyExact(memoryPerSample(), newBatch), memoryFixed());
        OffHeap held = arena;
        if (held == null || held.length() < needed) {
            arena = null;
            if (held != null) {
                held.free();
            }
            held = OffHeap.allocate(type, needed);
            arena = held;
        }
        allocate(new Memory(held, newBatch, memoryPerSample()), newBatch);
        batch = newBatch;
    }

    final FusedUpdate<?> fused() {
        FusedUpdate<?> present = update;
        if (present == null) {
            throw new IllegalStateException(name() + " has not declared its parameters");
        }
        return present;
    }

    private void passFrozen() {
        int index = 0;
        for (Parameter parameter : parameters) {
            fused().frozen(index++, parameter.isFrozen());
        }
    }

    private List<Parameter> matching(String pattern) {
        PathPattern path = new PathPattern(pattern);
        List<Parameter> matching = parameters.stream()
                .filter(parameter -> path.matches(parameter.name()))
                .toList();
        if (matching.isEmpty()) {
            throw new IllegalArgumentException("no parameter of " + name() + " matches '" + pattern + "'; there are "
                    + parameters.stream().map(Parameter::name).toList());
        }
        return matching;
    }

    /** Does something while no other thread does anything. */
    final <T extends @Nullable Object> T use(Supplier<T> work) {
        guard.enter();
        try {
            return work.get();
        } finally {
            guard.leave();
            // Kernels work on addresses, which do not keep the memory: a caller may have let go of the network.
            Reference.reachabilityFence(this);
        }
    }

    private void use(Runnable work) {
        use(() -> {
            work.run();
            return this;
        });
    }
}
