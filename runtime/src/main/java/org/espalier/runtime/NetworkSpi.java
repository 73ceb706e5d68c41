package org.espalier.runtime;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.espalier.runtime.file.NetworkTensors;
import org.espalier.runtime.file.Notes;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.elementwise.DoubleFormula;
import org.espalier.runtime.kernel.embedding.TableGradient;
import org.espalier.runtime.kernel.loss.DataLosses;
import org.espalier.runtime.kernel.memory.NativeLibraries;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.espalier.runtime.step.GivenArrays;
import org.espalier.runtime.step.StepGuard;
import org.espalier.runtime.storage.Copies;
import org.espalier.runtime.storage.RunningStatistics;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The service provider interface of {@link Network}: what a generated class says about itself, declares, and calls in
 * its steps. All of it is protected, so users of a network do not see it.
 */
public abstract class NetworkSpi {
    /** Names of what forward and backward return, other than any in a {@code .net}. */
    private static final String OUTPUT = "the output";

    private static final String GRADIENT = "the gradient by ";

    /** True if layers such as dropout and batch normalization behave as in training, from a forward to its backward. */
    protected boolean training = true;

    /** True if gradients wait for an update, so that a backward must add to them rather than overwrite them. */
    protected boolean accumulate;

    /**
     * True if a backward computes gradients by parameters, false if it is for those by inputs alone, since every
     * parameter is frozen.
     */
    protected boolean learning = true;

    /** Scratch memory of kernels. */
    protected final Workspace workspace;

    /** The random numbers of dropout. */
    protected RandomStream random;

    final DataType type;
    final StepGuard steps;
    final Parameters parameters;
    final RunningStatistics statistics;
    final LayerModes modes = new LayerModes(name());
    final ParameterUpdate update;
    final Notes notes;

    /** The network whose weights these are, if they are another's. */
    private final @Nullable NetworkSpi owner;

    private final Init init;
    private final BatchMemory batchMemory;
    private final GivenArrays given;
    private final Copies outputs;
    private long randomSeed;
    private @Nullable StepUndo ownUndo;

    /** Somebody's memory of the network as it is before the step that comes next. */
    private @Nullable StepUndo marked;

    /** Allocates the parameters. */
    NetworkSpi(DataType type, long parameterCount, Init init) {
        // First of all: the workspace may need a native library too.
        NativeLibraries.load();
        this.owner = init.shared();
        if (owner != null) {
            owner.requireSame(this, type, parameterCount);
        }
        this.steps = owner == null ? new StepGuard(this, name()) : new StepGuard(this, name(), owner.steps);
        this.workspace = new Workspace();
        this.type = type;
        this.init = init;
        this.randomSeed = init.randomSeed();
        this.random = new RandomStream(randomSeed);
        this.parameters = owner == null
                ? new Parameters(steps.guard(), type, parameterCount)
                : owner.parameters.sharing(steps.guard());
        this.statistics = owner == null ? new RunningStatistics(type) : owner.statistics.sharing();
        this.notes = owner == null ? new Notes() : owner.notes;
        this.update = new ParameterUpdate(name(), steps.guard(), type, parameters);
        this.batchMemory = new BatchMemory(type, owner != null);
        this.given = new GivenArrays(name(), type, steps, parameters::isGradient, statistics);
        this.outputs = new Copies(type);
    }

    private void requireSame(NetworkSpi view, DataType viewType, long viewCount) {
        if (view.getClass() != getClass() || viewType != type || viewCount != parameters.count()) {
            throw new IllegalArgumentException("expected a network of the class whose weights it shares, " + name()
                    + " of " + parameters.count() + " " + type + " parameters, found " + view.name() + " of "
                    + viewCount + " " + viewType);
        }
    }

    /** The network itself, or the one whose weights it shares. */
    final NetworkSpi weightsOwner() {
        return owner == null ? this : owner;
    }

    /**
     * Requires weights of its own.
     *
     * @param call what needs them, for the message
     * @throws IllegalStateException if the network shares another's
     */
    final void requireOwnWeights(String call) {
        if (owner != null) {
            throw new IllegalStateException(call + " of " + name() + " needs the network itself: this one shares its "
                    + "weights, and predicts only");
        }
    }

    // What a generated class says about itself.

    /** Takes the arrays of a batch size from the arena. */
    protected abstract void allocate(Memory memory);

    // What a generated class declares.

    /** Every element {@code value}. */
    protected static Initializer constant(double value) {
        return new Initializer.Constant(value);
    }

