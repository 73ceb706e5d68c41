package org.espalier.benchmarks.peers;

/**
 * Hyperparameters of training with Adam, whose β₂ is 0.999 and ε 1e-8.
 *
 * @param lr learning rate
 * @param beta1 β₁
 * @param l1 λ of λ Σ|w|, added to the loss
 * @param l2 λ of ½ λ Σw², added to the loss
 * @param weightDecay λ of the optimizer's own L2, on the same weights
 */
record Recipe(double lr, double beta1, double l1, double l2, double weightDecay) {
    /** pix2pix, with L1 and L2 on every convolution weight. */
    static final Recipe UNET = new Recipe(2e-4, 0.5, 1e-6, 1e-5, 0);

    /** The small network of mlp.net. */
    static final Recipe MLP = new Recipe(1e-3, 0.9, 1e-5, 1e-4, 0);

    /** The digits sample, whose L2 PyTorch's users would leave to the optimizer. */
    static final Recipe DIGITS = new Recipe(2e-3, 0.9, 0, 0, 1e-4);

    /** Adam's defaults, without regularizers. */
    static final Recipe PLAIN = new Recipe(1e-3, 0.9, 0, 0, 0);

    /** The same without regularizers. */
    Recipe plain() {
        return new Recipe(lr, beta1, 0, 0, 0);
    }

    /** Tells whether the loss has a penalty. */
    boolean isPenalized() {
        return l1 > 0 || l2 > 0;
    }
}
