package org.espalier.runtime.kernel.product;

import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.memory.Blocks;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.reduction.BlockSums;
import org.jspecify.annotations.Nullable;

/**
 * Linear layers and bias gradients on floats. x is [batch, …, in], W is [out, in]: the layer works on the rows that lie
 * along the last axis, of which a sample of [batch, in] has one.
 */
public final class FloatLinear {
    /** Rows that are summed in float before they are added in double. */
    private static final int ROWS_IN_FLOAT = 32;

    private final Gemm gemm;

    /** Linear layers by matrix products of a BLAS. */
    public FloatLinear(Gemm gemm) {
        this.gemm = gemm;
    }

    /** Rows of two operands, each the same distance from the one before it. */
    private interface Run {
        void at(int rows, long address, int stride, long otherAddress, int otherStride);
    }

    /**
     * Visits the rows of two operands in as few runs as their memory allows: one, unless the samples of one of them lie
     * apart and have several rows each.
     */
    private static void forEachRun(Operand operand, int size, Operand other, int otherSize, Run run) {
        int ofSample = operand.sampleSize / size;
        if (ofSample == 1) {
            run.at(operand.samples, operand.address, operand.sampleStride, other.address, other.sampleStride);
        } else if (operand.isContiguous() && other.isContiguous()) {
            run.at(operand.samples * ofSample, operand.address, size, other.address, otherSize);
        } else {
            for (long n = 0; n < operand.samples; n++) {
                run.at(
                        ofSample,
                        operand.address + n * operand.sampleStride * Float.BYTES,
                        size,
                        other.address + n * other.sampleStride * Float.BYTES,
                        otherSize);
            }
        }
    }

    /** y = x Wᵀ + b. */
    public void forward(Operand x, Operand weight, @Nullable Operand bias, Operand y) {
        int out = weight.samples;
        int in = weight.sampleSize;
        // The product adds to b, which costs nothing, as a product that does not add first clears its result.
        if (bias != null) {
            fillRows(bias, y, out);
        }
        float kept = bias == null ? 0 : 1;
        forEachRun(
                x,
                in,
                y,
                out,
                (rows, from, fromStride, to, toStride) -> gemm.multiply(
                        false, true, rows, out, in, from, fromStride, weight.address, in, kept, to, toStride));
    }

    /** dX = dY W. */
    public void backwardInput(Operand dY, Operand weight, Operand dX) {
        int out = weight.samples;
        int in = weight.sampleSize;
        forEachRun(
                dY,
                out,
                dX,
                in,
                (rows, from, fromStride, to, toStride) -> gemm.multiply(
                        false, false, rows, in, out, from, fromStride, weight.address, in, 0, to, toStride));
    }

    /** dW = dYᵀ x. */
    public void backwardWeight(Operand x, Operand dY, Operand dWeight, boolean accumulate) {
        int out = dWeight.samples;
        int in = dWeight.sampleSize;
        forEachRun(dY, out, x, in, (rows, gradient, gradientStride, from, fromStride) -> {
            boolean adds = accumulate || gradient != dY.address;
            gemm.multiply(
                    true,
                    false,
                    out,
                    in,
                    rows,
                    gradient,
                    gradientStride,
                    from,
                    fromStride,
                    adds ? 1 : 0,
                    dWeight.address,
                    in);
        });
    }

    /** db = Σ over the rows of dY. */
    public void backwardBias(Operand dY, Operand dBias, boolean accumulate) {
        int out = dBias.size();
        int rows = dY.size() / out;
        Blocks.forEach(1, out, (index, run, from, count, scratch) -> {
            double[] sums = new double[count];
            for (int first = 0; first < rows; first += ROWS_IN_FLOAT) {
                java.util.Arrays.fill(scratch.a, 0, count, 0);
                for (int row = first; row < Math.min(rows, first + ROWS_IN_FLOAT); row++) {
                    dY.get(place(dY, out, row) + from, scratch.b, count);
                    FloatElementwise.add(scratch.a, scratch.b, count);
                }
                for (int i = 0; i < count; i++) {
                    sums[i] += scratch.a[i];
                }
            }
            if (accumulate) {
                dBias.get(from, scratch.b, count);
            }
            for (int i = 0; i < count; i++) {
                scratch.a[i] = (float) (accumulate ? scratch.b[i] + sums[i] : sums[i]);
            }
            dBias.put(from, scratch.a, count);
        });
    }

    /** Computes the offset of a row, in elements. */
    private static int place(Operand operand, int size, int row) {
        int ofSample = operand.sampleSize / size;
        return row / ofSample * operand.sampleStride + row % ofSample * size;
    }

    /** db[c] = Σ over batch, height and width of dY[:, c]. */
    public void backwardChannelBias(Operand dY, Operand dBias, boolean accumulate) {
        float[] sums = new float[dY.channels];
        if (accumulate) {
            dBias.get(0, sums, sums.length);
        }
        int plane = dY.height * dY.width;
        Channels.forEach(dY.channels, dY.samples * plane, c -> {
            Scratch scratch = Scratch.get();
            double sum = sums[c];
            for (int n = 0; n < dY.samples; n++) {
                for (int from = 0; from < plane; from += Scratch.BLOCK) {
                    int count = Math.min(Scratch.BLOCK, plane - from);
                    dY.get(n * dY.sampleStride + c * plane + from, scratch.a, count);
                    sum += BlockSums.of(scratch.a, count);
                }
            }
            sums[c] = (float) sum;
        });
        dBias.put(0, sums, sums.length);
    }

    /** Every row of y becomes b; as many rows at a time as fit a block. */
    private static void fillRows(Operand bias, Operand y, int out) {
        int rows = y.size() / out;
        if (out > Scratch.BLOCK || !y.isContiguous()) {
            Blocks.forEach(1, out, (index, run, from, count, scratch) -> {
                bias.get(from, scratch.a, count);
                for (int row = 0; row < rows; row++) {
                    y.put(place(y, out, row) + from, scratch.a, count);
                }
            });
            return;
        }
        float[] filled = Scratch.get().a;
        int atOnce = Math.min(rows, Scratch.BLOCK / out);
        bias.get(0, filled, out);
        for (int row = 1; row < atOnce; row++) {
            System.arraycopy(filled, 0, filled, row * out, out);
        }
        for (int row = 0; row < rows; row += atOnce) {
            y.put(row * out, filled, Math.min(atOnce, rows - row) * out);
        }
    }
}
