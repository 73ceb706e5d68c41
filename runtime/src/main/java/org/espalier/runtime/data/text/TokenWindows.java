package org.espalier.runtime.data.text;

import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Windows over a sequence of tokens, from which a language model learns what comes next: the input of an example is so
 * many tokens in a row, {@code [batch, length]}, its target the tokens one place further on.
 *
 * <pre>
 *   Batches training = new TokenWindows(tokens, 64, 1).batches(32).shuffled(42).limit(100); // any windows
 *   Batches validation = new TokenWindows(others, 64, 64).batches(32);                      // each token once
 * </pre>
 */
public final class TokenWindows implements Dataset {
    private final int[] tokens;
    private final int length;
    private final int stride;

    /**
     * Cuts a sequence; what is left at its end is no window.
     *
     * @param tokens their numbers, which are copied
     * @param length tokens in a window
     * @param stride tokens from the beginning of a window to that of the next
     * @throws IllegalArgumentException if one of the two is below 1, or there are not {@code length + 1} tokens
     */
    public TokenWindows(int[] tokens, int length, int stride) {
        if (length < 1 || stride < 1) {
            throw new IllegalArgumentException(
                    "expected a length and a stride of at least 1, found " + length + " and " + stride);
        }
        if (tokens.length <= length) {
            throw new IllegalArgumentException("expected more than " + length
                    + " tokens, a window and what comes after it, found " + tokens.length);
        }
        this.tokens = tokens.clone();
        this.length = length;
        this.stride = stride;
    }

    @Override
    public int size() {
        return (tokens.length - length - 1) / stride + 1;
    }

    @Override
    public Batch empty(int count) {
        return new Batch(
                NdArrays.detached(DataType.INT32, count, length), NdArrays.detached(DataType.INT32, count, length));
    }

    @Override
    public void read(int example, Batch batch, int slot) {
        int start = example * stride;
        batch.input().data().asNioInt().position(slot * length).put(tokens, start, length);
        batch.target().data().asNioInt().position(slot * length).put(tokens, start + 1, length);
    }
}
