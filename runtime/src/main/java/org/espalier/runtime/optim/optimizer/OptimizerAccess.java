package org.espalier.runtime.optim.optimizer;

/**
 * Calls methods of optimizers that are for the fused update alone, so that optimizers show users nothing but their
 * settings.
 */
public final class OptimizerAccess {
    private OptimizerAccess() {}

    /**
     * The arithmetic of a parameter's {@code count}th update.
     *
     * @param count 1 for a parameter's first update
     */
    public static Optimizer.Update update(Optimizer optimizer, long count) {
        return optimizer.update(count);
    }

    /** Tells whether an optimizer steps parameters of two axes only. */
    public static boolean isForMatrices(Optimizer optimizer) {
        return optimizer.isForMatrices();
    }

    /** Lets an optimizer clip as another one of the same network does from now on. */
    public static void clipTogether(Optimizer optimizer, Optimizer network) {
        optimizer.clipsWith(network);
    }

    /** Decoupled weight decay that every parameter has, 0 for none. */
    public static double decay(Optimizer optimizer) {
        return optimizer.decay();
    }
}