    /** Uniform in ±{@code bound}. */
    protected static Initializer uniform(double bound) {
        return uniform(-bound, bound);
    }

    /** Uniform from {@code low} to below {@code high}. */
    protected static Initializer uniform(double low, double high) {
        return new Initializer.Uniform(low, high);
    }

    /** Normal. */
    protected static Initializer normal(double mean, double standardDeviation) {
        return new Initializer.Normal(mean, standardDeviation);
    }

    /** Normal, but for the elements of one place, which are 0: from one of them to the first behind them. */
    protected static Initializer normalExcept(double mean, double standardDeviation, long from, long to) {
        return new Initializer.Normal(mean, standardDeviation).except(from, to);
    }

    /** Normal, given that it is from {@code low} to {@code high}. */
    protected static Initializer truncatedNormal(double mean, double standardDeviation, double low, double high) {
        return new Initializer.TruncatedNormal(mean, standardDeviation, low, high);
    }

    /**
     * A matrix of orthonormal rows, or columns if they are fewer, times {@code gain}; further axes count as columns.
     */
    protected static Initializer orthogonal(double gain) {
        return new Initializer.Orthogonal(gain);
    }

    /**
     * Each element by its place.
     *
     * @param values of the elements by their places along each axis
     */
    protected static Initializer byPlace(DoubleFormula values) {
        return new Initializer.ByPlace(values);
    }

    /** Declares the next parameter. */
    protected final Parameter parameter(String name, Initializer initializer, long... shape) {
        return parameters.declare(name(), name, initializer, shape);
    }

    /** Declares the next parameter, which has a regularizer. */
    protected final Parameter parameter(String name, Initializer initializer, Regularizer regularizer, long... shape) {
        return parameter(name, initializer, shape).regularizedBy(regularizer);
    }

    /** Declares a tensor that is kept between steps and saved, but not learned. */
    protected final INDArray statistic(String name, double initial, long... shape) {
        INDArray statistic = statistics.add(name, initial, shape);
        modes.declare(name, statistic);
        return statistic;
    }

    /**
     * Tells whether a normalization behaves as in training, from a forward to its backward; see
     * {@link Network#eval(String)}.
     *
     * @param runningMean what it was declared with
     */
    protected final boolean training(INDArray runningMean) {
        return modes.of(runningMean).trains(training);
    }

    /**
     * Declares a buffer: a tensor of constants that is saved.
     *
     * @param values of the elements by their places along each axis
     */
    protected final INDArray buffer(String name, DoubleFormula values, long... shape) {
        return statistics.add(name, values, shape);
    }

    /**
     * Declares a buffer of whole numbers.
     *
     * @param limit what each must be below, counted from 0, wherever it comes from
     */
    protected final INDArray indexBuffer(String name, DoubleFormula values, int limit, long... shape) {
        return statistics.add(name, values, limit, shape);
    }

    /**
     * Declares a batch normalization: its weight and bias, and running statistics, in this order.
     *
     * @param path of the layer, in front of the names of its tensors
     * @param weight how γ starts; null if there is none
     * @param bias how β starts; null if there is none
     * @param channels how many channels are normalized
     */
    protected final BatchNorm batchNormOf(
            String path,
            @Nullable Initializer weight,
            @Nullable Initializer bias,
            double eps,
            double momentum,
            long channels) {
        Affine affine = affine(path, weight, bias, channels);
        INDArray runningMean = statistic(path + ".running_mean", 0, channels);
        INDArray runningVar = statistic(path + ".running_var", 1, channels);
        return new BatchNorm(affine, runningMean, runningVar, eps, momentum, modes.of(runningMean));
    }

    /**
     * Declares a normalization of each sample by itself: its weight and bias, in this order.
     *
     * @param path of the layer, in front of the names of its tensors
     * @param weight how γ starts; null if there is none
     * @param bias how β starts; null if there is none
     * @param shape of γ and β
     */
    protected final SampleNorm sampleNormOf(
            String path, @Nullable Initializer weight, @Nullable Initializer bias, double eps, long... shape) {
        return new SampleNorm(affine(path, weight, bias, shape), eps);
    }

    private Affine affine(String path, @Nullable Initializer weight, @Nullable Initializer bias, long... shape) {
        return new Affine(
                weight == null ? null : parameter(path + ".weight", weight, shape),
                bias == null ? null : parameter(path + ".bias", bias, shape));
    }

