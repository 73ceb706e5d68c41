package org.espalier.cli.prune;

import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;

/**
 * An operation by its weights, and the axes along which channels lie.
 *
 * @param op the operation
 * @param x what it reads
 * @param in the axis of its weights along which the channels that it reads lie
 * @param out the axis of its weights along which those that it writes lie
 * @param axis the axis of what it reads and of its result
 */
record WeightUse(WeightedOp op, Value x, int in, int out, int axis) {
    static WeightUse of(WeightedOp op) {
        int out = op.weightAxis();
        return new WeightUse(op, op.signature().sources().get(0), 1 - out, out, op.biasAxis());
    }

    Value weight() {
        return op.weight();
    }

    Value y() {
        return op.result();
    }

    /** Tells whether every channel that it writes is of all that it reads. */
    boolean isDense() {
        return weight().shape().axis(in) == x.shape().axis(axis)
                && weight().shape().axis(out) == y().shape().axis(axis);
    }

    /** Tells whether every channel that it writes is of the one that it reads at the same place. */
    boolean isDepthwise() {
        int channels = x.shape().axis(axis);
        return in == 1
                && channels > 1
                && weight().shape().axis(1) == 1
                && weight().shape().axis(0) == channels
                && y().shape().axis(axis) == channels;
    }

    /** Place of the first number of the kernel from a channel to a channel. */
    int kernel(int input, int output) {
        return in == 1 ? WeightNumbers.start(weight(), output, input) : WeightNumbers.start(weight(), input, output);
    }
}
