package org.espalier.generator.ir;

import org.espalier.generator.ir.op.Value;

/**
 * A tensor kept between steps and saved with the weights, but not learned: a running mean or variance.
 *
 * @param value its tensor, named {@code layer path.running_mean} and so on
 * @param initial what every element starts as
 */
public record Statistic(Value value, double initial) {
    /** Checks that the tensor is a statistic. */
    public Statistic {
        if (value.kind() != Value.Kind.STATISTIC) {
            throw new IllegalArgumentException(value + " is not a statistic but " + value.kind());
        }
    }
}
