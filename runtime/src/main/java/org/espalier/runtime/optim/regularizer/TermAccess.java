package org.espalier.runtime.optim.regularizer;

import java.util.List;

/** Calls methods of terms that are for the fused update alone, so that terms show users nothing but their settings. */
public final class TermAccess {
    private TermAccess() {}

    /** Returns the factor that turns the sum over all elements into the penalty. */
    public static double weight(Term term) {
        return term.weight();
    }

    /** As {@link Penalty#accumulate(float[], float[], float[], int)}. */
    public static void accumulate(Penalty penalty, float[] w, float[] g, float[] sum, int n) {
        penalty.accumulate(w, g, sum, n);
    }

    /** As {@link Penalty#accumulate(double[], double[], double[], int)}. */
    public static void accumulate(Penalty penalty, double[] w, double[] g, double[] sum, int n) {
        penalty.accumulate(w, g, sum, n);
    }

    /** Σ f(w) in double precision. */
    public static double sum(Penalty penalty, float[] w, int n) {
        return penalty.sum(w, n);
    }

    /** The λ of the threshold that follows the update of a weight, 0 for none. */
    public static double threshold(Penalty penalty) {
        return penalty.threshold();
    }

    /** Returns the number of sums that a group has. */
    public static int sums(GroupPenalty penalty) {
        return penalty.sums();
    }

    /** As {@link GroupPenalty#addSums(float[], int, int, double[])}. */
    public static void addSums(GroupPenalty penalty, float[] w, int from, int to, double[] sums) {
        penalty.addSums(w, from, to, sums);
    }

    /** As {@link GroupPenalty#addSums(double[], int, int, double[])}. */
    public static void addSums(GroupPenalty penalty, double[] w, int from, int to, double[] sums) {
        penalty.addSums(w, from, to, sums);
    }

    /** As {@link GroupPenalty#isNorm}. */
    public static boolean isNorm(GroupPenalty penalty) {
        return penalty.isNorm();
    }

    /** As {@link GroupPenalty#value}. */
    public static double value(GroupPenalty penalty, double[] sums) {
        return penalty.value(sums);
    }

    /** As {@link GroupPenalty#slopes}. */
    public static void slopes(GroupPenalty penalty, double[] sums, double[] slopes) {
        penalty.slopes(sums, slopes);
    }

    /** As {@link GroupPenalty#addGradient(float[], float[], int, int, double[])}. */
    public static void addGradient(GroupPenalty penalty, float[] w, float[] g, int from, int to, double[] factors) {
        penalty.addGradient(w, g, from, to, factors);
    }

    /** As {@link GroupPenalty#addGradient(double[], double[], int, int, double[])}. */
    public static void addGradient(GroupPenalty penalty, double[] w, double[] g, int from, int to, double[] factors) {
        penalty.addGradient(w, g, from, to, factors);
    }

    /**
     * The terms of a regularizer, for activities.
     *
     * @throws IllegalArgumentException if one is no penalty on single elements, or has a proximal map
     */
    public static List<Penalty> activityPenalties(Regularizer regularizer) {
        return regularizer.activityPenalties();
    }

    /** Keeps what a term of this place adds to the loss for the activities of a backward pass. */
    public static void addActivity(Regularizer regularizer, int place, double value) {
        regularizer.addActivity(place, value);
    }
}
