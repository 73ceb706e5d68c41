package org.espalier.runtime.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.weights.DecimalText;
import org.espalier.weights.Excerpt;
import org.espalier.weights.TensorFile;
import org.espalier.weights.WeightsFileException;

/**
 * Progress of a training run, as the notes of a checkpoint say it.
 *
 * @param epochs that are done, ledger and all
 * @param batches of the epoch after them that are done; all of them if only its row in the ledger is missing
 * @param perEpoch how many batches an epoch has
 * @param batchSize examples of its batches, except of the last
 * @param sums of the reports of {@code batches}
 */
record Position(int epochs, int batches, int perEpoch, int batchSize, MeanReport.Sums sums) {
    private static final String PREFIX = "trainer.";
    private static final String EPOCHS = PREFIX + "epochs";
    private static final String BATCHES = PREFIX + "batches";
    private static final String PER_EPOCH = PREFIX + "batches_per_epoch";
    private static final String BATCH_SIZE = PREFIX + "batch_size";
    private static final String EXAMPLES = PREFIX + "examples";
    private static final String DATA_LOSS = PREFIX + "data_loss";
    private static final String LOSSES = PREFIX + "losses";
    private static final String PENALTIES = PREFIX + "penalties";

    /** The notes. */
    Map<String, String> notes() {
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put(EPOCHS, String.valueOf(epochs));
        notes.put(BATCHES, String.valueOf(batches));
        notes.put(PER_EPOCH, String.valueOf(perEpoch));
        notes.put(BATCH_SIZE, String.valueOf(batchSize));
        notes.put(EXAMPLES, String.valueOf(sums.examples()));
        notes.put(DATA_LOSS, String.valueOf(sums.dataLoss()));
        notes.put(LOSSES, String.valueOf(sums.losses().size()));
        for (int i = 0; i < sums.losses().size(); i++) {
            LossEntry loss = sums.losses().get(i);
            notes.put(of(LOSSES, i, "name"), loss.name());
            notes.put(of(LOSSES, i, "weight"), String.valueOf(loss.weight()));
            notes.put(of(LOSSES, i, "sum"), String.valueOf(loss.value()));
        }
        notes.put(PENALTIES, String.valueOf(sums.penalties().size()));
        for (int i = 0; i < sums.penalties().size(); i++) {
            LedgerEntry penalty = sums.penalties().get(i);
            notes.put(of(PENALTIES, i, "group"), penalty.group());
            notes.put(of(PENALTIES, i, "term"), penalty.term());
            notes.put(of(PENALTIES, i, "sum"), String.valueOf(penalty.value()));
        }
        return notes;
    }

    /**
     * Reads the notes of a checkpoint.
     *
     * @param perEpoch how many batches an epoch has now
     * @throws WeightsFileException if they are missing, damaged, or of a run with another number of batches
     */
    static Position read(Path checkpoint, int perEpoch) {
        try (TensorFile file = TensorFile.open(checkpoint)) {
            return new Notes(file).position(perEpoch);
        }
    }

    /** Refuses batches of another size. */
    void requireBatchSize(Path checkpoint, int size) {
        if (size != batchSize) {
            throw otherBatches(checkpoint, "batches of " + batchSize + " examples", "have " + size);
        }
    }

    private static WeightsFileException otherBatches(Path checkpoint, String written, String found) {
        return new WeightsFileException(
                checkpoint,
                "was written in training on " + written + ", but these " + found
                        + "; give the trainer the same batches, or call net.resume(file) and train with a checkpoint in"
                        + " another file, which counts epochs from 1");
    }

    private static String of(String list, int i, String property) {
        return list + "." + i + "." + property;
    }

    private record Notes(TensorFile file) {
        Position position(int perEpoch) {
            int epochs = whole(EPOCHS, 0, Integer.MAX_VALUE - 1);
            int wrote = whole(PER_EPOCH, 1, Integer.MAX_VALUE);
            int batches = whole(BATCHES, 0, wrote);
            int batchSize = whole(BATCH_SIZE, 1, Integer.MAX_VALUE);
            if (wrote != perEpoch) {
                throw otherBatches(file.path(), wrote + " batches an epoch", "are " + perEpoch + " an epoch");
            }
            List<LossEntry> losses = new ArrayList<>();
            int several = whole(LOSSES, 0, file.metadata().size());
            for (int i = 0; i < several; i++) {
                losses.add(new LossEntry(
                        text(of(LOSSES, i, "name")), finite(of(LOSSES, i, "weight")), finite(of(LOSSES, i, "sum"))));
            }
            List<LedgerEntry> penalties = new ArrayList<>();
            int count = whole(PENALTIES, 0, file.metadata().size());
            for (int i = 0; i < count; i++) {
                penalties.add(new LedgerEntry(
                        text(of(PENALTIES, i, "group")),
                        text(of(PENALTIES, i, "term")),
                        finite(of(PENALTIES, i, "sum"))));
            }
            // Every batch has at least one example, unless it was skipped; without batches nothing was summed.
            int examples = whole(EXAMPLES, skips() ? 0 : batches, batches == 0 ? 0 : Integer.MAX_VALUE);
            MeanReport.Sums sums = new MeanReport.Sums(examples, finite(DATA_LOSS), losses, penalties);
            return new Position(epochs, batches, perEpoch, batchSize, sums);
        }

        private boolean skips() {
            return !file.metadata().getOrDefault(RunState.SKIPPED, "0").equals("0");
        }

        private String text(String key) {
            String text = file.metadata().get(key);
            if (text == null) {
                throw new WeightsFileException(
                        file.path(),
                        "was not written by a trainer, or not as a checkpoint: its metadata has no '" + key
                                + "'. Read it with net.resume or net.load, and give the trainer another file");
            }
            return text;
        }

        private int whole(String key, int least, int most) {
            String text = text(key);
            try {
                int value = Integer.parseInt(text);
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException malformed) {
                throw wrong(key, "a whole number", text);
            }
            throw wrong(key, "a whole number from " + least + " to " + most, text);
        }

        private double finite(String key) {
            String text = text(key);
            OptionalDouble value = DecimalText.parse(text);
            if (value.isEmpty()) {
                throw wrong(key, "a finite number", text);
            }
            return value.getAsDouble();
        }

        private WeightsFileException wrong(String key, String expected, String found) {
            return new WeightsFileException(
                    file.path(),
                    "its metadata '" + key + "' should be " + expected + ", but is '" + Excerpt.of(found) + "'");
        }
    }
}
