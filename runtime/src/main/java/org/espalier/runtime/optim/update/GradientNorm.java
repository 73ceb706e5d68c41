package org.espalier.runtime.optim.update;

/**
 * The norm of the gradient of all parameters that are not frozen, as a product of two numbers: the norm itself may be
 * beyond the largest double.
 *
 * @param largest 1, or the greatest absolute value of an element where the squares of the elements are out of range;
 *     infinite or NaN if an element is
 * @param root the norm of the elements divided by {@code largest}
 */
public record GradientNorm(double largest, double root) {
    /** ε that PyTorch's {@code clip_grad_norm_} adds to the norm it divides by. */
    private static final double CLIP_EPS = 1e-6;

    /** Tells whether every element is finite. */
    public boolean isFinite() {
        return Double.isFinite(largest);
    }

    /**
     * Computes the clipping factor: elements multiplied by {@code factor} and by it have a norm of at most
     * {@code maximum}.
     */
    double scale(double maximum, double factor) {
        return factor == 1 ? scale(maximum) : new GradientNorm(largest, root * factor).scale(maximum);
    }

    private double scale(double maximum) {
        double norm = largest * root;
        double scale = norm < Double.POSITIVE_INFINITY ? maximum / (norm + CLIP_EPS) : maximum / largest / root;
        return maximum == Double.POSITIVE_INFINITY ? 1 : Math.min(1, scale);
    }
}
