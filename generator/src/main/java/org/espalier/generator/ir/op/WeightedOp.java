package org.espalier.generator.ir.op;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * An operation that multiplies by weights, channel by channel of its result, and may add a bias: to scale and shift the
 * channels is to scale and shift these.
 */
public interface WeightedOp extends ForwardOp {
    /** Returns the weights. */
    Value weight();

    /** Returns the bias, [channels]. */
    Optional<Value> bias();

    /**
     * Returns the axis of the weights along which the features of the result lie, which it has along {@link #biasAxis};
     * those of one group, if each group has its own.
     */
    int weightAxis();

    /** Returns the axis of the weights along which the channels of the result lie, if they lie along one. */
    default OptionalInt channelAxis() {
        boolean channels = biasAxis() == 1
                && weight().shape().axis(weightAxis()) == result().shape().axis(1);
        return channels ? OptionalInt.of(weightAxis()) : OptionalInt.empty();
    }

    /** Tells whether each element of its result is a sum of as many products: nothing is left out at borders. */
    boolean isUniform();

    /** Returns the same operation with other weights, another bias and another result. */
    WeightedOp with(Value otherWeight, Value otherBias, Value result);

    /** The result is x · scale + shift, where scale and shift have an element for each channel, [channels]. */
    record Scaling(Value x, Value scale, Value shift) {}
}
