package org.espalier.runtime.train;

import java.util.Map;
import java.util.stream.Collectors;
import org.espalier.runtime.train.metric.Metric;
import org.jspecify.annotations.Nullable;

/** Watches a number of the epochs' reports for the best so far. */
final class Monitor {
    private static final String BEST = "best";
    private static final String WAITED = "waited";

    private final String name;
    private final boolean higherIsBetter;
    private final double minDelta;
    private double best;
    private int waited;

    private Monitor(String name, boolean higherIsBetter, double minDelta) {
        this.name = name;
        this.higherIsBetter = higherIsBetter;
        this.minDelta = minDelta;
        this.best = higherIsBetter ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    /**
     * The watch over a number of the reports.
     *
     * @param validation what has some of them, if there is one
     * @param name {@code loss} or a metric's, or {@code training_loss}
     * @param minDelta by how much a number must be better than the best to count as such
     * @throws IllegalArgumentException if there is no such number
     */
    static Monitor of(@Nullable Validation validation, String name, double minDelta) {
        if (name.equals(EpochReport.TRAINING_LOSS)) {
            return new Monitor(name, false, minDelta);
        }
        if (validation == null) {
            throw new IllegalArgumentException("there is no number '" + name
                    + "' to monitor without validation(…); there is " + EpochReport.TRAINING_LOSS);
        }
        if (name.equals(Validation.LOSS)) {
            return new Monitor(name, false, minDelta);
        }
        for (Metric metric : validation.metrics()) {
            if (metric.name().equals(name)) {
                return new Monitor(name, metric.higherIsBetter(), minDelta);
            }
        }
        throw new IllegalArgumentException("there is no number '" + name + "' to monitor; there are "
                + EpochReport.TRAINING_LOSS + ", " + Validation.LOSS
                + validation.metrics().stream()
                        .map(metric -> ", " + metric.name())
                        .collect(Collectors.joining()));
    }

    String name() {
        return name;
    }

    /** Tells whether a report has the number and it is the best so far. */
    boolean improves(EpochReport report) {
        Double number = report.numbers().get(name);
        return number != null && (higherIsBetter ? number > best + minDelta : number < best - minDelta);
    }

    /** Takes note of a report, if it has the number. */
    void take(EpochReport report) {
        Double number = report.numbers().get(name);
        if (number == null) {
            return;
        }
        if (improves(report)) {
            best = number;
            waited = 0;
        } else {
            waited++;
        }
    }

    /** Number of reports since the best one. */
    int waited() {
        return waited;
    }

    Map<String, String> state() {
        return Map.of(BEST, String.valueOf(best), WAITED, String.valueOf(waited));
    }

    /**
     * Goes on from {@link #state}.
     *
     * @throws NumberFormatException if it has no such numbers
     */
    void resume(Map<String, String> state) {
        double number = Double.parseDouble(state.getOrDefault(BEST, ""));
        waited = Integer.parseInt(state.getOrDefault(WAITED, ""));
        best = number;
    }
}
