package org.espalier.runtime.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.espalier.weights.Excerpt;
import org.espalier.weights.TensorFile;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;

/**
 * State of a run that goes on from epoch to epoch, besides the network and its {@link Position}: learning rates, best
 * numbers, the average of the weights, counts and callbacks. All of it is in the notes of a checkpoint, each part under
 * its name.
 */
final class RunState {
    private static final String PREFIX = "trainer.";
    private static final String COUNTS = "counts";
    /** Note of how many steps were skipped. */
    static final String SKIPPED = PREFIX + COUNTS + ".skipped";

    private static final String RATES = "rates";
    private static final String EARLY = "early_stopping";
    private static final String BEST = "best";
    private static final String CALLBACK = "callback.";
    private static final String AVERAGE = "average:";

    final LearningRates rates;
    final @Nullable Monitor early;
    final @Nullable Monitor best;
    final @Nullable WeightAverage average;
    private final Trainer plan;
    private long steps;
    private long skipped;

    RunState(Trainer plan) {
        this.plan = plan;
        this.rates = new LearningRates(plan);
        this.early = plan.patience > 0 ? Monitor.of(plan.validation, plan.earlyStoppingMonitor, plan.minDelta) : null;
        this.best = plan.best != null ? Monitor.of(plan.validation, plan.bestMonitor, 0) : null;
        this.average =
                Double.isNaN(plan.averageDecay) ? null : new WeightAverage(plan.learner.network(), plan.averageDecay);
        if (plan.plateau != null) {
            Monitor.of(plan.validation, plan.plateauMonitor, 0);
        }
    }

    /** Number of updates of the weights. */
    long steps() {
        return steps;
    }

    /** Number of steps that were skipped. */
    long skipped() {
        return skipped;
    }

    void stepped() {
        steps++;
        if (average != null) {
            average.take();
        }
    }

    void skip() {
        skipped++;
    }

    /** Takes note of an epoch. */
    void take(EpochReport report) {
        rates.take(report);
        if (early != null) {
            early.take(report);
        }
        if (best != null) {
            best.take(report);
        }
    }

    /** Tells whether training is to stop early. */
    boolean isOver() {
        return early != null && early.waited() >= plan.patience;
    }

    /** Does something with the weights that are to be kept: the average, if there is one. */
    void withKeptWeights(Runnable work) {
        if (average == null) {
            work.run();
        } else {
            average.during(work);
        }
    }

    void save(Path file, Map<String, String> position) {
        Map<String, String> notes = new LinkedHashMap<>(position);
        add(notes, COUNTS, Map.of("steps", String.valueOf(steps), "skipped", String.valueOf(skipped)));
        add(notes, RATES, rates.state());
        if (early != null) {
            add(notes, EARLY, early.state());
        }
        if (best != null) {
            add(notes, BEST, best.state());
        }
        for (int i = 0; i < plan.callbacks.size(); i++) {
            add(notes, CALLBACK + i, plan.callbacks.get(i).state());
        }
        plan.learner.saveCheckpoint(file, notes, average != null && average.isBegun() ? average.byName() : Map.of());
    }

    /** Adds notes in an order that is not, as that of {@code Map.of}, another in each process. */
    private static void add(Map<String, String> notes, String part, Map<String, String> state) {
        new TreeMap<>(state).forEach((key, value) -> notes.put(PREFIX + part + "." + key, value));
    }

    /**
     * Lets the network and all parts go on from a checkpoint. A part that the run which wrote it did not have starts
     * afresh.
     *
     * @throws WeightsFileException if the file cannot be read or does not fit
     */
    void resume(Path file) {
        Map<String, String> notes;
        boolean averaged;
        try (TensorFile tensors = TensorFile.open(file)) {
            notes = tensors.metadata();
            averaged = average != null
                    && tensors.tensors().stream()
                            .anyMatch(tensor -> tensor.name().startsWith(AVERAGE));
        }
        part(file, notes, COUNTS, state -> {
            steps = Long.parseLong(state.getOrDefault("steps", ""));
            skipped = Long.parseLong(state.getOrDefault("skipped", ""));
        });
        part(file, notes, RATES, rates::resume);
        if (early != null) {
            part(file, notes, EARLY, early::resume);
        }
        if (best != null) {
            part(file, notes, BEST, best::resume);
        }
        for (int i = 0; i < plan.callbacks.size(); i++) {
            part(file, notes, CALLBACK + i, plan.callbacks.get(i)::resume);
        }
        // Last, since it changes the network.
        plan.learner.resume(file, average != null && averaged ? average.byName() : Map.of());
        if (average != null && averaged) {
            average.resume();
        }
    }

    private interface Part {
        void resume(Map<String, String> state);
    }

    private static void part(Path file, Map<String, String> notes, String name, Part part) {
        String prefix = PREFIX + name + ".";
        Map<String, String> state = new LinkedHashMap<>();
        notes.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                state.put(key.substring(prefix.length()), value);
            }
        });
        if (state.isEmpty()) {
            return;
        }
        try {
            part.resume(state);
        } catch (NumberFormatException malformed) {
            throw new WeightsFileException(
                    file,
                    "its metadata '" + prefix + "…' has no number where one should be: "
                            + Excerpt.of(String.valueOf(state)),
                    malformed);
        }
    }
}
