package org.espalier.runtime.kernel.loss;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The loss of a sequence against a target of which nobody says where its labels lie: −log of the probability of all
 * ways to read the target, blanks between labels and repetitions left out (Graves et al., Connectionist Temporal
 * Classification, ICML 2006), by the sums over what came before a place and over what comes after it, in double
 * arithmetic.
 */
final class CtcLosses {
    private CtcLosses() {}

    /**
     * The settings of a call.
     *
     * @param mean whether losses are divided by the lengths of their targets and by the batch
     */
    record Settings(int blank, boolean zeroInfinity, boolean mean) {}

    /** scale × loss; {@link Losses#ctcLoss} says what the arrays are. */
    static double of(
            INDArray logarithms,
            INDArray targets,
            INDArray lengths,
            INDArray targetLengths,
            Settings settings,
            double scale,
            INDArray dLogarithms) {
        Operand x = Operand.of(logarithms);
        Operand dX = Operand.of(dLogarithms);
        int classes = x.width;
        int most = Math.toIntExact(targets.length() / Math.max(1, x.samples));
        int[] steps = Labels.lengths("sequence", lengths, x.samples, x.channels);
        int[] labels = Labels.lengths("target", targetLengths, x.samples, most);
        INDArray inOrder = targets.dup('c').reshape(x.samples, most);
        double[] sums = new double[x.samples];
        Channels.forEach(x.samples, x.sampleSize, sample -> {
            double[] row = new double[x.sampleSize];
            double[] gradient = new double[x.sampleSize];
            x.get(sample * x.sampleStride, row);
            int[] states = states(inOrder, sample, labels[sample], classes, settings.blank());
            double factor = scale / (settings.mean() ? (double) x.samples * Math.max(1, labels[sample]) : 1);
            double loss = new Sequence(row, steps[sample], classes, states).backward(gradient);
            boolean isLeftOut = settings.zeroInfinity() && loss == Double.POSITIVE_INFINITY;
            sums[sample] = isLeftOut ? 0 : factor * loss;
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = isLeftOut ? 0 : factor * gradient[i];
            }
            dX.put(sample * dX.sampleStride, gradient);
        });
        return Arrays.stream(sums).sum();
    }

    /** The labels of a target with a blank before, between and behind them. */
    private static int[] states(INDArray targets, int sample, int count, int classes, int blank) {
        int[] states = new int[2 * count + 1];
        Arrays.fill(states, blank);
        for (int i = 0; i < count; i++) {
            double label = targets.getDouble(sample, i);
            if (!(label >= 0 && label < classes) || label != Math.rint(label) || label == blank) {
                throw new IllegalArgumentException("target " + i + " of sample " + sample + " is " + label
                        + ", but the classes are the whole numbers from 0 to " + (classes - 1) + ", of which " + blank
                        + " is the blank, which no target has");
            }
            states[2 * i + 1] = (int) label;
        }
        return states;
    }

    /** The first steps of one sample. */
    private static final class Sequence {
        private final double[] x;
        private final int steps;
        private final int classes;
        private final int[] states;

        /**
         * A sample.
         *
         * @param x logarithms, [steps, classes]
         * @param states a class for each place of the target with its blanks
         */
        Sequence(double[] x, int steps, int classes, int[] states) {
            this.x = x;
            this.steps = steps;
            this.classes = classes;
            this.states = states;
        }

        /** Returns the loss, and writes PyTorch's gradient: x is taken to be the result of a log softmax. */
        double backward(double[] gradient) {
            int count = states.length;
            if (steps == 0) {
                return count == 1 ? 0 : Double.POSITIVE_INFINITY;
            }
            double[][] before = before();
            double[] last = before[steps - 1];
            double loss = -(count == 1 ? last[0] : logSum(last[count - 1], last[count - 2]));
            double[][] after = after();
            double[] ofClass = new double[classes];
            for (int t = 0; t < steps; t++) {
                Arrays.fill(ofClass, Double.NEGATIVE_INFINITY);
                for (int s = 0; s < count; s++) {
                    ofClass[states[s]] = logSum(ofClass[states[s]], before[t][s] + after[t][s]);
                }
                for (int c = 0; c < classes; c++) {
                    double logarithm = x[t * classes + c];
                    gradient[t * classes + c] = Math.exp(logarithm) - Math.exp(ofClass[c] + loss - logarithm);
                }
            }
            return loss;
        }

        /** Sums over all ways to be in a state at a step, from the first step on. */
        private double[][] before() {
            double[][] sums = new double[steps][states.length];
            Arrays.fill(sums[0], Double.NEGATIVE_INFINITY);
            for (int s = 0; s < Math.min(2, states.length); s++) {
                sums[0][s] = at(0, s);
            }
            for (int t = 1; t < steps; t++) {
                for (int s = 0; s < states.length; s++) {
                    double sum = sums[t - 1][s];
                    sum = s > 0 ? logSum(sum, sums[t - 1][s - 1]) : sum;
                    sum = s > 1 && skips(s) ? logSum(sum, sums[t - 1][s - 2]) : sum;
                    sums[t][s] = sum + at(t, s);
                }
            }
            return sums;
        }

        /** Sums over all ways to go on from a state at a step, to the last step. */
        private double[][] after() {
            int count = states.length;
            double[][] sums = new double[steps][count];
            Arrays.fill(sums[steps - 1], Double.NEGATIVE_INFINITY);
            for (int s = Math.max(0, count - 2); s < count; s++) {
                sums[steps - 1][s] = at(steps - 1, s);
            }
            for (int t = steps - 2; t >= 0; t--) {
                for (int s = 0; s < count; s++) {
                    double sum = sums[t + 1][s];
                    sum = s + 1 < count ? logSum(sum, sums[t + 1][s + 1]) : sum;
                    sum = s + 2 < count && skips(s + 2) ? logSum(sum, sums[t + 1][s + 2]) : sum;
                    sums[t][s] = sum + at(t, s);
                }
            }
            return sums;
        }

        private double at(int step, int state) {
            return x[step * classes + states[state]];
        }

        /** Tells whether a label can follow the one before it without a blank between: they differ. */
        private boolean skips(int state) {
            return state % 2 == 1 && states[state] != states[state - 2];
        }

        /** log(eᵃ + eᵇ). */
        private static double logSum(double a, double b) {
            double larger = Math.max(a, b);
            return larger == Double.NEGATIVE_INFINITY ? larger : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
        }
    }
}