    /**
     * Lets some parameters follow an optimizer of their own.
     *
     * @param patterns paths of parameters, {@code head.**}, as for {@code freeze}
     */
    protected final void optimizes(Optimizer optimizer, String... patterns) {
        update.startsWith(optimizer, List.of(patterns));
    }

    /** Declares that a regularizer is one of activities, of which backward calls {@code ActivityPenalties}. */
    protected final void regularizesActivities(Regularizer regularizer) {
        update.regularizesActivities(regularizer);
    }

    /**
     * Says how large the arena is.
     *
     * @param perSample numbers for each sample of a batch
     * @param fixed numbers besides
     */
    protected final void stepMemory(long perSample, long fixed) {
        batchMemory.size(perSample, fixed);
    }

    /**
     * Says how large the arena of a network is that shares another's weights, and so only runs forward, if it is not as
     * large as that of steps.
     *
     * @param perSample numbers for each sample of a batch
     * @param fixed numbers besides
     */
    protected final void forwardMemory(long perSample, long fixed) {
        if (owner != null) {
            batchMemory.size(perSample, fixed);
        }
    }

    /** Says that every parameter and statistic is declared, and gives them their first values. */
    protected final void declared() {
        parameters.declared(name());
        update.declared();
        try {
            update.requireHeldSettings();
            init.fill(this);
        } catch (RuntimeException unfit) {
            shut();
            throw unfit;
        }
    }

    /**
     * Some layers of a network that has more of them than one class file holds, as a class nested in the network's.
     * What they call of the network they call here, as methods of their own: from a nested class, a protected method of
     * a class elsewhere is reached only through accessors, of which javac makes one for every call.
     */
    protected abstract class Part {
        /** Scratch memory of kernels. */
        protected final Workspace workspace = NetworkSpi.this.workspace;

        /** Layers of this network. */
        protected Part() {}

        /**
         * Takes its tensors from the arena, each at the next offset of the plan.
         *
         * @param places the offsets
         */
        protected void allocate(Places places) {}

        /** {@link NetworkSpi#training}. */
        protected final boolean training() {
            return training;
        }

        /** {@link NetworkSpi#training(INDArray)}. */
        protected final boolean training(INDArray runningMean) {
            return NetworkSpi.this.training(runningMean);
        }

        /** {@link NetworkSpi#accumulate}. */
        protected final boolean accumulate() {
            return accumulate;
        }

        /** {@link NetworkSpi#learning}. */
        protected final boolean learning() {
            return learning;
        }

        /** {@link NetworkSpi#random}. */
        protected final RandomStream random() {
            return random;
        }

        /** {@link NetworkSpi#parameter(String, Initializer, long...)}. */
        protected final Parameter parameter(String name, Initializer initializer, long... shape) {
            return NetworkSpi.this.parameter(name, initializer, shape);
        }

        /** {@link NetworkSpi#parameter(String, Initializer, Regularizer, long...)}. */
        protected final Parameter parameter(
                String name, Initializer initializer, Regularizer regularizer, long... shape) {
            return NetworkSpi.this.parameter(name, initializer, regularizer, shape);
        }

        /** {@link NetworkSpi#value}. */
        protected static INDArray value(Parameter parameter) {
            return NetworkSpi.value(parameter);
        }

        /** {@link NetworkSpi#gradient(Parameter)}. */
        protected static INDArray gradient(Parameter parameter) {
            return NetworkSpi.gradient(parameter);
        }

        /** {@link NetworkSpi#tableGradient(Parameter)}. */
        protected static TableGradient tableGradient(Parameter parameter) {
            return NetworkSpi.tableGradient(parameter);
        }

        /** {@link NetworkSpi#statistic}. */
        protected final INDArray statistic(String name, double initial, long... shape) {
            return NetworkSpi.this.statistic(name, initial, shape);
        }

        /** {@link NetworkSpi#buffer}. */
        protected final INDArray buffer(String name, DoubleFormula values, long... shape) {
            return NetworkSpi.this.buffer(name, values, shape);
        }

        /** {@link NetworkSpi#indexBuffer}. */
        protected final INDArray indexBuffer(String name, DoubleFormula values, int limit, long... shape) {
            return NetworkSpi.this.indexBuffer(name, values, limit, shape);
        }

