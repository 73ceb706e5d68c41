package org.espalier.runtime.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntToDoubleFunction;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.optim.NonFiniteException;
import org.espalier.runtime.optim.Term;
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
    private static final String LOOK_AT =
            "; lower the learning rate, clip the gradient, or look for such numbers in the data";

    private final Network network;
    private final Supervised supervised;
    private final Batches batches;
    private int epochs = 1;
    private @Nullable LedgerCsv ledger;
    private @Nullable Path weights;
    private @Nullable Path checkpoint;
    private Progress progress = Progress.silent();
    private @Nullable IntToDoubleFunction learningRate;
    private final Map<Term, Schedule> lambdas = new LinkedHashMap<>();
    private @Nullable BiConsumer<Integer, StepReport> onEpoch;

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
     * How often it sees every example.
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
        this.ledger = new LedgerCsv(csv);
        return this;
    }

    /** Has the weights saved after each epoch, see {@link Network#save}. */
    public Trainer weights(Path file) {
        this.weights = file;
        return this;
    }

    /**
     * Has all that the next epoch depends on saved after each epoch, see {@link Network#saveCheckpoint}, and goes on
     * from there if the file is there when {@link #run} begins: a run that was killed, started again, ends where it
     * would have ended, to the bit.
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

    /** Is told each epoch, counted from 1, and the mean report of its steps. */
    public Trainer onEpoch(BiConsumer<Integer, StepReport> listener) {
        this.onEpoch = listener;
        return this;
    }

    /**
     * Trains.
     *
     * @return the mean report of each epoch
     * @throws IllegalStateException if the loss or a gradient is no longer finite; the weights file is then that of the
     *     epoch before
     */
    public List<StepReport> run() {
        List<StepReport> reports = new ArrayList<>();
        int first = 1 + resumedEpochs();
        network.train();
        progress.begin("training", Math.max(0, (epochs - first + 1L) * batches.perEpoch()));
        try {
            for (int epoch = first; epoch <= epochs; epoch++) {
                StepReport report = epoch(epoch);
                reports.add(report);
                if (ledger != null) {
                    ledger.write(epoch, report, network.sparsity());
                }
                if (weights != null) {
                    network.save(weights);
                }
                if (checkpoint != null) {
                    network.saveCheckpoint(checkpoint);
                }
                if (onEpoch != null) {
                    onEpoch.accept(epoch, report);
                }
            }
        } finally {
            progress.end();
        }
        return reports;
    }

    private int resumedEpochs() {
        if (checkpoint == null || !Files.exists(checkpoint)) {
            return 0;
        }
        network.resume(checkpoint);
        if (network.updates() % batches.perEpoch() != 0) {
            throw new IllegalStateException(checkpoint + " was saved after " + network.updates()
                    + " updates, which is not the end of an epoch of " + batches.perEpoch() + " batches");
        }
        return Math.toIntExact(network.updates() / batches.perEpoch());
    }

    private StepReport epoch(int epoch) {
        if (learningRate != null) {
            network.optimizer().lr(learningRate.applyAsDouble(epoch));
        }
        MeanReport mean = new MeanReport();
        int number = 0;
        for (Batch batch : batches.epoch(epoch)) {
            double done = epoch - 1 + (double) number / batches.perEpoch();
            lambdas.forEach((term, schedule) -> term.lambda(schedule.at(done)));
            number++;
            StepReport step;
            try {
                step = supervised.trainStep(batch.input(), batch.target());
            } catch (NonFiniteException refused) {
                throw new IllegalStateException(
                        refused.subject() + " of epoch " + epoch + ", batch " + number + " is " + refused.value()
                                + LOOK_AT,
                        refused);
            }
            if (!Double.isFinite(step.total())) {
                throw new IllegalStateException("the loss of epoch " + epoch + ", batch " + number + " is "
                        + step.total() + " (data " + step.dataLoss() + ", penalties " + step.ledger() + ")" + LOOK_AT);
            }
            mean.add(step, batch.size());
            progress.step(String.format(
                    Locale.ROOT,
                    "epoch %d/%d, loss %.4g",
                    epoch,
                    epochs,
                    mean.mean().total()));
        }
        return mean.mean();
    }
}
