package org.espalier.runtime.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.optim.regularizer.Term;
import org.espalier.runtime.train.metric.Metric;
import org.espalier.runtime.train.schedule.LRScheduler;
import org.espalier.runtime.train.schedule.ReduceLROnPlateau;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The ordinary training loop: every batch of every epoch, one step each.
 *
 * <pre>
 *   Trainer.of(net, batches)
 *           .epochs(12)
 *           .ledger(Path.of("target/ledger.csv"))
 *           .weights(Path.of("target/digits.safetensors"))
 *           .progress(Progress.console())
 *           .run();
 * </pre>
 *
 * <p>What else it can do is switched on by a line each: validation, schedules, best weights, early stopping, clipping,
 * accumulation, averaging. Ledger and weights file are written after each epoch. For loops that do more, the parts are
 * there to be called: {@link Supervised#trainStep}, {@link Validation}, {@link MeanReport}, {@link LedgerCsv},
 * {@link Progress}.
 */
public final class Trainer {
    final Learner learner;
    final Batches batches;
    final Map<Term, Schedule> lambdas = new LinkedHashMap<>();
    final List<Callback> callbacks = new ArrayList<>();
    final List<EpochReport> history = new ArrayList<>();
    int epochs = 1;
    Progress progress = Progress.silent();
    LastBatch lastBatch = LastBatch.KEEP;
    int accumulated = 1;
    Accumulation accumulation = Accumulation.MEAN;
    boolean skipsNonFinite;
    int validationInterval = 1;
    String plateauMonitor = EpochReport.TRAINING_LOSS;
    String earlyStoppingMonitor = Validation.LOSS;
    String bestMonitor = Validation.LOSS;
    int patience;
    double minDelta;
    boolean scheduledByStep;
    double averageDecay = Double.NaN;
    double clipNorm = Double.POSITIVE_INFINITY;
    double clipValue = Double.POSITIVE_INFINITY;

    @Nullable
    Path ledger;

    @Nullable
    Path weights;

    @Nullable
    Path checkpoint;

    @Nullable
    Path best;

    @Nullable
    Validation validation;

    @Nullable
    LRScheduler schedule;

    @Nullable
    ReduceLROnPlateau plateau;

    @Nullable
    IntToDoubleFunction learningRate;

    @Nullable
    BiConsumer<Integer, StepReport> onEpoch;

    /** Reduction of the gradients of accumulated batches to one. */
    public enum Accumulation {
        /** Their mean, so that learning rates mean what they mean without accumulation. */
        MEAN,
        /** Their sum. */
        SUM
    }

    private Trainer(Learner learner, Batches batches) {
        this.learner = learner;
        this.batches = batches;
    }

    /** Of a network and what it learns from; one epoch, unless {@link #epochs} says more. */
    public static <N extends Network & Supervised> Trainer of(N network, Batches batches) {
        return new Trainer(SoleLearner.of(network), batches);
    }

    /**
     * Of a network with several inputs, outputs or targets, or none of the last, which functions give to it:
     *
     * <pre>
     *   Trainer.of(
     *           net,
     *           batch -&gt; net.forward(batch.input(0), batch.input(1)),
     *           batch -&gt; net.loss(batch.target(0)),
     *           net::backward,
     *           batches)
     * </pre>
     *
     * @param network the generated class
     * @param forward its {@code forward} of a batch's inputs, which returns the output that metrics compare with the
     *     first target
     * @param loss its {@code loss} of a batch's targets
     * @param backward its {@code backward}
     * @param batches what it learns from
     */
    public static Trainer of(
            Network network,
            Function<Batch, INDArray> forward,
            ToDoubleFunction<Batch> loss,
            Runnable backward,
            Batches batches) {
        return new Trainer(SoleLearner.of(network, forward, loss, backward), batches);
    }

    /**
     * Of a network whose steps somebody else makes, on other machines for instance; validation, schedules, files and
     * all else are as ever.
     *
     * @param network the generated class; a step has changed it when it returns
     * @param step makes a step of a batch
     * @param forward its {@code forward} of a batch's inputs, for validation
     * @param loss its {@code loss} of a batch's targets, for validation
     * @param batches what is given to {@code step}
     */
    public static Trainer ofSteps(
            Network network,
            Function<Batch, StepReport> step,
            Function<Batch, INDArray> forward,
            ToDoubleFunction<Batch> loss,
            Batches batches) {
        return new Trainer(SoleLearner.ofSteps(network, step, forward, loss), batches);
    }

    /**
     * Of a generator and a discriminator that train each other. Schedules, clipping and checkpoints are of both;
     * validation, averaged, best and saved weights are the generator's. A report's data losses are the generator's,
     * {@code supervised} and {@code adversarial}, and the discriminator's, {@code real} and {@code made}. A checkpoint
     * is two files, see {@link Adversarial#saveCheckpoint}.
     */
    public static Trainer of(Adversarial networks, Batches batches) {
        return new Trainer(networks.asLearner(), batches);
    }

    /**
     * Sets the number of epochs: how often it sees every example.
     *
     * @throws IllegalArgumentException if that is below 1
     */
    public Trainer epochs(int epochs) {
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs must be at least 1, but are " + epochs);
        }
        this.epochs = epochs;
        return this;
    }

    /** Has the loss and its parts written to a CSV file, see {@link LedgerCsv}. */
    public Trainer ledger(Path csv) {
        this.ledger = csv;
        return this;
    }

    /** Has the weights saved after each epoch, see {@link Network#save}. */
    public Trainer weights(Path file) {
        this.weights = file;
        return this;
    }

    /**
     * Has all that the next epoch depends on saved after each epoch, and within one where training stops, see
     * {@link Network#saveCheckpoint(Path)}, and goes on from there if the file is there when {@link #run} begins: a run
     * that was stopped or killed, started again on the same batches, ends where it would have ended, to the bit.
     */
    public Trainer checkpoint(Path file) {
        this.checkpoint = file;
        return this;
    }

    /** Has the progress shown. */
    public Trainer progress(Progress progress) {
        this.progress = progress;
        return this;
    }

    /**
     * Sets the network's learning rate before each epoch, counted from 1; groups of parameters keep theirs in
     * proportion.
     *
     * @throws IllegalStateException if something else sets it already
     */
    public Trainer learningRate(IntToDoubleFunction byEpoch) {
        this.learningRate = byEpoch;
        LearningRates.requireOne(this);
        return this;
    }

    /**
     * Lets the learning rate follow a schedule that counts epochs. Each group of parameters has its own; what the
     * schedule starts from are the rates that the optimizers have when training begins.
     *
     * @throws IllegalStateException if something else sets learning rates already
     */
    public Trainer schedule(LRScheduler byEpoch) {
        this.schedule = byEpoch;
        this.scheduledByStep = false;
        LearningRates.requireOne(this);
        return this;
    }

    /** {@link #schedule} with a schedule that counts updates, such as {@code OneCycleLR}. */
    public Trainer scheduleSteps(LRScheduler byStep) {
        this.schedule = byStep;
        this.scheduledByStep = true;
        LearningRates.requireOne(this);
        return this;
    }

    /**
     * Lowers the learning rate when a number of the epochs' reports gets no better.
     *
     * @param monitor {@code loss} or a metric's name, both on validation data, or {@code training_loss}
     * @throws IllegalStateException if something else sets learning rates already
     */
    public Trainer reduceOnPlateau(ReduceLROnPlateau plateau, String monitor) {
        this.plateau = plateau;
        this.plateauMonitor = monitor;
        LearningRates.requireOne(this);
        return this;
    }

    /** Measures the loss and metrics on validation data after each epoch, see {@link Validation}. */
    public Trainer validation(Batches data, Metric... metrics) {
        this.validation = new Validation(data, List.of(metrics));
        return this;
    }

    /**
     * Validates after every so many epochs only.
     *
     * @throws IllegalArgumentException if that is below 1
     */
    public Trainer validateEvery(int epochs) {
        this.validationInterval = requireAtLeastOne("the epochs between validations", epochs);
        return this;
    }

    /**
     * Has the weights saved whenever a number of the epochs' reports is the best so far; {@code net.load(file)} brings
     * them back.
     *
     * @param monitor {@code loss} or a metric's name, both on validation data, or {@code training_loss}
     */
    public Trainer best(Path weights, String monitor) {
        this.best = weights;
        this.bestMonitor = monitor;
        return this;
    }

    /**
     * Stops when a number of the epochs' reports has got no better for a while.
     *
     * @param monitor {@code loss} or a metric's name, both on validation data, or {@code training_loss}
     * @param patience after how many reports in a row that are no better
     * @throws IllegalArgumentException if {@code patience} is below 1
     */
    public Trainer earlyStopping(String monitor, int patience) {
        return earlyStopping(monitor, patience, 0);
    }

    /**
     * {@link #earlyStopping(String, int)} where a number counts as better only if it is so by more than
     * {@code minDelta}.
     *
     * @throws IllegalArgumentException if {@code patience} is below 1 or {@code minDelta} below 0
     */
    public Trainer earlyStopping(String monitor, int patience, double minDelta) {
        if (!(minDelta >= 0)) {
            throw new IllegalArgumentException("minDelta must be at least 0, but is " + minDelta);
        }
        this.patience = requireAtLeastOne("patience", patience);
        this.earlyStoppingMonitor = monitor;
        this.minDelta = minDelta;
        return this;
    }

    /** Clips the gradient by its norm, see {@link org.espalier.runtime.optim.optimizer.Optimizer#clipNorm(double)}. */
    public Trainer clipNorm(double maximum) {
        this.clipNorm = maximum;
        return this;
    }

    /** Clips the gradient by value, see {@link org.espalier.runtime.optim.optimizer.Optimizer#clipValue(double)}. */
    public Trainer clipValue(double maximum) {
        this.clipValue = maximum;
        return this;
    }

    /**
     * Makes one step of several batches. An epoch ends with a step of what is left, and the mean is that of the batches
     * that there are. Statistics of batch normalization are those of each batch by itself.
     *
     * @param batches how many
     * @throws IllegalArgumentException if {@code batches} is below 1, or above 1 for networks that train each other,
     *     where one learns from what the other has learnt from the batch, or for {@link #ofSteps}
     */
    public Trainer accumulate(int batches, Accumulation accumulation) {
        if (batches > 1 && !(learner instanceof SoleLearner sole && sole.accumulates())) {
            String whose =
                    learner instanceof SoleLearner ? "that somebody else makes" : "of networks that train each other";
            throw new IllegalArgumentException(
                    "a step " + whose + " is of 1 batch, not of " + batches + "; make batches larger");
        }
        this.accumulated = requireAtLeastOne("accumulated batches", batches);
        this.accumulation = accumulation;
        return this;
    }

    /**
     * Keeps an exponential moving average of the weights, which is what is validated and saved as weights and best
     * weights; the network has it when {@link #run} returns. The checkpoint has both.
     *
     * @param decay how much of the average stays in each update, 0.999 for instance
     * @throws IllegalArgumentException if {@code decay} is below 0 or not below 1
     */
    public Trainer averageWeights(double decay) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("decay must be at least 0 and below 1, but is " + decay);
        }
        this.averageDecay = decay;
        return this;
    }

    /** Says what becomes of a last batch that is smaller than the others; it is kept unless this says otherwise. */
    public Trainer lastBatch(LastBatch treatment) {
        this.lastBatch = treatment;
        return this;
    }

    /**
     * Skips a step whose loss or gradient is not finite, weights unchanged, and counts it, rather than stopping. The
     * batches are passed over; the reports say how many steps it was. A discriminator that has learnt from the batch
     * before the generator's step fails keeps that.
     */
    public Trainer skipNonFinite() {
        this.skipsNonFinite = true;
        return this;
    }

    /** Has a callback told of steps and epochs, after those that were given before. */
    public Trainer callback(Callback callback) {
        callbacks.add(callback);
        return this;
    }

    private static int requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but are " + value);
        }
        return value;
    }

    /**
     * Sets the λ of a term before each step, as {@link Network#regularizer} and {@link Term#lambda(double)} would.
     *
     * @param regularizer its name in the {@code .net}
     * @param term its name, {@code l1}; for {@code max_norm} the schedule gives c
     * @throws IllegalArgumentException if the network has no such term
     */
    public Trainer lambda(String regularizer, String term, Schedule schedule) {
        Network owner = learner.networks().stream()
                .filter(network -> network.regularizers().stream()
                        .anyMatch(one -> one.name().equals(regularizer)))
                .findFirst()
                .orElse(learner.network());
        lambdas.put(owner.regularizer(regularizer).term(term), schedule);
        return this;
    }

    /**
     * Is told each epoch, counted from 1, and the mean report of its steps. Ledger and weights are written by then; the
     * checkpoint, which has what the listener sets, is written afterwards.
     */
    public Trainer onEpoch(BiConsumer<Integer, StepReport> listener) {
        this.onEpoch = listener;
        return this;
    }

    /**
     * Trains.
     *
     * <p>What was done is not lost where training stops: the ledger has a row for an epoch that was begun, the
     * checkpoint holds the steps done, and the message says how to go on. A step that failed counts as not done. A
     * thread that is interrupted stops after the step it is in.
     *
     * @return the mean report of each epoch
     * @throws TrainingException if a step, the data, a schedule, a listener or a file fails, if the loss is no longer a
     *     number, or if the thread is interrupted. The weights file is then that of the last whole epoch
     * @throws WeightsFileException if the checkpoint cannot be read, or is of another network, optimizer, number of
     *     batches or batch size; the network is then as it was
     * @throws IllegalStateException if another run is writing one of the files
     */
    public List<StepReport> run() {
        history.clear();
        return new TrainingRun(this).run();
    }

    /** The reports of the epochs of the last {@link #run}, with validation. */
    public List<EpochReport> history() {
        return List.copyOf(history);
    }
}