        /** {@link NetworkSpi#batchNormOf}. */
        protected final BatchNorm batchNormOf(
                String path,
                @Nullable Initializer weight,
                @Nullable Initializer bias,
                double eps,
                double momentum,
                long channels) {
            return NetworkSpi.this.batchNormOf(path, weight, bias, eps, momentum, channels);
        }

        /** {@link NetworkSpi#sampleNormOf}. */
        protected final SampleNorm sampleNormOf(
                String path, @Nullable Initializer weight, @Nullable Initializer bias, double eps, long... shape) {
            return NetworkSpi.this.sampleNormOf(path, weight, bias, eps, shape);
        }

        /** {@link NetworkSpi#constant}. */
        protected static Initializer constant(double value) {
            return NetworkSpi.constant(value);
        }

        /** {@link NetworkSpi#uniform(double)}. */
        protected static Initializer uniform(double bound) {
            return NetworkSpi.uniform(bound);
        }

        /** {@link NetworkSpi#normal}. */
        protected static Initializer normal(double mean, double standardDeviation) {
            return NetworkSpi.normal(mean, standardDeviation);
        }

        /** {@link NetworkSpi#uniform(double, double)}. */
        protected static Initializer uniform(double low, double high) {
            return NetworkSpi.uniform(low, high);
        }

        /** {@link NetworkSpi#truncatedNormal}. */
        protected static Initializer truncatedNormal(double mean, double standardDeviation, double low, double high) {
            return NetworkSpi.truncatedNormal(mean, standardDeviation, low, high);
        }

        /** {@link NetworkSpi#orthogonal}. */
        protected static Initializer orthogonal(double gain) {
            return NetworkSpi.orthogonal(gain);
        }

        /** {@link NetworkSpi#byPlace}. */
        protected static Initializer byPlace(DoubleFormula values) {
            return NetworkSpi.byPlace(values);
        }

        /** {@link NetworkSpi#normalExcept}. */
        protected static Initializer normalExcept(double mean, double standardDeviation, long from, long to) {
            return NetworkSpi.normalExcept(mean, standardDeviation, from, to);
        }
    }

    // What a generated class calls in its steps.

    /** The numbers of a parameter, for kernels. */
    protected static INDArray value(Parameter parameter) {
        return parameter.numbers();
    }

    /** The gradient by a parameter, for kernels. */
    protected static INDArray gradient(Parameter parameter) {
        return parameter.gradientNumbers();
    }

    /** The gradient by a parameter, for kernels that write some of its rows. */
    protected static TableGradient tableGradient(Parameter parameter) {
        return parameter.tableGradient();
    }

    /**
     * Runs a whole step, of methods that a user can also call one by one. If its loss, a gradient or a target is
     * refused, running statistics and random numbers are as they were too.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    protected final StepReport stepping(Supplier<StepReport> step) {
        requireOwnWeights("trainStep");
        return steps.use(() -> {
            steps.requireOwnGradients();
            StepUndo undo = undoOfThisStep();
            try {
                return steps.asOneCall(step);
            } catch (NonFiniteException | IllegalArgumentException refused) {
                undo.undoForward();
                throw refused;
            }
        });
    }

    /** Remembers the network as it is now, unless somebody does already. */
    private StepUndo undoOfThisStep() {
        StepUndo present = marked;
        marked = null;
        if (present == null) {
            present = ownUndo == null ? new StepUndo(this) : ownUndo;
            ownUndo = present;
            present.markForward();
        }
        return present;
    }

    /** Takes somebody's memory of the network before the step that comes next, which then need not copy; or none. */
    final void marked(@Nullable StepUndo undo) {
        marked = undo;
    }

    /**
     * Runs a forward in evaluation mode, and copies its output.
     *
     * @return an array that is the caller's own, in no ND4J workspace
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    protected final INDArray predicting(Supplier<INDArray> forward) {
        return using(() -> NdArrays.detachedCopy(steps.asPrediction(forward)));
    }

    /** Does something in evaluation mode, which changes nothing unless a layer was told to behave as in training. */
    private <T> T using(Supplier<T> prediction) {
        return modes.changeStatisticsInUse() ? steps.use(prediction) : steps.read(prediction);
    }

