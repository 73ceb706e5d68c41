package org.espalier.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.espalier.runtime.io.WeightsFileException;
import org.espalier.runtime.kernel.RandomStream;
import org.espalier.runtime.kernel.Workspace;
import org.espalier.runtime.optim.FusedUpdate;
import org.espalier.runtime.optim.GradientNorm;
import org.espalier.runtime.optim.LedgerEntry;
import org.espalier.runtime.optim.NonFiniteException;
import org.espalier.runtime.optim.Optimizer;
import org.espalier.runtime.optim.Regularizer;
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
 * except the optimizer's numbers; {@link #close()} frees it. Arrays that a network gave out end with it.
 *
 * <p>A network serves one thread at a time. Using it from two at once is noticed where that costs nothing, by an
 * {@link IllegalStateException}, but not always.
 */
public abstract class Network implements AutoCloseable {
    /** Whether layers such as dropout and batch normalisation behave as in training. */
    protected boolean training = true;

    /** Whether gradients wait for an update, so that a backward must add to them rather than overwrite them. */
    protected boolean accumulate;

    /** What kernels compute in. */
    protected final Workspace workspace = new Workspace();

    /** What dropout draws from. */
    protected RandomStream random;

    private final DataType type;
    private final HeldNumbers held;
    private final Init init;
    private long randomSeed;
    private final Parameters parameters;
    private final Map<String, INDArray> statistics = new LinkedHashMap<>();
    private final List<Regularizer> activityRegularizers = new ArrayList<>();
    private List<Regularizer> regularizers = List.of();
    private long declaredCount;
    private @Nullable Optimizer optimizer;
    private @Nullable FusedUpdate<?> update;

    private @Nullable INDArray arena;
    private long batch;

    private boolean forwardDone;
    private boolean lossDone;
    private double loss;
    private double waitingLoss;
    private long updates;
    private @Nullable String firstGradient;

    private volatile @Nullable Thread stepThread;
    private volatile @Nullable Thread predictThread;
    private boolean closed;

