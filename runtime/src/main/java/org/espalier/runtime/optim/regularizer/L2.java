package org.espalier.runtime.optim.regularizer;

/**
 * ½ λ Σw², with gradient λ w: the λ of PyTorch's {@code weight_decay}, DL4J's {@code l2} and Caffe. Keras and DJL write
 * λ Σw², so their λ is half of this one.
 */
public final class L2 extends Penalty {
    /**
     * @param lambda factor of the penalty
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    public L2(double lambda) {
        super("l2", lambda);
    }

    @Override
    protected void accumulate(float[] w, float[] g, float[] sum, int n) {
        float lambda = (float) lambda();
        for (int i = 0; i < n; i++) {
            g[i] += lambda * w[i];
            sum[i] += w[i] * w[i];
        }
    }

    @Override
    protected void accumulate(double[] w, double[] g, double[] sum, int n) {
        double lambda = lambda();
        for (int i = 0; i < n; i++) {
            g[i] += lambda * w[i];
            sum[i] += w[i] * w[i];
        }
    }

    @Override
    double sum(float[] w, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) w[i] * w[i];
        }
        return sum;
    }

    @Override
    protected double weight() {
        return 0.5 * lambda();
    }
}