    /**
     * Runs a forward in evaluation mode.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    protected final void evaluating(Runnable forward) {
        using(() -> steps.asPrediction(() -> {
            forward.run();
            return this;
        }));
    }

    /**
     * Runs a forward that has one output.
     *
     * @return a copy of the output, which the next forward overwrites
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    protected final INDArray propagating(Supplier<INDArray> forward) {
        return steps.use(() -> {
            INDArray output = forward.get();
            steps.endForward();
            return steps.isOneCall() ? output : outputs.sharedOf(OUTPUT, output);
        });
    }

    /**
     * Runs a forward.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    protected final void propagating(Runnable forward) {
        steps.run(() -> {
            forward.run();
            steps.endForward();
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
        given.checkInput(name, array, 0, sample);
        training = modes.begin(steps.beginForward());
        INDArray taken = given.input(name, array);
        prepare(array.size(0));
        return taken;
    }

    private void prepare(long batch) {
        if (batch == batchMemory.batch()) {
            return;
        }
        batchMemory.resize(batch, this::allocate);
    }

    /**
     * Begins a forward as {@link #input} does, of which the first input is whole numbers, INT or LONG.
     *
     * @param limit what each of them is below, counted from 0
     * @param sample the shape of one sample
     * @return what kernels read until the backward
     * @throws IllegalArgumentException if type or shape are not those of the network, or a number is out of range
     */
    protected final INDArray indices(String name, INDArray array, int limit, long... sample) {
        long[] elements = given.checkIndices(name, array, 0, limit, sample);
        training = modes.begin(steps.beginForward());
        prepare(array.size(0));
        return given.indices(name, elements, array.shape());
    }

    /**
     * Checks a further input of whole numbers, whose batch must be the first one's.
     *
     * @param limit what each of them is below, counted from 0
     * @param sample the shape of one sample
     * @return what kernels read until the backward
     * @throws IllegalArgumentException if type or shape are not those of the network, the batch another, or a number
     *     out of range
     */
    protected final INDArray furtherIndices(String name, INDArray array, int limit, long... sample) {
        long[] elements = given.checkIndices(name, array, batchMemory.batch(), limit, sample);
        return given.indices(name, elements, array.shape());
    }

    /**
     * Checks a further input, whose batch must be the first one's.
     *
     * @param sample the shape of one sample
     * @return what kernels read until the backward
     * @throws IllegalArgumentException if type or shape are not those of the network, or the batch another
     */
    protected final INDArray furtherInput(String name, INDArray array, long... sample) {
        given.checkInput(name, array, batchMemory.batch(), sample);
        return given.input(name, array);
    }

    /**
     * Checks what the output is compared with.
     *
     * @param sample the shape of one sample
     * @return what the loss reads
     * @throws IllegalArgumentException if type or shape are not those of the network, or the batch another
     */
    protected final INDArray target(String name, INDArray array, long... sample) {
        return given.target(name, array, batchMemory.batch(), sample);
    }

    /**
     * Checks class indices, of any number format.
     *
     * @param sample the shape of one sample's
     * @throws IllegalArgumentException if the shape is another
     */
    protected final INDArray labels(String name, INDArray array, long... sample) {
        return given.labels(name, array, batchMemory.batch(), sample);
    }

    /**
     * Computes the data loss of the last forward, and keeps it for the report.
     *
     * @throws IllegalStateException without a forward before it, if the network is closed, or another thread is using
     *     it
     */
    protected final double dataLoss(DoubleSupplier computation) {
        requireOwnWeights("loss");
        return steps.use(() -> given.reading(() -> steps.loss(computation)));
    }

    /**
     * Computes the data losses of the last forward, whose sum is the data loss, and keeps them for the report.
     *
     * @throws IllegalStateException without a forward before it, if the network is closed, or another thread is using
     *     it
     */
    protected final double dataLosses(Consumer<DataLosses> computation) {
        requireOwnWeights("loss");
        return steps.use(() -> given.reading(() -> steps.losses(computation)));
    }

    /**
     * Runs a backward.
     *
     * @throws IllegalStateException without a forward before it, or if that forward had its backward; if the network is
     *     closed, or another thread is using it
     */
    protected final void backpropagating(Runnable backward) {
        requireOwnWeights("backward");
        steps.run(() -> backpropagated(backward));
    }

    /**
     * Runs a backward that gives a gradient by an input.
     *
     * @return a copy of the gradient, which the next backward overwrites
     * @throws IllegalStateException without a forward before it, or if that forward had its backward; if the network is
     *     closed, or another thread is using it
     */
    protected final INDArray backpropagating(Supplier<INDArray> backward) {
        requireOwnWeights("backward");
        return steps.use(() -> {
            INDArray[] gradient = new INDArray[1];
            backpropagated(() -> gradient[0] = backward.get());
            return outputs.sharedOf(GRADIENT, gradient[0]);
        });
    }

