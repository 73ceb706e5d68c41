package org.espalier.generator.ir;

/** The optimizer of a network, with PyTorch's arguments. */
public sealed interface Optimizer {
    /** Stochastic gradient descent: v ← momentum·v + g, w ← w − lr·(g + momentum·v if nesterov, else v). */
    record Sgd(double lr, double momentum, double dampening, boolean nesterov) implements Optimizer {}

    /** Adam (Kingma and Ba, arXiv:1412.6980), with bias correction as PyTorch does it. */
    record Adam(double lr, double beta1, double beta2, double eps) implements Optimizer {}
}
