package org.espalier.generator.ir;

/** How a parameter or statistic starts. */
public sealed interface Initializer {
    /** Every element the same. */
    record Constant(double value) implements Initializer {}

    /** Uniform in ±{@code bound}; PyTorch's default for weights and biases has {@code bound = 1/√(fan in)}. */
    record Uniform(double bound) implements Initializer {}

    /** Normal. */
    record Normal(double mean, double standardDeviation) implements Initializer {}
}
