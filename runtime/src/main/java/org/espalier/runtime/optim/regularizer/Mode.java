package org.espalier.runtime.optim.regularizer;

/** Treatment of a penalty's kink at 0 in the update: subgradient or proximal map. */
public enum Mode {
    /**
     * Its subgradient of least norm is added to the data loss's gradient. Weights come near 0, but do not stay there:
     * sgn(0) = 0 is not sparsity.
     */
    SUBGRADIENT,

    /**
     * The smooth part of the loss takes its step, and the penalty's proximal map follows (Duchi and Singer, FOBOS, JMLR
     * 10, 2009), which gives exact zeros.
     */
    PROX
}
