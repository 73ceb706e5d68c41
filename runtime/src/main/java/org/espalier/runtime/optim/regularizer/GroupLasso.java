package org.espalier.runtime.optim.regularizer;

import java.util.OptionalInt;

/**
 * λ √(group size) Σ ‖w_g‖₂ over groups (Yuan and Lin, JRSS B 68, 2006), each with gradient λ √size w_g / ‖w_g‖₂, and 0
 * at w_g = 0. A group is what belongs to one index of an axis, by default of each parameter's output units: axis 0 of a
 * linear or convolution weight, axis 1 of a transposed convolution's.
 *
 * <p>{@link Mode#PROX} kills whole groups: it adds no gradient, and after the step {@code w_g ← max(0, 1 − λ √size /
 * ‖u_g / r_g‖₂) u_g}, where u is what the step gave and r the learning rate of each element. For SGD r is lr, and this
 * is the proximal map (Duchi and Singer, FOBOS, JMLR 10, 2009, section 5.3). With an adaptive optimizer the map in the
 * optimizer's own metric has no closed form. This has the same zeros as that one: it is 0 exactly where ‖u_g / r_g‖₂ ≤
 * λ √size. Groups that survive are shrunk by one factor, which keeps their direction.
 */
public final class GroupLasso extends Term {
    private final OptionalInt axis;
    private final Mode mode;

    /**
     * Over output units, with its subgradient.
     *
     * @param lambda factor of the penalty
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    public GroupLasso(double lambda) {
        this(lambda, Mode.SUBGRADIENT);
    }

    /**
     * Over output units.
     *
     * @param lambda factor of the penalty
     * @param mode how it enters the update
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    public GroupLasso(double lambda, Mode mode) {
        super("group_lasso", lambda);
        this.axis = OptionalInt.empty();
        this.mode = mode;
    }

    /**
     * @param lambda factor of the penalty
     * @param axis of the weight, an index of which is a group
     * @param mode how it enters the update
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite, or {@code axis} negative
     */
    public GroupLasso(double lambda, int axis, Mode mode) {
        super("group_lasso", lambda);
        this.axis = OptionalInt.of(requireAxis("group_lasso", axis));
        this.mode = mode;
    }

    /** The axis of the weight, an index of which is a group; empty for that of the output units. */
    public OptionalInt axis() {
        return axis;
    }

    /** Returns its mode: whether it enters the update by its subgradient or its proximal map. */
    public Mode mode() {
        return mode;
    }

    @Override
    String qualifier() {
        return qualifier(axis, mode);
    }
}
