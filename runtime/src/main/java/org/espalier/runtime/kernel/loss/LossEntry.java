package org.espalier.runtime.kernel.loss;

import java.io.Serializable;

/**
 * One line of the ledger: what one of several data losses adds to the loss.
 *
 * @param name the loss's word in the {@code .net}, {@code L1Loss}; where several have it, with what it judges,
 *     {@code L1Loss:colours}
 * @param weight the factor in front of it
 * @param value the loss times its weight
 */
public record LossEntry(String name, double weight, double value) implements Serializable {
    /** Adds up this and the same loss of another batch. */
    public LossEntry plus(LossEntry other) {
        return new LossEntry(name, weight, value + other.value);
    }

    /** Multiplies the value. */
    public LossEntry times(double factor) {
        return new LossEntry(name, weight, factor * value);
    }
}
