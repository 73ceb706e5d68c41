package org.espalier.runtime.file;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.weights.DecimalText;
import org.espalier.weights.Excerpt;
import org.espalier.weights.TensorFile;
import org.espalier.weights.WeightsFileException;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The metadata of a checkpoint:
 *
 * <pre>
 *   updates                      how many the network had
 *   random.seed, random.state    where dropout's random numbers stand
 *   optimizer                    its name
 *   optimizer.lr                 its learning rate, which goes on
 *   optimizer.eps …              its other settings, which must be the same
 * </pre>
 *
 * @param updates how many the network had
 * @param lr the optimizer's learning rate
 * @param randomSeed what dropout's random numbers were started at
 * @param randomState where they stand
 * @param optimizer its name
 * @param constants its other settings by name
 */
public record Checkpoint(
        long updates, double lr, long randomSeed, long randomState, String optimizer, Map<String, String> constants) {
    private static final String UPDATES = "updates";
    private static final String SEED = "random.seed";
    private static final String STATE = "random.state";
    private static final String OPTIMIZER = "optimizer";
    private static final String SETTING = OPTIMIZER + ".";
    private static final String RATE = SETTING + "lr";

    /** Above it, a count is no longer exact as the double that optimizers compute with. */
    private static final long MOST_UPDATES = 1L << 53;

    /** Copies the map, keeping its order. */
    public Checkpoint {
        constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
    }

    /** Says how an optimizer is set, and where the random numbers stand. */
    public static Checkpoint of(long updates, long randomSeed, long randomState, Optimizer optimizer) {
        return new Checkpoint(
                updates, optimizer.lr(), randomSeed, randomState, optimizer.name(), optimizer.constants());
    }

    Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(UPDATES, String.valueOf(updates));
        metadata.put(SEED, String.valueOf(randomSeed));
        metadata.put(STATE, String.valueOf(randomState));
        metadata.put(OPTIMIZER, optimizer);
        metadata.put(RATE, String.valueOf(lr));
        constants.forEach((name, value) -> metadata.put(SETTING + name, value));
        return metadata;
    }

    /**
     * Reads and checks it.
     *
     * @param network the name of the network that goes on
     * @param type what it computes in
     * @param optimizer what it follows
     * @throws WeightsFileException if something is missing or out of its range, or the optimizer another
     */
    static Checkpoint read(TensorFile file, String network, DataType type, Optimizer optimizer) {
        long updates = whole(file, UPDATES, 0, MOST_UPDATES);
        String name = text(file, OPTIMIZER);
        double lr = rate(file, type);
        Map<String, String> constants = new LinkedHashMap<>();
        file.metadata().forEach((key, value) -> {
            if (key.startsWith(SETTING) && !key.equals(RATE)) {
                constants.put(key.substring(SETTING.length()), value);
            }
        });
        requireSame(file, network, optimizer, name, constants);
        return new Checkpoint(
                updates,
                lr,
                whole(file, SEED, Long.MIN_VALUE, Long.MAX_VALUE),
                whole(file, STATE, 0, Long.MAX_VALUE),
                name,
                constants);
    }

    /** Gives an optimizer the learning rate. */
    void passRate(TensorFile file, Optimizer optimizer) {
        try {
            optimizer.lr(lr);
        } catch (IllegalArgumentException unfit) {
            throw new WeightsFileException(file.path(), "is damaged: " + unfit.getMessage(), unfit);
        }
    }

    private static void requireSame(
            TensorFile file, String network, Optimizer optimizer, String name, Map<String, String> constants) {
        Map<String, String> present = optimizer.constants();
        List<String> differences = new ArrayList<>();
        if (!name.equals(optimizer.name())) {
            differences.add(Excerpt.of(name) + " in the file, " + optimizer.name() + " in " + network);
        } else {
            Map<String, String> all = new LinkedHashMap<>(present);
            all.putAll(constants);
            for (String constant : all.keySet()) {
                String wrote = constants.get(constant);
                String has = present.get(constant);
                if (!Objects.equals(wrote, has)) {
                    differences.add(Excerpt.of(constant) + " is " + (wrote == null ? "missing" : Excerpt.of(wrote))
                            + " in the file, " + (has == null ? "unknown" : has) + " in " + network);
                }
            }
        }
        if (!differences.isEmpty()) {
            throw new WeightsFileException(
                    file.path(),
                    "was not written with this optimizer, " + optimizer + ": " + String.join("; ", differences)
                            + ". Give the network the file's optimizer before resume, or read the weights alone with"
                            + " load and have the optimizer start afresh");
        }
    }

    private static double rate(TensorFile file, DataType type) {
        String text = text(file, RATE);
        OptionalDouble lr = DecimalText.parse(text);
        if (lr.isEmpty() || lr.getAsDouble() < 0) {
            throw wrong(file, RATE, "a finite number of at least 0", text);
        }
        float single = (float) lr.getAsDouble();
        boolean lost = Float.isInfinite(single) || (single == 0 && lr.getAsDouble() > 0);
        if (type == DataType.FLOAT && lost) {
            throw wrong(file, RATE, "a number that FLOAT, which the network computes in, can hold", text);
        }
        return lr.getAsDouble();
    }

    private static long whole(TensorFile file, String key, long least, long most) {
        String text = text(file, key);
        String range = least == Long.MIN_VALUE ? "a whole number" : "a whole number from " + least + " to " + most;
        try {
            long value = Long.parseLong(text);
            if (value < least || value > most) {
                throw wrong(file, key, range, text);
            }
            return value;
        } catch (NumberFormatException malformed) {
            throw wrong(file, key, range, text);
        }
    }

    private static WeightsFileException wrong(TensorFile file, String key, String expected, String found) {
        return new WeightsFileException(
                file.path(),
                "its metadata '" + key + "' should be " + expected + ", but is '" + Excerpt.of(found) + "'");
    }

    private static String text(TensorFile file, String key) {
        String text = file.metadata().get(key);
        if (text == null) {
            throw new WeightsFileException(
                    file.path(),
                    "is no checkpoint: its metadata has no '" + key + "'; read it with load, or write it with"
                            + " saveCheckpoint");
        }
        return text;
    }
}
