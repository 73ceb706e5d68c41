package org.espalier.runtime.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;

/**
 * One run of a trainer. It always knows how far it is, so that whatever stops it, ledger and checkpoint get what was
 * done.
 */
final class TrainingRun {
    private static final String LOOK_AT =
            "; lower the learning rate, clip the gradient, or look for such numbers in the data";

    private final Trainer plan;
    private final Network network;
    private final int perEpoch;
    private final @Nullable LedgerCsv ledger;
    private final Learner.Undo undo;
    private final RunState state;
    private final Steps steps;
    private final List<StepReport> reports = new ArrayList<>();

    private int epochs;
    private int batches;
    private int batchSize;
    private MeanReport mean = new MeanReport();

    /** True if the checkpoint has all that. */
    private boolean saved = true;
    /** The ledger's row of this epoch. */
    private Row row = Row.NONE;
    /** True if the network is within a step. */
    private boolean stepping;
    /** Place of the run in words, for messages: its epoch and batch. */
    private String place = "before the first epoch";

    private enum Row {
        NONE,
        FAILED,
        WRITTEN
    }

    /**
     * Exception for which the run itself stops: a number that is not finite, or an interrupt; the message says where.
     */
    private static final class Halt extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Halt(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    TrainingRun(Trainer plan) {
        this.plan = plan;
        this.network = plan.learner.network();
        this.perEpoch = plan.batches.perEpoch();
        this.ledger = plan.ledger == null ? null : new LedgerCsv(plan.ledger);
        this.undo = new Learner.Undo(plan.learner);
        this.state = new RunState(plan);
        this.steps = new Steps(plan);
    }

    List<StepReport> run() {
        List<Path> files = Stream.of(plan.ledger, plan.weights, plan.best, plan.checkpoint)
                .filter(Objects::nonNull)
                .toList();
        FileClaims claims = FileClaims.of(files);
        try {
            requireReplaceable();
            EpochBatches rest = resume();
            for (Network one : plan.learner.networks()) {
                one.optimizer().clipNorm(plan.clipNorm);
                one.optimizer().clipValue(plan.clipValue);
                one.train();
            }
            train(rest);
            if (state.average != null) {
                state.average.swap();
            }
        } finally {
            claims.release();
        }
        return reports;
    }

    /** Refuses to overwrite what no training run wrote, before there are steps that could be lost. */
    private void requireReplaceable() {
        Stream.of(plan.weights, plan.best, plan.checkpoint)
                .filter(Objects::nonNull)
                .forEach(TensorFileWriter::requireReplaceable);
        if (ledger != null) {
            ledger.requireReplaceable();
        }
    }

    private void train(@Nullable EpochBatches begun) {
        try {
            plan.progress.begin("training", Math.max(0, (plan.epochs - epochs) * (long) perEpoch - batches));
            EpochBatches rest = begun;
            while (epochs < plan.epochs && !state.isOver()) {
                epoch(rest);
                rest = null;
            }
        } catch (Throwable failure) {
            try {
                plan.progress.end();
            } catch (RuntimeException | Error second) {
                failure.addSuppressed(second);
            }
            throw stopped(failure);
        }
        plan.progress.end();
    }

    /** Goes to where the checkpoint is, if there is one, and returns what is left of an epoch that it began. */
    private @Nullable EpochBatches resume() {
        Path checkpoint = plan.checkpoint;
        if (checkpoint == null || !Files.exists(checkpoint)) {
            return null;
        }
        Position position = Position.read(checkpoint, perEpoch);
        // The batches are looked at first: if they are not those of the checkpoint, the network stays as it is.
        EpochBatches rest = position.epochs() < plan.epochs ? skip(checkpoint, position) : null;
        state.resume(checkpoint);
        epochs = position.epochs();
        batches = position.batches();
        batchSize = position.batchSize();
        mean = new MeanReport(position.sums());
        return rest;
    }

    private EpochBatches skip(Path checkpoint, Position position) {
        EpochBatches rest = batches(position.epochs() + 1);
        if (rest.skip(1) == 1) {
            position.requireBatchSize(checkpoint, rest.usualSize());
        }
        if (position.batches() == 0) {
            return batches(position.epochs() + 1);
        }
        int there = rest.skip(position.batches());
        if (there < position.batches()) {
            throw new WeightsFileException(
                    checkpoint,
                    "was written after " + position.batches() + " batches of an epoch, but this one has only " + there);
        }
        return rest;
    }

    private EpochBatches batches(int epoch) {
        return new EpochBatches(plan.batches.epoch(epoch), perEpoch, plan.lastBatch);
    }

    private void epoch(@Nullable EpochBatches begun) {
        int epoch = epochs + 1;
        place = "epoch " + epoch;
        if (plan.learningRate != null) {
            state.rates.setNetworks(plan.learningRate.applyAsDouble(epoch));
        }
        EpochBatches rest = begun == null ? batches(epoch) : begun;
        while (true) {
            // An epoch that was stopped between its last batch and its row in the ledger has no next batch.
            place = "epoch " + epoch + (batches < perEpoch ? ", batch " + (batches + 1) + " of " + perEpoch : "");
            if (rest.peek() == null) {
                break;
            }
            step(epoch, rest);
        }
        place = "epoch " + epoch + ", after its last batch";
        batches = perEpoch;
        finish(epoch);
    }

    private void step(int epoch, EpochBatches rest) {
        batchSize = rest.usualSize();
        double done = epochs + (double) batches / perEpoch;
        plan.lambdas.forEach((term, schedule) -> term.lambda(schedule.at(done)));
        state.rates.set(epochs, state.steps());
        StepReport step;
        try {
            step = undo.remember(() -> {
                stepping = true;
                return steps.next(rest);
            });
        } catch (NonFiniteException refused) {
            if (plan.skipsNonFinite) {
                skip(rest, refused);
                return;
            }
            throw new Halt(
                    refused.subject() + " of epoch " + epoch + ", batch " + (batches + 1) + " is " + refused.value()
                            + LOOK_AT,
                    refused);
        }
        if (!Double.isFinite(step.total())) {
            throw new Halt(
                    "the loss of epoch " + epoch + ", batch " + (batches + 1) + " is " + step.total() + " (data "
                            + step.dataLoss() + ", penalties " + step.ledger() + ")" + LOOK_AT,
                    null);
        }
        mean.add(step, steps.examples());
        state.stepped();
        done(epoch, rest);
        for (Callback callback : plan.callbacks) {
            callback.onStep(epoch, batches, step);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new Halt("the thread was interrupted after " + place, null);
        }
    }

    /** Passes over the batches of a step that was refused. */
    private void skip(EpochBatches rest, NonFiniteException refused) {
        // A discriminator that has learnt from the batch already keeps that.
        if (!undo.undoFirst()) {
            throw refused;
        }
        steps.passOver(rest);
        state.skip();
        done(epochs + 1, rest);
    }

    private void done(int epoch, EpochBatches rest) {
        int before = batches;
        batches = rest.taken();
        saved = false;
        stepping = false;
        String loss = mean.isEmpty()
                ? ""
                : String.format(Locale.ROOT, ", loss %.4g", mean.mean().total());
        for (int batch = before; batch < batches; batch++) {
            plan.progress.step("epoch " + epoch + "/" + plan.epochs + loss);
        }
    }

    private void finish(int epoch) {
        if (mean.isEmpty()) {
            throw new Halt("every step of " + place + " was skipped" + LOOK_AT, null);
        }
        EpochReport report = report(epoch);
        if (ledger != null) {
            row = Row.FAILED;
            ledger.write(epoch, report.training(), network.sparsity(), columns(report.validation()));
            row = Row.WRITTEN;
        }
        keepWeights(report);
        reports.add(report.training());
        plan.history.add(report);
        state.take(report);
        epochs = epoch;
        row = Row.NONE;
        batches = 0;
        mean = new MeanReport();
        saved = false;
        // Before the checkpoint, which then has what the listeners set: a learning rate, for instance.
        if (plan.onEpoch != null) {
            plan.onEpoch.accept(epoch, report.training());
        }
        for (Callback callback : plan.callbacks) {
            callback.onEpoch(report);
        }
        if (plan.checkpoint != null) {
            saveCheckpoint(plan.checkpoint);
        }
    }

    private EpochReport report(int epoch) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        Validation validation = plan.validation;
        if (validation != null && epoch % plan.validationInterval == 0) {
            state.withKeptWeights(() -> numbers.putAll(validation.of(plan.learner)));
        }
        double lr = network.optimizer().lr();
        return new EpochReport(epoch, mean.mean(), numbers, lr, state.skipped());
    }

