package org.espalier.spark;

import java.io.Serializable;

/**
 * Form in which copies send what they computed. Weights always come back whole.
 *
 * <p>Every form gives the same bits each time it is run. Only {@link #none} gives the weights of one machine.
 */
public final class Compression implements Serializable {
    private static final long serialVersionUID = 1;

    private final Form form;
    private final double fraction;
    private final int flushEvery;

    enum Form {
        NONE,
        FLOAT16,
        BFLOAT16,
        TOP_K
    }

    private Compression(Form form, double fraction, int flushEvery) {
        this.form = form;
        this.fraction = fraction;
        this.flushEvery = flushEvery;
    }

    /** Single precision, as computed. */
    public static Compression none() {
        return new Compression(Form.NONE, 1, 1);
    }

    /**
     * IEEE half precision, which halves what is sent. Each copy's number is rounded to 11 binary digits, an error of
     * 0.05 % at most; below 6e-5 it loses further digits and below 3e-8 becomes 0, and above 65,504 it becomes
     * infinite, for which the step is refused. Sums are made in single precision. PyTorch has it as
     * {@code fp16_compress_hook}.
     */
    public static Compression float16() {
        return new Compression(Form.FLOAT16, 1, 1);
    }

    /**
     * bfloat16, which halves what is sent. Each copy's number is rounded to 8 binary digits, an error of 0.4 % at most;
     * its range is that of single precision. Sums are made in single precision. PyTorch has it as
     * {@code bf16_compress_hook}.
     */
    public static Compression bfloat16() {
        return new Compression(Form.BFLOAT16, 1, 1);
    }

    /** {@link #topK(double, int)} that sends everything in one exchange of 16. */
    public static Compression topK(double fraction) {
        return topK(fraction, 16);
    }

    /**
     * The largest part of each copy's gradient, by absolute value. What was not sent is kept on the executors and added
     * to the next gradient (error feedback; Stich et al., arXiv:1809.07599), so it arrives late rather than never, and
     * the number of steps to a given loss grows. Every so many exchanges, and in the last of each epoch, all that was
     * kept is sent: a checkpoint between epochs is complete, one within an epoch lacks what was kept at that time.
     *
     * @param fraction of the numbers that are sent, above 0 and at most 1; each takes twice the room
     * @param flushEvery exchanges from one that sends everything to the next; what an executor that died had kept is
     *     computed again from the last one on, and the weights since then are kept for that
     * @throws IllegalArgumentException if they are not in their ranges
     */
    public static Compression topK(double fraction, int flushEvery) {
        if (!(fraction > 0 && fraction <= 1)) {
            throw new IllegalArgumentException("fraction must be above 0 and at most 1, but is " + fraction);
        }
        if (flushEvery < 1) {
            throw new IllegalArgumentException("flushEvery must be at least 1, but is " + flushEvery);
        }
        return new Compression(Form.TOP_K, fraction, flushEvery);
    }

    boolean keepsRest() {
        return form == Form.TOP_K;
    }

    int flushEvery() {
        return flushEvery;
    }

    /**
     * Packs some numbers.
     *
     * @param numbers of which those are packed
     * @param from the first of them
     * @param to the first behind them
     * @param exact from which on they are packed as they are
     */
    Packed pack(float[] numbers, int from, int to, int exact) {
        return switch (form) {
            case NONE, TOP_K -> Packed.whole(numbers, from, to);
            case FLOAT16 -> Packed.halves(numbers, from, to, exact, false);
            case BFLOAT16 -> Packed.halves(numbers, from, to, exact, true);
        };
    }

    /** Packs the largest numbers, and sets them to 0: what is left is the rest. */
    Packed packLargest(float[] numbers, int exact) {
        return Packed.largest(numbers, exact, Math.max(1, (int) Math.ceil(fraction * exact)));
    }

    @Override
    public String toString() {
        return form == Form.TOP_K ? "topK(" + fraction + ", " + flushEvery + ")" : form.name();
    }
}
