package org.espalier.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.runtime.file.Checkpoint;
import org.espalier.runtime.file.NetworkFile;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.update.GradientNorm;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.espalier.weights.LoadOptions;
import org.espalier.weights.LoadReport;
import org.espalier.weights.WeightsFileException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Base class of every generated network: parameters with their gradients and update, memory for one batch, and a mode.
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
 * changes nothing. One thread after the other may use a network. For predictions on many threads at once,
 * {@link Init#sharing} makes views that share its weights.
 */
public abstract class Network extends NetworkSpi implements AutoCloseable {
    /**
     * Allocates the parameters; a subclass then declares each of them and calls {@link #declared()}.
     *
     * @param type FLOAT or DOUBLE
     * @param parameterCount learned numbers of the whole network
     * @param init how the parameters start
     * @throws IllegalStateException if ND4J's native libraries are not on the class path; the message says which to add
     */
    protected Network(DataType type, long parameterCount, Init init) {
        super(type, parameterCount, init);
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
        update.startsWith(optimizer);
    }

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
        requireOwnWeights("update");
        return steps.use(() -> updated(steps.waitingLoss(), steps.waitingLosses()));
    }

    /**
     * {@link #update()} for a loss that the network does not know of, since its backward was given a gradient.
     *
     * @param dataLoss what the report calls the data loss
     */
    public final StepReport update(double dataLoss) {
        requireOwnWeights("update");
        return steps.use(() -> updated(dataLoss, List.of()));
    }

    /**
     * {@link #update()} by the accumulated gradient times a factor, before it is clipped and penalties are added:
     * {@code 1.0 / n} makes the sum of n batches their mean. The report's data losses, and what activities cost, have
     * the factor too.
     *
     * @param factor finite and above 0
     * @throws IllegalArgumentException if it is not
     */
    public final StepReport updateScaled(double factor) {
        requireOwnWeights("update");
        if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("factor must be a finite number above 0, but is " + factor);
        }
        return steps.use(() -> updated(
                factor * steps.waitingLoss(),
                steps.waitingLosses().stream().map(loss -> loss.times(factor)).toList(),
                factor));
    }

    /** {@link #update()} for losses that somebody else computed. */
    final StepReport updated(double dataLoss, List<LossEntry> losses) {
        return updated(dataLoss, losses, 1);
    }

    private StepReport updated(double dataLoss, List<LossEntry> losses, double factor) {
        if (!accumulate) {
            throw new IllegalStateException(
                    "update of " + name() + " needs a gradient; call backward after the last update");
        }
        steps.requireOwnGradients();
        update.requireReady();
        steps.spoilBackward();
        GradientNorm norm = update.gradientNorm();
        if (!norm.isFinite()) {
            forgetWaiting();
            throw update.nonFiniteGradient();
        }
        List<LedgerEntry> ledger = update.apply(norm, factor);
        steps.forgetGradients();
        accumulate = false;
        return StepReport.of(dataLoss, losses, ledger);
    }

    /** Returns the number of updates that it has had, in this run and in those that it {@link #resume}d from. */
    public final long updates() {
        return update.count();
    }

    /** Forgets accumulated gradients, which become 0. */
    public final void zeroGradients() {
        requireOwnWeights("zeroGradients");
        steps.run(() -> {
            parameters.zeroGradients();
            forgetWaiting();
        });
    }

    /** Every regularizer, in the order in which parameters use them; then those that only activities have. */
    public final List<Regularizer> regularizers() {
        return update.regularizers();
    }

    /**
     * The regularizer of a name, whose terms' λ may be changed between steps:
     * {@code net.regularizer("elastic").term("l1").lambda(2e-6)}.
     *
     * @param name its name in the {@code .net}; for one written in place its text, {@code l1(1e-5)}
     * @throws IllegalArgumentException if there is none of that name
     */
    public final Regularizer regularizer(String name) {
        return update.regularizer(name);
    }

    /** The numbers of the parameters whose sparsity the {@code .net} asks for, as they are now. */
    public final List<Magnitudes> sparsity() {
        return steps.use(() -> parameters.stream()
                .flatMap(parameter -> parameter.sparsity().stream())
                .toList());
    }

    /**
     * The penalties of the weights as they are, one entry for each term of each regularizer. Those of activities are
     * not among them: they depend on the batch, and {@link #update()} reports them.
     */
    public final List<LedgerEntry> penalties() {
        return steps.use(update::penalties);
    }

    /**
     * Lets layers such as dropout and batch normalization behave as in training from the next forward on, which is how
     * a network starts.
     */
    public final void train() {
        requireOwnWeights("train");
        steps.run(() -> steps.trains(true));
    }

    /** Lets layers such as dropout and batch normalization behave as in use from the next forward on. */
    public final void eval() {
        steps.run(() -> steps.trains(false));
    }

    /**
     * Lets normalizations with running statistics behave as in use from the next forward on, whatever the network does:
     * they normalize by their running statistics, which stay as they are. That is PyTorch's {@code net.bn.eval()}, and
     * with {@link #freeze} a part that stays as it is altogether; but it lasts until {@link #follow}, also through
     * {@link #train()}.
     *
     * <pre>
     *   net.freeze("encoder.**");
     *   net.eval("encoder.**");
     * </pre>
     *
     * @param pattern path of layers, {@code encoder.norm1}, {@code encoder.**}, as for {@code freeze}
     * @throws IllegalArgumentException if it matches no normalization with running statistics
     */
    public final void eval(String pattern) {
        steps.run(() -> modes.set(pattern, LayerMode.Mode.EVALUATION));
    }

    /**
     * Lets normalizations with running statistics behave as in training from the next forward on, whatever the network
     * does: they normalize by the statistics of the batch, also in {@code predict}, and the running ones follow, as
     * after PyTorch's {@code net.eval(); net.bn.train()}. It lasts until {@link #follow}.
     *
     * @param pattern path of layers, as for {@link #eval(String)}
     * @throws IllegalArgumentException as {@link #eval(String)}
     */
    public final void train(String pattern) {
        requireOwnWeights("train");
        steps.run(() -> modes.set(pattern, LayerMode.Mode.TRAINING));
    }

    /**
     * Lets normalizations with running statistics follow the network's mode again, as all do in the beginning.
     *
     * @param pattern path of layers, as for {@link #eval(String)}
     * @throws IllegalArgumentException as {@link #eval(String)}
     */
    public final void follow(String pattern) {
        steps.run(() -> modes.set(pattern, LayerMode.Mode.OF_THE_NETWORK));
    }

    /**
     * Lets dropout, and other layers that draw random numbers, behave as in training in evaluation mode too, from the
     * next forward on: in {@code predict}, and after {@link #eval()}. Pix2pix paints so (Isola et al.,
     * arXiv:1611.07004, section 3.2), and so does Monte Carlo dropout. Normalizations are not concerned.
     */
    public final void dropoutInEval(boolean drops) {
        steps.run(() -> modes.dropsInUse(drops));
    }

    /** Tells whether layers behave as in training. */
    public final boolean isTraining() {
        return steps.trains();
    }

    /**
     * Returns the optimizer that {@link #update()} follows; its learning rate and clipping may be changed.
     *
     * @throws IllegalStateException if the network has none
     */
    public final Optimizer optimizer() {
        return update.optimizer();
    }

    /**
     * The optimizers that parameters follow: the network's first, then those of groups, in the order in which they were
     * given.
     *
     * @throws IllegalStateException if the network has none
     */
    public final List<Optimizer> optimizers() {
        return update.optimizers();
    }

    /**
     * Follows another optimizer, which starts afresh. So do parameters that had one of their own.
     *
     * @throws IllegalArgumentException if a setting of it is 0 or infinite in the network's precision, though it was
     *     given as another number
     */
    public final void optimizer(Optimizer optimizer) {
        requireOwnWeights("optimizer");
        steps.run(() -> update.optimizer(optimizer));
    }

    /**
     * Lets some parameters follow an optimizer of their own, which starts afresh for them, as a clause of the
     * {@code .net} does. How gradients are clipped is up to the network: setting it on one of its optimizers sets it on
     * all.
     *
     * @param pattern path of parameters, {@code head.**}, as for {@link #freeze}
     * @throws IllegalArgumentException if it matches none, or a setting of the optimizer is 0 or infinite in the
     *     network's precision, though it was given as another number
     * @throws IllegalStateException if the network has no optimizer for the others
     */
    public final void optimizer(String pattern, Optimizer optimizer) {
        requireOwnWeights("optimizer");
        steps.run(() -> update.optimizer(pattern, optimizer));
    }

    /**
     * Leaves parameters alone from now on: they have no update and no penalty. If all are frozen, backward of a network
     * with an input {@code with gradient} computes the gradients by inputs alone: those by parameters stay as they are,
     * and what waits for an update goes on waiting.
     *
     * @param pattern path of parameters, {@code encoder.**}; {@code *} stands for anything within a name, {@code **}
     *     for anything
     * @throws IllegalArgumentException if it matches none
     */
    public final void freeze(String pattern) {
        requireOwnWeights("freeze");
        steps.run(() -> update.freeze(pattern));
    }

    /**
     * Trains parameters again that {@link #freeze} froze.
     *
     * @param pattern path of parameters, as for {@code freeze}
     * @throws IllegalArgumentException if it matches none, or only such as the {@code .net} freezes: no gradient of
     *     those is computed
     */
    public final void unfreeze(String pattern) {
        requireOwnWeights("unfreeze");
        steps.run(() -> update.unfreeze(pattern));
    }

    /** The parameters, in the order of the layers. */
    public final Parameters parameters() {
        return steps.use(() -> parameters);
    }

    /** Number of learned numbers. */
    public final long parameterCount() {
        return parameters.count();
    }

    /**
     * Tensors that are kept between steps and saved, but not learned, by path: running means and variances, and
     * buffers, of which those of whole numbers are INT. They are views into the network; one that was asked for before
     * the network was closed keeps its numbers.
     */
    public final Map<String, INDArray> statistics() {
        return steps.use(statistics::shared);
    }

    /** FLOAT or DOUBLE: the type of every array that goes in or comes out. */
    public final DataType dataType() {
        return type;
    }

    /** Starts what dropout draws from at a seed, so that the next forwards can be repeated. */
    public final void seedRandom(long seed) {
        steps.run(() -> random(seed, 0));
    }

    /**
     * Notes something that belongs to the weights, such as how inputs are normalized: every file that is written from
     * now on has it in its metadata, and {@link #load} and {@link #resume} bring it back, in place of all notes before.
     *
     * @param name of the note
     * @param text of the note
     */
    public final void note(String name, String text) {
        requireOwnWeights("note");
        steps.run(() -> notes.put(name, text));
    }

    /**
     * Returns what was noted, or what the file had that was read last.
     *
     * @throws IllegalArgumentException if there is no such note
     */
    public final String note(String name) {
        String text = notes().get(name);
        if (text == null) {
            throw new IllegalArgumentException(name() + " has no note '" + name + "'; there are " + notes().keySet()
                    + ". A note is set by note(name, text) before the weights are saved");
        }
        return text;
    }

    /** All notes by name. */
    public final Map<String, String> notes() {
        return steps.use(notes::all);
    }

    /**
     * Writes parameters and statistics to a safetensors file, by their paths. Whoever reads the file, or finds it after
     * this process was killed, sees the old one or the new one, complete.
     *
     * @throws WeightsFileException if it cannot be written, or a number of the network is infinite or NaN; the file is
     *     then as it was
     */
    public final void save(Path file) {
        steps.run(() -> new NetworkFile(tensors()).save(file));
    }

    /**
     * Reads parameters and statistics from a safetensors file that has exactly those of this network, in any format of
     * numbers. What PyTorch's BatchNorm has besides, {@code num_batches_tracked}, is passed over where its momentum is
     * a number.
     *
     * @throws WeightsFileException if it cannot be read, is damaged, of another network, or has a number that is
     *     infinite or NaN; this one is then as it was
     */
    public final void load(Path file) {
        load(file, LoadOptions.strict());
    }

    /**
     * Reads parameters and statistics from a safetensors file that may have other names, or only some of them.
     *
     * @return what was taken, and what was missing, unexpected or of another shape
     * @throws WeightsFileException if it cannot be read, is damaged, does not fit though options want it to, or has a
     *     number that is infinite or NaN among those that are taken; this one is then as it was
     */
    public final LoadReport load(Path file, LoadOptions options) {
        requireOwnWeights("load");
        return steps.use(() -> {
            LoadReport report = new NetworkFile(tensors()).load(file, options);
            steps.spoilBackward();
            return report;
        });
    }

    /**
     * Tells what {@link #load(Path, LoadOptions)} would take from a file, and changes nothing.
     *
     * @throws WeightsFileException if it cannot be read, or is no safetensors file
     */
    public final LoadReport compare(Path file, LoadOptions options) {
        return steps.use(() -> new NetworkFile(tensors()).compare(file, options));
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
        saveCheckpoint(file, notes, Map.of());
    }

    /**
     * {@link #saveCheckpoint(Path, Map)}, and for each of some parameters an array of its shape that the program keeps
     * besides, such as an average.
     *
     * @param averages by the parameters' names
     */
    public final void saveCheckpoint(Path file, Map<String, String> notes, Map<String, INDArray> averages) {
        requireOwnWeights("saveCheckpoint");
        steps.run(() -> {
            if (accumulate) {
                throw new IllegalStateException("gradients of " + name()
                        + " wait for an update; save checkpoints after update or zeroGradients");
            }
            Checkpoint checkpoint = Checkpoint.of(updates(), randomSeed(), random.state(), update.followed());
            new NetworkFile(tensors()).saveCheckpoint(file, checkpoint, update.fused(), optimizers(), notes, averages);
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
        resume(file, Map.of());
    }

    /**
     * {@link #resume(Path)}, and reads the arrays of {@link #saveCheckpoint(Path, Map, Map)}.
     *
     * @param averages by the parameters' names; filled
     * @throws WeightsFileException also if the file lacks one of them
     */
    public final void resume(Path file, Map<String, INDArray> averages) {
        requireOwnWeights("resume");
        steps.run(() -> {
            Checkpoint checkpoint =
                    new NetworkFile(tensors()).resume(file, update.fused(), update.followed(), averages);
            random(checkpoint.randomSeed(), checkpoint.randomState());
            update.count(checkpoint.updates());
            steps.spoilBackward();
            forgetWaiting();
        });
    }

    /**
     * Most memory that the network has held so far: parameters, gradients, statistics, the arena and the kernels'
     * workspace, and on the heap the optimizer's numbers.
     */
    public final long peakBytes() {
        return steps.use(() -> bytes() + update.fused().stateBytes());
    }

    /**
     * Frees the network's memory. What another thread is doing with the network, a step for example, is done first;
     * this waits for it, up to ten seconds, after which the memory is freed whenever that is done. Afterwards every use
     * is an {@link IllegalStateException}. Arrays that were given out stay as they are: the memory that they lie in is
     * freed when none of them can be reached any more.
     */
    @Override
    public final void close() {
        shut();
    }

    /** {@code Tiny (203,530 parameters)}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s (%,d parameters)", name(), parameters.count());
    }
}
