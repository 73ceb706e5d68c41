package org.espalier.runtime.cpu;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;

/** Weights of kernels of 3 × 3 elements, on their way to the matrices of {@link VectorTiles} and back. */
final class VectorWeights {
    private static final int SIZE = VectorTileRows.SIZE;
    private static final int FREQUENCIES = VectorTileRows.FREQUENCIES;
    private static final int TAPS = 3;
    private static final int KERNEL = TAPS * TAPS;
    private static final int LANES = VectorMemory.SPECIES.length();

    private static final ThreadLocal<Memory> MEMORY = ThreadLocal.withInitial(Memory::new);

    /** Channels that U multiplies, and those that it makes, which are a multiple of a block's columns in it. */
    private final int inputs;

    private final int outputs;
    private final int columns;

    /** Rows of dU, in whole blocks. */
    private final int rows;

    VectorWeights(int inputs, int outputs) {
        this.inputs = inputs;
        this.outputs = outputs;
        columns = VectorTileRows.roundUp(outputs, VectorBlock.COLUMNS);
        rows = VectorTileRows.roundUp(inputs, VectorBlock.ROWS);
    }

    /** Floats of U. */
    int transformedSize() {
        return FREQUENCIES * inputs * columns;
    }

    /** Floats of dU. */
    int gradientSize() {
        return FREQUENCIES * rows * columns;
    }

    /** The place of dU's row for a channel of the image. */
    int gradientPlace(int frequency, int channel) {
        return (frequency * rows + channel) * columns;
    }

    /**
     * U = G w Gᵀ, [frequency, block of columns, input, column of the block].
     *
     * @param turned whether the weight, [inputs, outputs, 3, 3] then, is that of the convolution whose image is to be
     *     made from its map; else it is [outputs, inputs, 3, 3]
     */
    void transform(Operand weight, boolean turned, float[] u) {
        Parallel.forEach(VectorTiles.ceiling(outputs, LANES), vector -> {
            Memory memory = MEMORY.get();
            int first = vector * LANES;
            int count = Math.min(LANES, outputs - first);
            float[] some = memory.kernels(LANES * inputs * KERNEL);
            if (!turned) {
                weight.floats().get(first * inputs * KERNEL, some, 0, count * inputs * KERNEL);
            }
            int to = first / VectorBlock.COLUMNS * inputs * VectorBlock.COLUMNS + first % VectorBlock.COLUMNS;
            for (int c = 0; c < inputs; c++) {
                if (turned) {
                    weight.floats().get((c * outputs + first) * KERNEL, some, 0, count * KERNEL);
                    turn(some, memory.taps, count);
                } else {
                    interleave(some, c * KERNEL, inputs * KERNEL, memory.taps, count);
                }
                for (int q = 0; q < TAPS; q++) {
                    VectorSixPoints.kernel(
                            memory.taps, q * LANES, TAPS * LANES, memory.between, q * LANES, TAPS * LANES);
                }
                int frequency = inputs * columns;
                for (int p = 0; p < SIZE; p++) {
                    VectorSixPoints.kernel(
                            memory.between,
                            p * TAPS * LANES,
                            LANES,
                            u,
                            p * SIZE * frequency + to + c * VectorBlock.COLUMNS,
                            frequency);
                }
            }
        });
    }

    private static void interleave(float[] kernels, int at, int distance, float[] taps, int count) {
        for (int lane = 0; lane < count; lane++) {
            for (int tap = 0; tap < KERNEL; tap++) {
                taps[tap * LANES + lane] = kernels[at + lane * distance + tap];
            }
        }
    }

    private static void turn(float[] kernels, float[] taps, int count) {
        for (int lane = 0; lane < count; lane++) {
            for (int tap = 0; tap < KERNEL; tap++) {
                taps[(KERNEL - 1 - tap) * LANES + lane] = kernels[lane * KERNEL + tap];
            }
        }
    }

    /** dw = Gᵀ dU G, of dU with a row for each channel of the image. */
    void gradient(float[] u, Operand weight, boolean accumulate) {
        Parallel.forEach(VectorTiles.ceiling(outputs, LANES), vector -> {
            Memory memory = MEMORY.get();
            int first = vector * LANES;
            int count = Math.min(LANES, outputs - first);
            int size = inputs * KERNEL;
            float[] some = memory.kernels(LANES * size);
            if (accumulate) {
                weight.floats().get(first * size, some, 0, count * size);
            } else {
                Arrays.fill(some, 0, count * size, 0);
            }
            for (int c = 0; c < inputs; c++) {
                int at = gradientPlace(0, c) + first;
                int frequency = rows * columns;
                for (int q = 0; q < SIZE; q++) {
                    VectorSixPoints.kernelAdjoint(
                            u, q * frequency + at, SIZE * frequency, memory.between, q * LANES, SIZE * LANES);
                }
                for (int p = 0; p < TAPS; p++) {
                    VectorSixPoints.kernelAdjoint(
                            memory.between, p * SIZE * LANES, LANES, memory.taps, p * TAPS * LANES, LANES);
                }
                addTo(some, c * KERNEL, size, memory.taps, count);
            }
            weight.floats().put(first * size, some, 0, count * size);
        });
    }

    private static void addTo(float[] kernels, int at, int distance, float[] taps, int count) {
        for (int lane = 0; lane < count; lane++) {
            for (int tap = 0; tap < KERNEL; tap++) {
                kernels[at + lane * distance + tap] += taps[tap * LANES + lane];
            }
        }
    }

    /** Scratch memory of one thread. */
    private static final class Memory {
        private final float[] taps = new float[KERNEL * LANES];
        private final float[] between = new float[TAPS * SIZE * LANES];
        private float[] kernels = new float[0];

        float[] kernels(int length) {
            if (kernels.length < length) {
                kernels = new float[length];
            }
            return kernels;
        }
    }
}
