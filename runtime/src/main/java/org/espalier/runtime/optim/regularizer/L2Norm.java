package org.espalier.runtime.optim.regularizer;

/**
 * λ ‖w‖₂ over a whole parameter, not squared, with gradient λ w / ‖w‖₂ and 0 at w = 0, the subgradient of least norm;
 * PyTorch's {@code w.norm(2)}. Its gradient has the same size however large w is, so it is not weight decay.
 */
public final class L2Norm extends Term {
    /**
     * @param lambda factor of the penalty
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    public L2Norm(double lambda) {
        super("l2_norm", lambda);
    }
}
