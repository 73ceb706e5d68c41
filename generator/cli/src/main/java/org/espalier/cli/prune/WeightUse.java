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
 * @param read the axis of what it reads
 * @param written the axis of its result
 */
record WeightUse(WeightedOp op, Value x, int in, int out, int read, int written) {
    static WeightUse of(WeightedOp op) {
        String name = op.signature().name();
        Value x = op.signature().sources().get(0);
        boolean linear = name.equals("linear");
        int out = isTransposed(name) ? 1 : 0;
        return new WeightUse(
                op,
                x,
                1 - out,
                out,
                linear ? x.shape().rank() - 1 : 1,
                linear ? op.result().shape().rank() - 1 : 1);
    }

    private static boolean isTransposed(String name) {
        return name.startsWith("conv_transpose");
    }

    Value weight() {
        return op.weight();
    }

    Value y() {
        return op.result();
    }

    /** Tells whether every channel that it writes is of all that it reads. */
    boolean isDense() {
        return weight().shape().axis(in) == x.shape().axis(read)
                && weight().shape().axis(out) == y().shape().axis(written);
    }

    /** Tells whether every channel that it writes is of the one that it reads at the same place. */
    boolean isDepthwise() {
        int channels = x.shape().axis(read);
        return in == 1
                && channels > 1
                && weight().shape().axis(1) == 1
                && weight().shape().axis(0) == channels
                && y().shape().axis(written) == channels;
    }

    /** Tells whether a constant that it reads adds the same everywhere: nothing else stands at the borders. */
    boolean isSameEverywhere() {
        return !isTransposed(op.signature().name())
                && op.slides().map(window -> window.padding().isAll(0)).orElse(true);
    }

    /** Place of the first number of the kernel from a channel to a channel. */
    int kernel(int input, int output) {
        return in == 1 ? WeightNumbers.start(weight(), output, input) : WeightNumbers.start(weight(), input, output);
    }
}