    /** The numbers of a validation as the ledger has them in every row. */
    private Map<String, Double> columns(Map<String, Double> numbers) {
        Map<String, Double> columns = new LinkedHashMap<>();
        if (plan.validation != null) {
            plan.validation.names().forEach(name -> columns.put(name, numbers.getOrDefault(name, Double.NaN)));
        }
        return columns;
    }

    private void keepWeights(EpochReport report) {
        Path weights = plan.weights;
        Path best = plan.best;
        if (weights != null) {
            state.withKeptWeights(() -> network.save(weights));
        }
        if (best != null && state.best != null && state.best.improves(report)) {
            state.withKeptWeights(() -> network.save(best));
        }
    }

    private void saveCheckpoint(Path file) {
        state.save(file, new Position(epochs, batches, perEpoch, batchSize, mean.sums()).notes());
        saved = true;
    }

    /** Keeps what was done, and says how to go on; an error is thrown as it is, with that attached. */
    private TrainingException stopped(Throwable failure) {
        // A thread that is interrupted cannot write files.
        boolean interrupted = Thread.interrupted();
        try {
            String kept = keep(failure);
            if (failure instanceof Error error) {
                error.addSuppressed(new TrainingException(place + kept, null));
                throw error;
            }
            if (failure instanceof Halt) {
                TrainingException stopped = new TrainingException(failure.getMessage() + kept, failure.getCause());
                Stream.of(failure.getSuppressed()).forEach(stopped::addSuppressed);
                return stopped;
            }
            String problem = failure.getMessage() == null ? failure.toString() : failure.getMessage();
            return new TrainingException(place + ": " + problem + steps.advice() + kept, failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private String keep(Throwable failure) {
        long steps = (long) epochs * perEpoch + batches;
        if (stepping && !undone(failure)) {
            return plan.checkpoint == null ? "" : "\n" + older(plan.checkpoint);
        }
        if (steps == 0) {
            return "";
        }
        boolean inLedger = keepInLedger(failure);
        boolean inCheckpoint = plan.checkpoint != null && (saved || keepInCheckpoint(plan.checkpoint, failure));
        String done =
                "\nThe " + steps + (steps == 1 ? " step done until then is in " : " steps done until then are in ");
        String also = inLedger ? " and " + plan.ledger : "";
        if (inCheckpoint) {
            return done + plan.checkpoint + also + ". Fix the cause and run the trainer again: it goes on with "
                    + next()
                    + ". To go on with other batches, call net.resume(file) and train with a checkpoint in another file";
        }
        if (plan.checkpoint != null) {
            return done + "the network" + also + ", but the checkpoint could not be written. " + older(plan.checkpoint);
        }
        return done + "the network" + also
                + ", but in no checkpoint; net.saveCheckpoint(file) keeps them. A trainer that"
                + " is given a checkpoint(file) does so itself, and goes on from it";
    }

    private static String older(Path checkpoint) {
        return Files.exists(checkpoint)
                ? checkpoint + " is as it was before; a run with it goes on from there"
                : "There is no checkpoint yet, so training has to begin anew";
    }

    private String next() {
        if (batches == 0) {
            return "epoch " + (epochs + 1);
        }
        return batches < perEpoch
                ? "batch " + (batches + 1) + " of epoch " + (epochs + 1)
                : "what comes after the last batch of epoch " + (epochs + 1);
    }

    private boolean undone(Throwable failure) {
        try {
            return undo.undo();
        } catch (RuntimeException | Error second) {
            failure.addSuppressed(second);
            return false;
        }
    }

    /** Returns whether the ledger has all steps. */
    private boolean keepInLedger(Throwable failure) {
        if (ledger == null || row == Row.FAILED) {
            return false;
        }
        if (batches > 0 && row == Row.NONE && !mean.isEmpty()) {
            try {
                ledger.writeUnfinished(
                        epochs + (double) batches / perEpoch, mean.mean(), network.sparsity(), columns(Map.of()));
            } catch (RuntimeException | Error second) {
                failure.addSuppressed(second);
                return false;
            }
        }
        return true;
    }

    private boolean keepInCheckpoint(Path file, Throwable failure) {
        try {
            saveCheckpoint(file);
            return true;
        } catch (RuntimeException | Error second) {
            failure.addSuppressed(second);
            return false;
        }
    }
}
