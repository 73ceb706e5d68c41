package org.espalier.runtime.train;

import java.util.Map;

/** Watches a number of the epochs' reports for the best so far. */
final class Monitor {
    private static final String BEST = "best";
    private static final String WAITED = "waited";

    private final String name;
    private final boolean higherIsBetter;
    private final double minDelta;
    private double best;
    private int waited;

    /**
     * @param name {@code loss}, a metric's, or {@code training_loss}
     * @param minDelta by how much a number must be better than the best to count as such
     */
    Monitor(String name, boolean higherIsBetter, double minDelta) {
        this.name = name;
        this.higherIsBetter = higherIsBetter;
        this.minDelta = minDelta;
        this.best = higherIsBetter ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
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
