package org.espalier.runtime.train.metric;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Scores of classes, {@code [batch, classes, …]}, each beside the class that is right. What has a class below 0, which
 * losses ignore, is passed over.
 */
final class Scores {
    private final double[] scores;
    private final double[] targets;
    private final int classes;
    private final int places;

    /** Takes the scores of one place. */
    interface Visitor {
        /**
         * Takes one.
         *
         * @param first index of the first class's score
         * @param target the class that is right
         */
        void take(int first, int target);
    }

    Scores(Metric metric, INDArray output, INDArray target) {
        Elements.requireClasses(metric, output, target);
        this.scores = Elements.of(output);
        this.targets = Elements.of(target);
        this.classes = Math.toIntExact(output.size(1));
        this.places = Math.toIntExact(target.length() / target.size(0));
        for (double index : targets) {
            if (index >= classes || index != Math.rint(index)) {
                throw new IllegalArgumentException(metric.name() + " expects classes that are whole numbers below "
                        + classes + ", found " + index);
            }
        }
    }

    void forEach(Visitor visitor) {
        for (int place = 0; place < targets.length; place++) {
            if (targets[place] >= 0) {
                int sample = place / places;
                visitor.take(sample * classes * places + place % places, (int) targets[place]);
            }
        }
    }

    private double score(int first, int index) {
        return scores[first + index * places];
    }

    /** The class of the greatest score, the first of several; -1 if a score is NaN, which says nothing. */
    int predicted(int first) {
        int best = 0;
        for (int index = 0; index < classes; index++) {
            if (Double.isNaN(score(first, index))) {
                return -1;
            }
            if (score(first, index) > score(first, best)) {
                best = index;
            }
        }
        return best;
    }

    /** The logarithm of a class's share in the softmax. */
    double logSoftmax(int first, int index) {
        int predicted = predicted(first);
        if (predicted < 0) {
            return Double.NaN;
        }
        double greatest = score(first, predicted);
        double sum = 0;
        for (int other = 0; other < classes; other++) {
            sum += Math.exp(score(first, other) - greatest);
        }
        return score(first, index) - greatest - Math.log(sum);
    }

    /**
     * Tells whether fewer than k classes come before one: those of a greater score, or the same and a smaller index.
     */
    boolean isAmong(int k, int first, int index) {
        double own = score(first, index);
        int before = 0;
        for (int other = 0; other < classes; other++) {
            double score = score(first, other);
            before += !(score <= own) || (score == own && other < index) ? 1 : 0;
        }
        return !Double.isNaN(own) && before < k;
    }
}
