package org.espalier.runtime.optim.regularizer;

import java.util.OptionalInt;

/**
 * λ ‖W Wᵀ − I‖²_F with W as [out, rest], with gradient 4λ (W Wᵀ − I) W: rows of length 1 at right angles.
 *
 * <p>Each element's gradient needs the whole of W, so a copy of it and of the gradient are kept in double precision
 * besides the [out, out] product; they are allocated once. A step costs 1.5 out² · rest multiplications.
 */
public final class Orthogonal extends Term {
    private final OptionalInt axis;

    /**
     * With the output units as rows.
     *
     * @param lambda factor of the penalty
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    public Orthogonal(double lambda) {
        super("orthogonal", lambda);
        this.axis = OptionalInt.empty();
    }

    /**
     * @param lambda factor of the penalty
     * @param axis of the weight that gives the rows of W; 1 for the output units of a transposed convolution
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite, or {@code axis} negative
     */
    public Orthogonal(double lambda, int axis) {
        super("orthogonal", lambda);
        this.axis = OptionalInt.of(requireAxis("orthogonal", axis));
    }

    /** The axis of the weight that gives the rows of W; empty for that of the output units. */
    public OptionalInt axis() {
        return axis;
    }

    @Override
    String qualifier() {
        return qualifier(axis, Mode.SUBGRADIENT);
    }
}
