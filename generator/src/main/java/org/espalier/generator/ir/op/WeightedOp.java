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

    /** Returns the axis of the weights along which the channels of the result lie, if they lie along one. */
    OptionalInt channelAxis();

    /** Returns the same operation with other weights, another bias and another result. */
    WeightedOp with(Value otherWeight, Value otherBias, Value result);

    /** The result is x · scale + shift, where scale and shift have an element for each channel, [channels]. */
    record Scaling(Value x, Value scale, Value shift) {}
}
