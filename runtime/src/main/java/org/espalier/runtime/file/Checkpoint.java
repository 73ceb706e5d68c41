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
 *   group.1.optimizer …          the same of parameters that follow an optimizer of their own
 *   group.1.parameters           their names
 * </pre>
 *
 * @param updates how many the network had
 * @param randomSeed what dropout's random numbers were started at
 * @param randomState where they stand
 * @param optimizers what parameters follow, the network's first
 */
public record Checkpoint(long updates, long randomSeed, long randomState, List<Settings> optimizers) {
    private static final String UPDATES = "updates";
    private static final String SEED = "random.seed";
    private static final String STATE = "random.state";
    private static final String GROUP = "group.";
    private static final String OPTIMIZER = "optimizer";
    private static final String SETTING = OPTIMIZER + ".";
    private static final String RATE = SETTING + "lr";
    private static final String PARAMETERS = "parameters";

    private static final String ADVICE =
            ". Give the network the file's optimizer before resume, or read the weights alone"
                    + " with load and have the optimizer start afresh";

    /** Above it, a count is no longer exact as the double that optimizers compute with. */
    private static final long MOST_UPDATES = 1L << 53;

    /**
     * The settings of one optimizer.
     *
     * @param name its name
     * @param lr its learning rate
     * @param constants its other settings by name
     * @param parameters what follows it, in one string; nothing for the network's
     */
    record Settings(String name, double lr, Map<String, String> constants, String parameters) {
        /** Copies the map, keeping its order. */
        Settings {
            constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
        }

        private static Settings of(Followed followed) {
            Optimizer optimizer = followed.optimizer();
            return new Settings(
                    optimizer.name(), optimizer.lr(), optimizer.constants(), String.join(" ", followed.parameters()));
        }

        private void put(Map<String, String> metadata, String prefix) {
            metadata.put(prefix + OPTIMIZER, name);
            metadata.put(prefix + RATE, String.valueOf(lr));
            constants.forEach((constant, value) -> metadata.put(prefix + SETTING + constant, value));
            if (!parameters.isEmpty()) {
                metadata.put(prefix + PARAMETERS, parameters);
            }
        }

        private static Settings read(TensorFile file, DataType type, String prefix) {
            Map<String, String> constants = new LinkedHashMap<>();
            file.metadata().forEach((key, value) -> {
                if (key.startsWith(prefix + SETTING) && !key.equals(prefix + RATE)) {
                    constants.put(key.substring((prefix + SETTING).length()), value);
                }
            });
            return new Settings(
                    text(file, prefix + OPTIMIZER),
                    rate(file, type, prefix + RATE),
                    constants,
                    prefix.isEmpty() ? "" : text(file, prefix + PARAMETERS));
        }
    }

    /** Copies the list. */
    public Checkpoint {
        optimizers = List.copyOf(optimizers);
    }

    /** Says how optimizers are set, and where the random numbers stand. */
    public static Checkpoint of(long updates, long randomSeed, long randomState, List<Followed> optimizers) {
        return new Checkpoint(
                updates,
                randomSeed,
                randomState,
                optimizers.stream().map(Settings::of).toList());
    }

    Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(UPDATES, String.valueOf(updates));
        metadata.put(SEED, String.valueOf(randomSeed));
        metadata.put(STATE, String.valueOf(randomState));
        for (int place = 0; place < optimizers.size(); place++) {
            optimizers.get(place).put(metadata, prefix(place));
        }
        return metadata;
    }

    private static String prefix(int place) {
        return place == 0 ? "" : GROUP + place + ".";
    }

    /**
     * Reads and checks it.
     *
     * @param network the name of the network that goes on
     * @param type what it computes in
     * @param followed what its parameters follow
     * @throws WeightsFileException if something is missing or out of its range, or an optimizer another
     */
    static Checkpoint read(TensorFile file, String network, DataType type, List<Followed> followed) {
        long updates = whole(file, UPDATES, 0, MOST_UPDATES);
        List<Settings> optimizers = new ArrayList<>();
        do {
            optimizers.add(Settings.read(file, type, prefix(optimizers.size())));
        } while (file.metadata().containsKey(prefix(optimizers.size()) + OPTIMIZER));
        if (optimizers.size() != followed.size()) {
            throw new WeightsFileException(
                    file.path(),
                    "was written with " + groups(optimizers.size() - 1) + ", but " + network + " has "
                            + groups(followed.size() - 1) + ADVICE);
        }
        for (int place = 0; place < followed.size(); place++) {
            requireSame(file, network, followed.get(place), optimizers.get(place));
        }
        return new Checkpoint(
                updates,
                whole(file, SEED, Long.MIN_VALUE, Long.MAX_VALUE),
                whole(file, STATE, 0, Long.MAX_VALUE),
                optimizers);
    }

    private static String groups(int count) {
        return count == 0
                ? "one optimizer for all parameters"
                : count + (count == 1 ? " group" : " groups") + " of parameters with an optimizer of their own";
    }

    /** Gives optimizers their learning rates. */
    void passRates(TensorFile file, List<Followed> followed) {
        for (int place = 0; place < followed.size(); place++) {
            try {
                followed.get(place).optimizer().lr(optimizers.get(place).lr());
            } catch (IllegalArgumentException unfit) {
                throw new WeightsFileException(file.path(), "is damaged: " + unfit.getMessage(), unfit);
            }
        }
    }

    private static void requireSame(TensorFile file, String network, Followed followed, Settings wrote) {
        Optimizer optimizer = followed.optimizer();
        Map<String, String> present = optimizer.constants();
        List<String> differences = new ArrayList<>();
        if (!wrote.name().equals(optimizer.name())) {
            differences.add(Excerpt.of(wrote.name()) + " in the file, " + optimizer.name() + " in " + network);
        } else {
            Map<String, String> all = new LinkedHashMap<>(present);
            all.putAll(wrote.constants());
            for (String constant : all.keySet()) {
                String then = wrote.constants().get(constant);
                String now = present.get(constant);
                if (!Objects.equals(then, now)) {
                    differences.add(Excerpt.of(constant) + " is " + (then == null ? "missing" : Excerpt.of(then))
                            + " in the file, " + (now == null ? "unknown" : now) + " in " + network);
                }
            }
        }
        String parameters = String.join(" ", followed.parameters());
        if (!wrote.parameters().equals(parameters)) {
            differences.add("in the file it is that of " + Excerpt.of(wrote.parameters()) + ", in " + network + " of "
                    + Excerpt.of(parameters));
        }
        if (!differences.isEmpty()) {
            throw new WeightsFileException(
                    file.path(),
                    "was not written with this optimizer, " + optimizer + ": " + String.join("; ", differences)
                            + ADVICE);
        }
    }

    private static double rate(TensorFile file, DataType type, String key) {
        String text = text(file, key);
        OptionalDouble lr = DecimalText.parse(text);
        if (lr.isEmpty() || lr.getAsDouble() < 0) {
            throw wrong(file, key, "a finite number of at least 0", text);
        }
        float single = (float) lr.getAsDouble();
        boolean lost = Float.isInfinite(single) || (single == 0 && lr.getAsDouble() > 0);
        if (type == DataType.FLOAT && lost) {
            throw wrong(file, key, "a number that FLOAT, which the network computes in, can hold", text);
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
