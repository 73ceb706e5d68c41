package org.espalier.runtime.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps in checkpoint and ledger what a training run has done when something stops it, and says how to go on. */
final class Rescue {
    private final Trainer plan;
    private final @Nullable LedgerCsv ledger;
    private final Learner.Undo undo;
    private final RunState state;
    private final Steps steps;
    private final Standing at;

    /** Place that a training run has reached, at any moment, and what of that is kept in files. */
    static final class Standing {
        final int perEpoch;

        /** Epochs that are done. */
        int epochs;

        /** Batches of the next epoch that are done. */
        int batches;

        int batchSize;

        /** The reports of these batches' steps. */
        MeanReport mean = new MeanReport();

        /** True if the checkpoint has all that. */
        boolean saved = true;

        /** The ledger's row of this epoch. */
        Row row = Row.NONE;

        /** True if the network is within a step. */
        boolean stepping;

        /** The same in words, for messages: its epoch and batch. */
        String place = "before the first epoch";

        /** Row of an epoch in the ledger. */
        enum Row {
            NONE,
            FAILED,
            WRITTEN
        }

        Standing(int perEpoch) {
            this.perEpoch = perEpoch;
        }

        /** Goes to where a checkpoint was written. */
        void resume(Position position) {
            epochs = position.epochs();
            batches = position.batches();
            batchSize = position.batchSize();
            mean = new MeanReport(position.sums());
        }

        /** The same for a checkpoint. */
        Position position() {
            return new Position(epochs, batches, perEpoch, batchSize, mean.sums());
        }

        /** Begins an epoch. */
        void begin(int epoch) {
            epochs = epoch - 1;
            batches = 0;
            mean = new MeanReport();
            row = Row.NONE;
            saved = false;
        }

        /** Number of steps that are done, counted in batches. */
        long steps() {
            return (long) epochs * perEpoch + batches;
        }

        /** Number of epochs that are done, with the part of one. */
        double epochsDone() {
            return epochs + (double) batches / perEpoch;
        }

        /** The next thing to do, in words. */
        String next() {
            if (batches == 0) {
                return "epoch " + (epochs + 1);
            }
            return batches < perEpoch
                    ? "batch " + (batches + 1) + " of epoch " + (epochs + 1)
                    : "what comes after the last batch of epoch " + (epochs + 1);
        }
    }

    /**
     * Exception for which the run itself stops: a number that is not finite, or an interrupt; the message says where.
     */
    static final class Halt extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Halt(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    Rescue(Trainer plan, @Nullable LedgerCsv ledger, Learner.Undo undo, RunState state, Steps steps, Standing at) {
        this.plan = plan;
        this.ledger = ledger;
        this.undo = undo;
        this.state = state;
        this.steps = steps;
        this.at = at;
    }

    /** Writes a checkpoint of the run as it stands. */
    void saveCheckpoint(Path file) {
        state.save(file, at.position().notes());
        at.saved = true;
    }

    /** Keeps what was done, and says how to go on; an error is thrown as it is, with that attached. */
    TrainingException stopped(Throwable failure) {
        // A thread that is interrupted cannot write files.
        boolean interrupted = Thread.interrupted();
        try {
            String kept = keep(failure);
            if (failure instanceof Error error) {
                error.addSuppressed(new TrainingException(at.place + kept, null));
                throw error;
            }
            if (failure instanceof Halt) {
                TrainingException stopped = new TrainingException(failure.getMessage() + kept, failure.getCause());
                Stream.of(failure.getSuppressed()).forEach(stopped::addSuppressed);
                return stopped;
            }
            String problem = failure.getMessage() == null ? failure.toString() : failure.getMessage();
            return new TrainingException(at.place + ": " + problem + steps.advice() + kept, failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private String keep(Throwable failure) {
        long done = at.steps();
        if (at.stepping && !undone(failure)) {
            return plan.checkpoint == null ? "" : "\n" + older(plan.checkpoint);
        }
        if (done == 0) {
            return "";
        }
        boolean inLedger = keepInLedger(failure);
        boolean inCheckpoint = plan.checkpoint != null && (at.saved || keepInCheckpoint(plan.checkpoint, failure));
        String there =
                "\nThe " + done + (done == 1 ? " step done until then is in " : " steps done until then are in ");
        String also = inLedger ? " and " + plan.ledger : "";
        if (inCheckpoint) {
            return there + plan.checkpoint + also + ". Fix the cause and run the trainer again: it goes on with "
                    + at.next()
                    + ". To go on with other batches, call net.resume(file) and train with a checkpoint in another file";
        }
        if (plan.checkpoint != null) {
            return there + "the network" + also + ", but the checkpoint could not be written. "
                    + older(plan.checkpoint);
        }
        return there + "the network" + also
                + ", but in no checkpoint; net.saveCheckpoint(file) keeps them. A trainer that"
                + " is given a checkpoint(file) does so itself, and goes on from it";
    }

    private static String older(Path checkpoint) {
        return Files.exists(checkpoint)
                ? checkpoint + " is as it was before; a run with it goes on from there"
                : "There is no checkpoint yet, so training has to begin anew";
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
        if (ledger == null || at.row == Standing.Row.FAILED) {
            return false;
        }
        if (at.batches > 0 && at.row == Standing.Row.NONE && !at.mean.isEmpty()) {
            try {
                ledger.writeUnfinished(
                        at.epochsDone(),
                        at.mean.mean(),
                        plan.learner.network().sparsity(),
                        Validation.columns(plan.validation, Map.of()));
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
