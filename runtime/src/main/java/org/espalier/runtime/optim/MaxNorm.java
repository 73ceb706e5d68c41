package org.espalier.runtime.optim;

/**
 * A bound on ‖w_u‖₂ of each unit: after the step, and after proximal maps, a unit whose norm is above c is scaled back
 * to c (Srivastava et al., JMLR 15, 2014). It is no part of the loss. What {@link #lambda()} is for other terms is c
 * here, and it may be changed like it.
 */
public final class MaxNorm extends Term {
    private final int axis;

    /**
     * Over the output units of linear and convolution weights.
     *
     * @param c greatest norm of a unit
     * @throws IllegalArgumentException if {@code c} is negative or not finite
     */
    public MaxNorm(double c) {
        this(c, 0);
    }

    /**
     * @param c greatest norm of a unit
     * @param axis of the weight, an index of which is a unit; 1 for the output units of a transposed convolution
     * @throws IllegalArgumentException if {@code c} is negative or not finite, or {@code axis} negative
     */
    public MaxNorm(double c, int axis) {
        super("max_norm", c);
        this.axis = requireAxis("max_norm", axis);
    }

    /** The axis of the weight, an index of which is a unit. */
    public int axis() {
        return axis;
    }

    @Override
    public boolean isPenalty() {
        return false;
    }

    @Override
    public String toString() {
        return "max_norm(" + lambda() + ", axis=" + axis + ")";
    }
}