    /**
     * Runs a backward of a class that asks {@link #learning} before it computes gradients by parameters: if every
     * parameter is frozen, it computes none, and leaves those that wait for an update as they are.
     *
     * @throws IllegalStateException as {@link #backpropagating(Runnable)} does
     */
    protected final void backpropagatingToInputs(Runnable backward) {
        requireOwnWeights("backward");
        steps.run(() -> toInputs(backward));
    }

    /**
     * The same of a class that has one gradient by an input.
     *
     * @return a copy of the gradient, which the next backward overwrites
     * @throws IllegalStateException as {@link #backpropagating(Runnable)} does
     */
    protected final INDArray backpropagatingToInputs(Supplier<INDArray> backward) {
        requireOwnWeights("backward");
        return steps.use(() -> {
            INDArray[] gradient = new INDArray[1];
            toInputs(() -> gradient[0] = backward.get());
            return outputs.sharedOf(GRADIENT, gradient[0]);
        });
    }

    private void toInputs(Runnable backward) {
        learning = update.learns();
        try {
            backpropagated(backward);
        } finally {
            learning = true;
        }
    }

    private void backpropagated(Runnable backward) {
        given.reading(() -> {
            Runnable accumulating = () -> {
                backward.run();
                accumulate |= learning;
            };
            steps.backward(accumulating, learning, this::forgetWaiting);
            return this;
        });
    }

    /**
     * Begins a backward from the loss.
     *
     * @throws IllegalStateException if no loss was computed since the last forward or backward
     * @throws NonFiniteException if the loss is infinite or NaN
     */
    protected final void requireLoss() {
        steps.requireLoss();
        update.requireHeldActivities();
        steps.beginBackward(learning);
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
        steps.awaitGradient();
        given.checkGradient(name, array, batchMemory.batch(), sample);
        update.requireHeldActivities();
        steps.beginBackwardFromGradient();
        return given.read(name, array);
    }

    /**
     * Checks a gradient by an output that is given besides the loss's, before that is required.
     *
     * @param name the output
     * @param sample the shape of one sample
     * @throws IllegalArgumentException if type or shape are not those of the network, or the batch another
     */
    protected final void requireGradient(String name, INDArray array, long... sample) {
        given.checkGradient(name, array, batchMemory.batch(), sample);
    }

    /**
     * A gradient that was checked, as kernels read it.
     *
     * @param name the output
     * @return the array, or a copy without gaps
     */
    protected final INDArray besides(String name, INDArray array) {
        return given.read(name, array);
    }

    /**
     * Gives out an output of the last forward or prediction.
     *
     * @return a copy, which the next call overwrites
     * @throws IllegalStateException without a forward before it, if the network is closed, or another thread is using
     *     it
     */
    protected final INDArray output(String name, INDArray array) {
        return steps.use(() -> {
            steps.requireOutput(name);
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
        return steps.use(() -> {
            steps.requireInputGradient(name);
            return outputs.sharedOf(GRADIENT + name, array);
        });
    }

    // What the rest of this package asks.

    /** The name of the network in messages. */
    final String name() {
        return getClass().getSimpleName();
    }

    /** Forgets gradients that wait for an update. */
    final void forgetWaiting() {
        steps.forgetGradients();
        accumulate = false;
        update.forgetActivities();
    }

    /** The seed of dropout's random numbers. */
    final long randomSeed() {
        return randomSeed;
    }

    /** Starts dropout's random numbers at a seed, and goes to where they stood. */
    final void random(long seed, long state) {
        randomSeed = seed;
        random = new RandomStream(seed);
        random.state(state);
    }

    /** The tensors that files have. */
    final NetworkTensors tensors() {
        return new NetworkTensors(
                name(),
                getClass().getName(),
                type,
                parameters.arrays(),
                statistics.arrays(),
                statistics.limits(),
                notes);
    }

    /** Bytes that the network holds outside the heap. */
    final long bytes() {
        return parameters.bytes()
                + statistics.bytes()
                + given.bytes()
                + outputs.bytes()
                + batchMemory.bytes()
                + workspace.bytes();
    }

    /** Lets nobody in from now on, and frees what the network holds when nobody is inside. */
    final void shut() {
        steps.guard().close(() -> {
            parameters.forgetShared();
            batchMemory.free();
            given.free();
            outputs.free();
            statistics.free();
            parameters.free();
            workspace.close();
        });
    }
}