    /**
     * Allocates the parameters; a subclass then declares each of them and calls {@link #declared()}.
     *
     * @param type FLOAT or DOUBLE
     * @param parameterCount learned numbers of the whole network
     * @param init how the parameters start
     */
    protected Network(DataType type, long parameterCount, Init init) {
        this.type = type;
        this.held = new HeldNumbers(type);
        this.init = init;
        this.randomSeed = init.randomSeed();
        this.random = new RandomStream(randomSeed);
        this.parameters = new Parameters(OffHeap.allocate(type, parameterCount), OffHeap.zeros(type, parameterCount));
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
        Parameter parameter = new Parameter(
                name,
                initializer,
                OffHeap.view(parameters.values(), declaredCount, shape),
                OffHeap.view(parameters.gradients(), declaredCount, shape),
                declaredCount);
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
        INDArray statistic = OffHeap.allocate(type, count).assign(initial);
        if (statistics.putIfAbsent(name, statistic) != null) {
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
        update = FusedUpdate.over(parameters.values(), parameters.gradients(), tensors);
        regularizers = Stream.concat(
                        parameters.stream().flatMap(parameter -> parameter.regularizer().stream()),
                        activityRegularizers.stream())
                .distinct()
                .toList();
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
     * Begins a forward: checks the first input, and has memory for its batch.
     *
     * @param sample the shape of one sample
     * @return the array, or a copy without gaps
     * @throws IllegalArgumentException if type or shape are not those of the network
     */
    protected final INDArray input(String name, INDArray array, long... sample) {
        requireOpen();
        INDArray checked = Shapes.check("input '" + name + "' of " + name(), array, type, 0, sample);
        beginStep();
        forwardDone = false;
        lossDone = false;
        prepare(checked.size(0));
        forwardDone = true;
        return checked;
    }

    /**
     * Checks a further input, whose batch must be the first one's.
     *
     * @param sample the shape of one sample
     * @return the array, or a copy without gaps
     * @throws IllegalArgumentException if type or shape are not those of the network, or the batch another
     */
    protected final INDArray furtherInput(String name, INDArray array, long... sample) {
        return Shapes.check("input '" + name + "' of " + name(), array, type, batch, sample);
    }

    /**
     * Checks what the output is compared with, for a forward done before.
     *
     * @param sample the shape of one sample
     * @return the array, or a copy without gaps
     * @throws IllegalArgumentException if type or shape are not those of the network, or the batch another
     * @throws IllegalStateException without a forward before it
     */
    protected final INDArray target(String name, INDArray array, long... sample) {
        requireForward("loss");
        return Shapes.check("target '" + name + "' of " + name(), array, type, batch, sample);
    }

    /**
     * Checks class indices {@code [batch]}, of any number format, for a forward done before.
     *
     * @throws IllegalArgumentException if the shape is another
     * @throws IllegalStateException without a forward before it
     */
    protected final INDArray labels(String name, INDArray array) {
        requireForward("loss");
        if (array.wasClosed() || !Shapes.hasShape(array, batch)) {
            String found = array.wasClosed() ? "closed" : Arrays.toString(array.shape());
            throw new IllegalArgumentException("labels '" + name + "' of " + name() + " must be class indices [" + batch
                    + "], one for each sample of the last forward, but are " + found);
        }
        return array;
    }

    /** Keeps the data loss of the last forward for the report, and returns it. */
    protected final double dataLoss(double value) {
        loss = value;
        lossDone = true;
        return value;
    }

    /**
     * Begins a backward from the loss.
     *
     * @throws IllegalStateException if no loss was computed since the last forward or backward
     * @throws NonFiniteException if the loss is infinite or NaN
     */
    protected final void requireLoss() {
        requireForward("backward");
        if (!lossDone) {
            throw new IllegalStateException(
                    "backward of " + name() + " needs a loss; call loss after forward, or give backward a gradient");
        }
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
        lossDone = false;
        forwardDone = false;
    }

    /**
     * Begins a backward from gradients by the outputs: checks one of them.
     *
     * @param name the output
     * @param sample the shape of one sample
     * @return the array, or a copy without gaps
     * @throws IllegalArgumentException if type or shape are not those of the network, or the batch another
     * @throws IllegalStateException without a forward before it, or if that forward had its backward
     */
    protected final INDArray gradient(String name, INDArray array, long... sample) {
        if (name.equals(firstGradient)) {
            forwardDone = false;
        }
        requireForward("backward");
        INDArray checked = Shapes.check("gradient by '" + name + "' of " + name(), array, type, batch, sample);
        requireHeldActivities();
        if (firstGradient == null) {
            firstGradient = name;
        }
        return checked;
    }

    /** Runs a forward in evaluation mode, and copies its output. */
    protected final INDArray predicting(Supplier<INDArray> forward) {
        INDArray[] output = new INDArray[1];
        evaluating(() -> output[0] = forward.get().dup('c'));
        return output[0];
    }

    /** Runs a forward in evaluation mode. */
    protected final void evaluating(Runnable forward) {
        requireAlone(predictThread);
        boolean wasTraining = training;
        predictThread = Thread.currentThread();
        training = false;
        try {
            forward.run();
        } finally {
            training = wasTraining;
            predictThread = null;
        }
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
        return update(waitingLoss);
    }

    /**
     * {@link #update()} for a loss that the network does not know of, since its backward was given a gradient.
     *
     * @param dataLoss what the report calls the data loss
     */
    public final StepReport update(double dataLoss) {
        requireOpen();
        requireOwnStep();
        if (!accumulate) {
            throw new IllegalStateException(
                    "update of " + name() + " needs a gradient; call backward after the last update");
        }
        Optimizer present = optimizer();
        requireHeld(present);
        GradientNorm norm = fused().gradientNorm();
        if (!norm.isFinite()) {
            forgetWaiting();
            throw nonFiniteGradient();
        }
        List<LedgerEntry> penalties = fused().update(present, norm);
        List<LedgerEntry> ledger = withActivities(penalties);
        accumulate = false;
        waitingLoss = 0;
        updates++;
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
        return updates;
    }

    /** Forgets accumulated gradients, which become 0. */
    public final void zeroGradients() {
        requireOpen();
        if (parameters.count() > 0) {
            parameters.gradients().assign(0);
        }
        forgetWaiting();
    }

    private void forgetWaiting() {
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
        requireOpen();
        return parameters.stream()
                .flatMap(parameter -> parameter.sparsity().stream())
                .toList();
    }

    /**
     * The penalties of the weights as they are, one entry for each term of each regularizer. Those of activities are
     * not among them: they depend on the batch, and {@link #update()} reports them.
     */
    public final List<LedgerEntry> penalties() {
        requireOpen();
        return fused().penalties();
    }

    /** Lets layers such as dropout and batch normalisation behave as in training, which is how a network starts. */
    public final void train() {
        training = true;
    }

    /** Lets layers such as dropout and batch normalisation behave as in use. */
    public final void eval() {
        training = false;
    }

    /** Whether layers behave as in training. */
    public final boolean isTraining() {
        return training;
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
        requireOpen();
        requireHeldSettings(optimizer);
        this.optimizer = optimizer;
        fused().reset();
    }

    /**
     * Leaves parameters alone from now on: they have no update and no penalty.
     *
     * @param pattern path of parameters, {@code encoder.**}; {@code *} stands for anything within a name, {@code **}
     *     for anything
     * @throws IllegalArgumentException if it matches none
     */
    public final void freeze(String pattern) {
        matching(pattern).forEach(parameter -> parameter.frozen(true));
        passFrozen();
    }

    /**
     * Trains parameters again that {@link #freeze} froze.
     *
     * @param pattern path of parameters, as for {@code freeze}
     * @throws IllegalArgumentException if it matches none, or only such as the {@code .net} freezes: no gradient of
     *     those is computed
     */
    public final void unfreeze(String pattern) {
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
        requireOpen();
        return parameters;
    }

    /** Number of learned numbers. */
    public final long parameterCount() {
        return parameters.count();
    }

    /** Tensors that are kept between steps and saved, but not learned, by path; running means and variances. */
    public final Map<String, INDArray> statistics() {
        requireOpen();
        return Collections.unmodifiableMap(statistics);
    }

    /** FLOAT or DOUBLE: the type of every array that goes in or comes out. */
    public final DataType dataType() {
        return type;
    }

    /** Starts what dropout draws from at a seed, so that the next forwards can be repeated. */
    public final void seedRandom(long seed) {
        random(seed, 0);
    }

    /**
     * Writes parameters and statistics to a safetensors file, by their paths. Whoever reads the file, or finds it after
     * this process was killed, sees the old one or the new one, complete.
     *
     * @throws WeightsFileException if it cannot be written
     */
    public final void save(Path file) {
        requireOpen();
        new NetworkFile(this).save(file);
    }

    /**
     * Reads parameters and statistics from a safetensors file that has exactly those of this network.
     *
     * @throws WeightsFileException if it cannot be read or is of another network; this one is then as it was
     */
    public final void load(Path file) {
        requireOpen();
        new NetworkFile(this).load(file);
    }

    /**
     * Writes a weights file that also has what the next step depends on: the optimizer's numbers, its learning rate,
     * and where dropout's random numbers stand. Training that {@link #resume}s from it goes on to the bit as if it had
     * not stopped, given the same batches. What the program sets itself, such as λ, clipping and freezing, it sets
     * again.
     *
     * @throws WeightsFileException if it cannot be written
     * @throws IllegalStateException if gradients wait for an update, or the network has no optimizer
     */
    public final void saveCheckpoint(Path file) {
        requireOpen();
        if (accumulate) {
            throw new IllegalStateException(
                    "gradients of " + name() + " wait for an update; save checkpoints after update or zeroGradients");
        }
        new NetworkFile(this).saveCheckpoint(file, fused(), optimizer());
    }

    /**
     * Goes on from where {@link #saveCheckpoint} was called.
     *
     * @throws WeightsFileException if the file cannot be read, is of another network or optimizer, or is no checkpoint;
     *     this network is then as it was
     * @throws IllegalStateException if the network has no optimizer
     */
    public final void resume(Path file) {
        requireOpen();
        new NetworkFile(this).resume(file, fused(), optimizer());
        forgetWaiting();
    }

    /**
     * Most memory that the network has held so far: parameters, gradients, statistics, the arena and the kernels'
     * workspace, and on the heap the optimizer's numbers.
     */
    public final long peakBytes() {
        requireOpen();
        long numbers = 2 * parameters.count();
        for (INDArray statistic : statistics.values()) {
            numbers += statistic.length();
        }
        if (arena != null) {
            numbers += arena.length();
        }
        return numbers * type.width() + workspace.bytes() + fused().stateBytes();
    }

    /** Frees the network's memory. It cannot be used afterwards, nor can arrays that it gave out. */
    @Override
    public final void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (arena != null) {
            OffHeap.free(arena);
        }
        statistics.values().forEach(OffHeap::free);
        OffHeap.free(parameters.values());
        OffHeap.free(parameters.gradients());
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
        this.updates = updates;
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
        INDArray held = arena;
        if (held == null || held.length() < needed) {
            arena = null;
            if (held != null) {
                OffHeap.free(held);
            }
            held = OffHeap.allocate(type, needed);
            arena = held;
        }
        allocate(new Memory(held, newBatch, memoryPerSample()), newBatch);
        batch = newBatch;
    }

    private FusedUpdate<?> fused() {
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
        requireOpen();
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

    private void beginStep() {
        requireAlone(predictThread);
        stepThread = Thread.currentThread();
        firstGradient = null;
    }

    private void requireForward(String next) {
        requireOpen();
        requireOwnStep();
        if (!forwardDone) {
            throw new IllegalStateException(next + " of " + name()
                    + " needs a forward of its own; call forward first, and once for each backward");
        }
    }

    private void requireOwnStep() {
        requireAlone(stepThread);
        requireAlone(predictThread);
    }

    private void requireAlone(@Nullable Thread user) {
        if (user != null && user != Thread.currentThread()) {
            throw new IllegalStateException(name() + " is being used by thread '" + user.getName()
                    + "' too; a network serves one thread at a time, so give each thread its own");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(name() + " is closed");
        }
    }
}
