package org.espalier.runtime.optim.regularizer;

import java.util.OptionalInt;

/**
 * A bound on ‖w_u‖₂ of each unit: after the step, and after proximal maps, a unit whose norm is above c is scaled back
 * to c (Srivastava et al., JMLR 15, 2014). It is no part of the loss. What {@link #lambda()} is for other terms is c
 * here, and it may be changed like it.
 */
public final class MaxNorm extends Term {
    private final OptionalInt axis;

    /**
     * Of output units.
     *
     * @param c greatest norm of a unit
     * @throws IllegalArgumentException if {@code c} is negative or not finite
     */
    public MaxNorm(double c) {
        super("max_norm", c);
        this.axis = OptionalInt.empty();
    }

    /**
     * @param c greatest norm of a unit
     * @param axis of the weight, an index of which is a unit; 1 for the output units of a transposed convolution
     * @throws IllegalArgumentException if {@code c} is negative or not finite, or {@code axis} negative
     */
    public MaxNorm(double c, int axis) {
        super("max_norm", c);
        this.axis = OptionalInt.of(requireAxis("max_norm", axis));
    }

    /** The axis of the weight, an index of which is a unit; empty for that of the output units. */
    public OptionalInt axis() {
        return axis;
    }

    @Override
    public boolean isPenalty() {
        return false;
    }

    @Override
    String qualifier() {
        return qualifier(axis, Mode.SUBGRADIENT);
    }
}
