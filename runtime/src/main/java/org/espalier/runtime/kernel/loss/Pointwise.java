package org.espalier.runtime.kernel.loss;

import java.util.List;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Losses that compare element with element, by the loss of one and its derivative, both in double precision. */
interface Pointwise {
    /** Binary cross entropy of probabilities. The bounds are PyTorch's. */
    Pointwise BCE = new Pointwise() {
        @Override
        public double loss(double p, double t) {
            return -t * Math.max(-100, Math.log(p)) - (1 - t) * Math.max(-100, Math.log1p(-p));
        }

        @Override
        public double slope(double p, double t) {
            return (p - t) / Math.max(1e-12, p * (1 - p));
        }

        @Override
        public boolean takes(double p, double t) {
            return isShare(p) && isShare(t);
        }

        private static boolean isShare(double x) {
            return x >= 0 && x <= 1;
        }

        @Override
        public String refusal(double p, double t, String place) {
            return isShare(p)
                    ? "BCELoss needs targets between 0 and 1, but that of " + place + " is " + t
                    : "BCELoss needs predictions between 0 and 1, but that of " + place + " is " + p
                            + "; put Sigmoid() last, or use BCEWithLogitsLoss without it";
        }
    };

    /** Binary cross entropy of logits. */
    Pointwise BCE_WITH_LOGITS = new Pointwise() {
        @Override
        public double loss(double z, double t) {
            return Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)));
        }

        @Override
        public double slope(double z, double t) {
            return 1 / (1 + Math.exp(-z)) - t;
        }
    };

    /** Binary cross entropy of logits of an element that weighs so much besides where the target is 1. */
    static Pointwise bceWithLogits(double positive) {
        return new Pointwise() {
            @Override
            public double loss(double z, double t) {
                double weight = 1 + (positive - 1) * t;
                return (1 - t) * z + weight * (Math.log1p(Math.exp(-Math.abs(z))) + Math.max(-z, 0));
            }

            @Override
            public double slope(double z, double t) {
                double weight = 1 + (positive - 1) * t;
                return 1 - t - weight / (1 + Math.exp(z));
            }
        };
    }

    /** A parabola between ±beta, lines of slope 1 outside. */
    static Pointwise smoothL1(double beta) {
        return new Pointwise() {
            @Override
            public double loss(double p, double t) {
                double distance = Math.abs(p - t);
                return distance < beta ? distance * distance / (2 * beta) : distance - beta / 2;
            }

            @Override
            public double slope(double p, double t) {
                return Math.max(-1, Math.min(1, (p - t) / beta));
            }
        };
    }

    /** A parabola between ±delta, lines of its slope there outside. */
    static Pointwise huber(double delta) {
        return new Pointwise() {
            @Override
            public double loss(double p, double t) {
                double distance = Math.abs(p - t);
                return distance <= delta ? distance * distance / 2 : delta * (distance - delta / 2);
            }

            @Override
            public double slope(double p, double t) {
                return Math.max(-delta, Math.min(delta, p - t));
            }
        };
    }

    /** The loss of one element. */
    double loss(double prediction, double target);

    /** Its derivative by the prediction. */
    double slope(double prediction, double target);

    /** Tells whether the loss is defined for these two. */
    default boolean takes(double prediction, double target) {
        return true;
    }

    /** Says what is wrong with an element that the loss does not take. */
    default String refusal(double prediction, double target, String place) {
        throw new IllegalStateException("the loss takes every element");
    }

    /**
     * scale × mean of the elements' losses; writes its gradient.
     *
     * @throws IllegalArgumentException if the loss does not take an element; the gradient is then undefined
     */
    default double loss(INDArray prediction, INDArray target, double scale, INDArray dPrediction) {
        return mean(List.of(this), new double[] {1}, prediction, target, scale, dPrediction);
    }

    /**
     * scale × mean of losses that differ along the last axis; writes its gradient.
     *
     * @param losses as many as the last axis has elements, or one
     * @param weights likewise
     * @throws IllegalArgumentException if a loss does not take an element; the gradient is then undefined
     */
    static double mean(
            List<Pointwise> losses,
            double[] weights,
            INDArray prediction,
            INDArray target,
            double scale,
            INDArray dPrediction) {
        Operand p = Operand.of(prediction);
        Operand t = Operand.of(target);
        Operand d = Operand.of(dPrediction);
        double factor = scale / p.size();
        double[] sums = new double[p.samples];
        String[] refusals = new String[p.samples];
        Channels.forEach(p.samples, p.sampleSize, n -> {
            double[] predictions = new double[p.sampleSize];
            double[] targets = new double[p.sampleSize];
            p.get(n * p.sampleStride, predictions);
            t.get(n * t.sampleStride, targets);
            for (int i = 0; i < predictions.length; i++) {
                Pointwise one = losses.get(i % losses.size());
                double weight = weights[i % weights.length];
                if (!one.takes(predictions[i], targets[i]) && refusals[n] == null) {
                    refusals[n] = one.refusal(predictions[i], targets[i], "element " + i + " of sample " + n);
                }
                sums[n] += weight * one.loss(predictions[i], targets[i]);
                predictions[i] = factor * weight * one.slope(predictions[i], targets[i]);
            }
            d.put(n * d.sampleStride, predictions);
        });
        double sum = 0;
        for (int n = 0; n < sums.length; n++) {
            if (refusals[n] != null) {
                throw new IllegalArgumentException(refusals[n]);
            }
            sum += sums[n];
        }
        return factor * sum;
    }
}
