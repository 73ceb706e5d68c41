package org.espalier.runtime.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntToDoubleFunction;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.optim.regularizer.Term;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;

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
 * <p>Ledger and weights file are written after each epoch. For loops that do more, the parts are there to be called:
 * {@link Supervised#trainStep}, {@link MeanReport}, {@link LedgerCsv}, {@link Progress}.
 */
public final class Trainer {
    final Network network;
    final Supervised supervised;
    final Batches batches;
    final Map<Term, Schedule> lambdas = new LinkedHashMap<>();
    int epochs = 1;
    Progress progress = Progress.silent();

    @Nullable
    Path ledger;

    @Nullable
    Path weights;

    @Nullable
    Path checkpoint;

    @Nullable
    IntToDoubleFunction learningRate;

    @Nullable
    BiConsumer<Integer, StepReport> onEpoch;

    private <N extends Network & Supervised> Trainer(N network, Batches batches) {
        this.network = network;
        this.supervised = network;
        this.batches = batches;
    }

    /** Of a network and what it learns from; one epoch, unless {@link #epochs} says more. */
    public static <N extends Network & Supervised> Trainer of(N network, Batches batches) {
        return new Trainer(network, batches);
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

    /** Sets the optimizer's learning rate before each epoch, counted from 1. */
    public Trainer learningRate(IntToDoubleFunction byEpoch) {
        this.learningRate = byEpoch;
        return this;
    }

    /**
     * Sets the λ of a term before each step, as {@link Network#regularizer} and {@link Term#lambda(double)} would.
     *
     * @param regularizer its name in the {@code .net}
     * @param term its name, {@code l1}; for {@code max_norm} the schedule gives c
     * @throws IllegalArgumentException if the network has no such term
     */
    public Trainer lambda(String regularizer, String term, Schedule schedule) {
        lambdas.put(network.regularizer(regularizer).term(term), schedule);
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
        return new TrainingRun(this).run();
    }
}
