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
import org.espalier.runtime.file.FileClaims;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;

/**
 * One run of a trainer. It always knows how far it is ({@link Rescue.Standing}), so that whatever stops it, ledger and
 * checkpoint get what was done ({@link Rescue}).
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

    private final Rescue.Standing at;
    private final Rescue rescue;

    TrainingRun(Trainer plan) {
        this.plan = plan;
        this.network = plan.learner.network();
        this.perEpoch = plan.batches.perEpoch();
        this.ledger = plan.ledger == null ? null : new LedgerCsv(plan.ledger);
        this.undo = new Learner.Undo(plan.learner);
        this.state = new RunState(plan);
        this.steps = new Steps(plan);
        this.at = new Rescue.Standing(perEpoch);
        this.rescue = new Rescue(plan, ledger, undo, state, steps, at);
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
            plan.progress.begin("training", Math.max(0, (plan.epochs - at.epochs) * (long) perEpoch - at.batches));
            EpochBatches rest = begun;
            while (at.epochs < plan.epochs && !state.isOver()) {
                epoch(rest);
                rest = null;
            }
        } catch (Throwable failure) {
            try {
                plan.progress.end();
            } catch (RuntimeException | Error second) {
                failure.addSuppressed(second);
            }
            throw rescue.stopped(failure);
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
        at.resume(position);
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
        int epoch = at.epochs + 1;
        at.place = "epoch " + epoch;
        if (plan.learningRate != null) {
            state.rates.setNetworks(plan.learningRate.applyAsDouble(epoch));
        }
        EpochBatches rest = begun == null ? batches(epoch) : begun;
        while (true) {
            // An epoch that was stopped between its last batch and its row in the ledger has no next batch.
            at.place =
                    "epoch " + epoch + (at.batches < perEpoch ? ", batch " + (at.batches + 1) + " of " + perEpoch : "");
            if (rest.peek() == null) {
                break;
            }
            step(epoch, rest);
        }
        at.place = "epoch " + epoch + ", after its last batch";
        at.batches = perEpoch;
        finish(epoch);
    }

    private void step(int epoch, EpochBatches rest) {
        at.batchSize = rest.usualSize();
        double done = at.epochsDone();
        plan.lambdas.forEach((term, schedule) -> term.lambda(schedule.at(done)));
        state.rates.set(at.epochs, state.steps());
        StepReport step;
        try {
            step = undo.remember(() -> {
                at.stepping = true;
                return steps.next(rest);
            });
        } catch (NonFiniteException refused) {
            if (plan.skipsNonFinite) {
                skip(rest, refused);
                return;
            }
            throw new Rescue.Halt(
                    refused.subject() + " of epoch " + epoch + ", batch " + (at.batches + 1) + " is " + refused.value()
                            + LOOK_AT,
                    refused);
        }
        if (!Double.isFinite(step.total())) {
            throw new Rescue.Halt(
                    "the loss of epoch " + epoch + ", batch " + (at.batches + 1) + " is " + step.total() + " (data "
                            + step.dataLoss() + ", penalties " + step.ledger() + ")" + LOOK_AT,
                    null);
        }
        at.mean.add(step, steps.examples());
        state.stepped();
        done(epoch, rest);
        for (Callback callback : plan.callbacks) {
            callback.onStep(epoch, at.batches, step);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new Rescue.Halt("the thread was interrupted after " + at.place, null);
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
        done(at.epochs + 1, rest);
    }

    private void done(int epoch, EpochBatches rest) {
        int before = at.batches;
        at.batches = rest.taken();
        at.saved = false;
        at.stepping = false;
        String loss = at.mean.isEmpty()
                ? ""
                : String.format(Locale.ROOT, ", loss %.4g", at.mean.mean().total());
        for (int batch = before; batch < at.batches; batch++) {
            plan.progress.step("epoch " + epoch + "/" + plan.epochs + loss);
        }
    }

    private void finish(int epoch) {
        if (at.mean.isEmpty()) {
            throw new Rescue.Halt("every step of " + at.place + " was skipped" + LOOK_AT, null);
        }
        EpochReport report = report(epoch);
        if (ledger != null) {
            at.row = Rescue.Standing.Row.FAILED;
            ledger.write(
                    epoch,
                    report.training(),
                    network.sparsity(),
                    Validation.columns(plan.validation, report.validation()));
            at.row = Rescue.Standing.Row.WRITTEN;
        }
        keepWeights(report);
        reports.add(report.training());
        plan.history.add(report);
        state.take(report);
        at.begin(epoch + 1);
        // Before the checkpoint, which then has what the listeners set: a learning rate, for instance.
        if (plan.onEpoch != null) {
            plan.onEpoch.accept(epoch, report.training());
        }
        for (Callback callback : plan.callbacks) {
            callback.onEpoch(report);
        }
        if (plan.checkpoint != null) {
            rescue.saveCheckpoint(plan.checkpoint);
        }
    }

    private EpochReport report(int epoch) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        Validation validation = plan.validation;
        if (validation != null && epoch % plan.validationInterval == 0) {
            state.withKeptWeights(() -> numbers.putAll(validation.of(plan.learner)));
        }
        double lr = network.optimizer().lr();
        return new EpochReport(epoch, at.mean.mean(), numbers, lr, state.skipped());
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
}
