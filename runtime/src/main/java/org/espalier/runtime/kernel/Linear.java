package org.espalier.runtime.kernel;

import org.jspecify.annotations.Nullable;

/** Linear layers and bias gradients on floats. x is [batch, in], W is [out, in]. */
final class Linear {
    /** Rows that are summed in float before they are added in double. */
    private static final int ROWS_IN_FLOAT = 32;

    private Linear() {}

    /** y = x Wᵀ + b. */
    static void forward(Operand x, Operand weight, @Nullable Operand bias, Operand y) {
        int out = weight.samples;
        int in = weight.sampleSize;
        // The product adds to b, which costs nothing, as a product that does not add first clears its result.
        if (bias != null) {
            fillRows(bias, y);
        }
        Gemm.multiply(
                false,
                true,
                y.samples,
                out,
                in,
                x.address,
                x.sampleStride,
                weight.address,
                in,
                bias == null ? 0 : 1,
                y.address,
                y.sampleStride);
    }

    /** dX = dY W. */
    static void backwardInput(Operand dY, Operand weight, Operand dX) {
        int out = weight.samples;
        int in = weight.sampleSize;
        Gemm.multiply(
                false,
                false,
                dY.samples,
                in,
                out,
                dY.address,
                dY.sampleStride,
                weight.address,
                in,
                0,
                dX.address,
                dX.sampleStride);
    }

    /** dW = dYᵀ x. */
    static void backwardWeight(Operand x, Operand dY, Operand dWeight, boolean accumulate) {
        int out = dWeight.samples;
        int in = dWeight.sampleSize;
        Gemm.multiply(
                true,
                false,
                out,
                in,
                dY.samples,
                dY.address,
                dY.sampleStride,
                x.address,
                x.sampleStride,
                accumulate ? 1 : 0,
                dWeight.address,
                in);
    }

    /** db = Σ over the batch of dY. */
    static void backwardBias(Operand dY, Operand dBias, boolean accumulate) {
        Blocks.forEach(1, dY.sampleSize, (index, run, from, count, scratch) -> {
            double[] sums = new double[count];
            for (int first = 0; first < dY.samples; first += ROWS_IN_FLOAT) {
                java.util.Arrays.fill(scratch.a, 0, count, 0);
                for (int row = first; row < Math.min(dY.samples, first + ROWS_IN_FLOAT); row++) {
                    dY.get(row * dY.sampleStride + from, scratch.b, count);
                    Elementwise.add(scratch.a, scratch.b, count);
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

    /** db[c] = Σ over batch, height and width of dY[:, c]. */
    static void backwardChannelBias(Operand dY, Operand dBias, boolean accumulate) {
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
                    sum += Sums.of(scratch.a, count);
                }
            }
            sums[c] = (float) sum;
        });
        dBias.put(0, sums, sums.length);
    }

    /** Every row of y becomes b; as many rows at a time as fit a block. */
    private static void fillRows(Operand bias, Operand y) {
        int out = y.sampleSize;
        if (out > Scratch.BLOCK || !y.isContiguous()) {
            Blocks.forEach(1, out, (index, run, from, count, scratch) -> {
                bias.get(from, scratch.a, count);
                for (int row = 0; row < y.samples; row++) {
                    y.put(row * y.sampleStride + from, scratch.a, count);
                }
            });
            return;
        }
        float[] rows = Scratch.get().a;
        int atOnce = Math.min(y.samples, Scratch.BLOCK / out);
        bias.get(0, rows, out);
        for (int row = 1; row < atOnce; row++) {
            System.arraycopy(rows, 0, rows, row * out, out);
        }
        for (int row = 0; row < y.samples; row += atOnce) {
            y.put(row * out, rows, Math.min(atOnce, y.samples - row) * out);
        }
    }
}
