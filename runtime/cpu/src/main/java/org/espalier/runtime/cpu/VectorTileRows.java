package org.espalier.runtime.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.espalier.runtime.kernel.memory.Operand;

/**
 * The rows of tiles that the maps of a batch are cut into, of all samples one after another, on their way between
 * arrays and the matrices of {@link VectorTiles}. Channels are the lanes of all transforms, so images are brought from
 * planes to channels that lie side by side, padded to whole vectors, and maps back.
 */
final class VectorTileRows {
    /** Elements that a tile sees in each direction, and elements of the map that it computes. */
    static final int SIZE = 6;

    static final int OUTPUTS = 4;
    static final int FREQUENCIES = SIZE * SIZE;

    private static final int LANES = VectorMemory.SPECIES.length();

    /** Channels that are brought side by side at a time, of which there are as many in any vector. */
    private static final int TOGETHER = 8;

    /** Floats of a cache line. */
    private static final int LINE = 16;

    private static final ThreadLocal<Memory> MEMORY = ThreadLocal.withInitial(Memory::new);

    private final Operand image;
    private final Operand map;
    private final int paddingHeight;
    private final int paddingWidth;
    private final int down;
    private final int across;
    private final int inputs;
    private final int outputs;

    VectorTileRows(Operand image, Operand map, int paddingHeight, int paddingWidth) {
        this.image = image;
        this.map = map;
        this.paddingHeight = paddingHeight;
        this.paddingWidth = paddingWidth;
        down = VectorTiles.ceiling(map.height, OUTPUTS);
        across = VectorTiles.ceiling(map.width, OUTPUTS);
        inputs = roundUp(image.channels, LANES);
        outputs = roundUp(map.channels, VectorBlock.COLUMNS);
    }

    static int roundUp(int count, int multiple) {
        return (count + multiple - 1) / multiple * multiple;
    }

    /**
     * Floats from the matrix of a frequency to the next, for matrices of a size: a cache line more, since those that
     * are a power of two apart would share the places of one line in the cache.
     */
    static int distance(int size) {
        return size + LINE;
    }

    /** Rows of tiles. */
    int count() {
        return map.samples * down;
    }

    /** Tiles of a row. */
    int across() {
        return across;
    }

    int inputChannels() {
        return image.channels;
    }

    /** Channels of the image, in whole vectors. */
    int inputs() {
        return inputs;
    }

    /** Channels of the map, in whole blocks. */
    int outputs() {
        return outputs;
    }

    /** V = Bᵀ d B of a row, its tiles from {@code tile} on: down the columns first, then along the rows. */
    void fromImage(int row, int tile, float[] v, int distance) {
        Memory memory = MEMORY.get();
        int width = OUTPUTS * across + SIZE - OUTPUTS;
        int line = width * inputs;
        float[] pixels = memory.pixels(SIZE * line);
        int top = row % down * OUTPUTS - paddingHeight;
        sideBySide(image, row / down, top, SIZE, paddingWidth, width, inputs, memory, pixels);
        for (int at = 0; at < line; at += LANES) {
            VectorSixPoints.input(pixels, at, line, pixels, at, line);
        }
        for (int p = 0; p < SIZE; p++) {
            for (int i = 0; i < across; i++) {
                for (int c = 0; c < inputs; c += LANES) {
                    VectorSixPoints.input(
                            pixels,
                            p * line + OUTPUTS * i * inputs + c,
                            inputs,
                            v,
                            p * SIZE * distance + (tile + i) * inputs + c,
                            distance);
                }
            }
        }
    }

    /**
     * N = A dY Aᵀ of a row, its tiles from {@code tile} on of so many: with the columns of a block side by side, and
     * blocks one after another.
     */
    void fromMap(int row, int tile, int tiles, float[] n, int distance) {
        Memory memory = MEMORY.get();
        int width = OUTPUTS * across;
        int line = width * outputs;
        float[] pixels = memory.pixels(OUTPUTS * line);
        float[] columns = memory.columns;
        sideBySide(map, row / down, row % down * OUTPUTS, OUTPUTS, 0, width, outputs, memory, pixels);
        for (int i = 0; i < across; i++) {
            for (int o = 0; o < outputs; o += LANES) {
                for (int q = 0; q < OUTPUTS; q++) {
                    int at = (OUTPUTS * i + q) * outputs + o;
                    VectorSixPoints.outputAdjoint(pixels, at, line, columns, q * LANES, OUTPUTS * LANES);
                }
                int block = o / VectorBlock.COLUMNS * tiles + tile + i;
                int to = block * VectorBlock.COLUMNS + o % VectorBlock.COLUMNS;
                for (int p = 0; p < SIZE; p++) {
                    VectorSixPoints.outputAdjoint(
                            columns, p * OUTPUTS * LANES, LANES, n, p * SIZE * distance + to, distance);
                }
            }
        }
    }

    /** Y = Aᵀ M A + b of a row, its tiles from {@code tile} on. */
    void toMap(int row, int tile, float[] m, int distance, float[] bias) {
        Memory memory = MEMORY.get();
        int line = OUTPUTS * across * outputs;
        float[] y = memory.pixels(OUTPUTS * line);
        float[] columns = memory.columns;
        for (int i = 0; i < across; i++) {
            for (int o = 0; o < outputs; o += LANES) {
                int at = (tile + i) * outputs + o;
                for (int q = 0; q < SIZE; q++) {
                    VectorSixPoints.output(
                            m, q * distance + at, SIZE * distance, memory.zeros, 0, columns, q * LANES, SIZE * LANES);
                }
                for (int p = 0; p < OUTPUTS; p++) {
                    VectorSixPoints.output(
                            columns,
                            p * SIZE * LANES,
                            LANES,
                            bias,
                            o,
                            y,
                            p * line + OUTPUTS * i * outputs + o,
                            outputs);
                }
            }
        }
        planes(y, row / down, row % down * OUTPUTS, line, memory);
    }

    /**
     * Brings rows of an array from planes to channels side by side, {@code channels} of them to the next column, with
     * zeros where there are none.
     */
    private static void sideBySide(
            Operand from,
            int sample,
            int top,
            int rows,
            int left,
            int width,
            int channels,
            Memory memory,
            float[] pixels) {
        int line = width * channels;
        int first = Math.min(from.height, Math.max(0, top));
        int end = Math.max(first, Math.min(from.height, top + rows));
        int inside = Math.min(from.width, width - left);
        Arrays.fill(pixels, 0, Math.max(0, first - top) * line, 0);
        Arrays.fill(pixels, Math.max(0, end - top) * line, rows * line, 0);
        for (int y = first; y < end; y++) {
            int at = (y - top) * line;
            Arrays.fill(pixels, at, at + left * channels, 0);
            Arrays.fill(pixels, at + (left + inside) * channels, at + line, 0);
        }
        int size = (end - first) * from.width;
        float[] planes = memory.planes(TOGETHER * size);
        for (int c = 0; c < from.channels; c += TOGETHER) {
            for (int k = 0; k < Math.min(TOGETHER, from.channels - c); k++) {
                int at = sample * from.sampleStride + ((c + k) * from.height + first) * from.width;
                from.floats().get(at, planes, k * size, size);
            }
            for (int y = first; y < end; y++) {
                int to = (y - top) * line + left * channels + c;
                interleave(planes, (y - first) * from.width, size, pixels, to, channels, inside);
            }
        }
    }

    private static void interleave(float[] planes, int at, int size, float[] pixels, int to, int channels, int count) {
        int at1 = at + size;
        int at2 = at1 + size;
        int at3 = at2 + size;
        int at4 = at3 + size;
        int at5 = at4 + size;
        int at6 = at5 + size;
        int at7 = at6 + size;
        for (int j = 0; j < count; j++) {
            int pixel = to + j * channels;
            pixels[pixel] = planes[at + j];
            pixels[pixel + 1] = planes[at1 + j];
            pixels[pixel + 2] = planes[at2 + j];
            pixels[pixel + 3] = planes[at3 + j];
            pixels[pixel + 4] = planes[at4 + j];
            pixels[pixel + 5] = planes[at5 + j];
            pixels[pixel + 6] = planes[at6 + j];
            pixels[pixel + 7] = planes[at7 + j];
        }
    }

    /** Brings rows of the map to its planes. */
    private void planes(float[] y, int sample, int top, int line, Memory memory) {
        int rows = Math.min(OUTPUTS, map.height - top);
        int size = rows * map.width;
        float[] planes = memory.planes(TOGETHER * size);
        for (int o = 0; o < map.channels; o += TOGETHER) {
            for (int row = 0; row < rows; row++) {
                separate(y, row * line + o, outputs, planes, row * map.width, size, map.width);
            }
            for (int k = 0; k < Math.min(TOGETHER, map.channels - o); k++) {
                int to = sample * map.sampleStride + ((o + k) * map.height + top) * map.width;
                map.floats().put(to, planes, k * size, size);
            }
        }
    }

    private static void separate(float[] pixels, int from, int channels, float[] planes, int to, int size, int count) {
        int to1 = to + size;
        int to2 = to1 + size;
        int to3 = to2 + size;
        int to4 = to3 + size;
        int to5 = to4 + size;
        int to6 = to5 + size;
        int to7 = to6 + size;
        for (int j = 0; j < count; j++) {
            int pixel = from + j * channels;
            planes[to + j] = pixels[pixel];
            planes[to1 + j] = pixels[pixel + 1];
            planes[to2 + j] = pixels[pixel + 2];
            planes[to3 + j] = pixels[pixel + 3];
            planes[to4 + j] = pixels[pixel + 4];
            planes[to5 + j] = pixels[pixel + 5];
            planes[to6 + j] = pixels[pixel + 6];
            planes[to7 + j] = pixels[pixel + 7];
        }
    }

    /** Scratch memory of one thread. Arrays grow to the largest that was asked for. */
    private static final class Memory {
        private final float[] columns = new float[FREQUENCIES * LANES];
        private final float[] zeros = FloatVector.zero(VectorMemory.SPECIES).toArray();
        private float[] pixels = new float[0];
        private float[] planes = new float[0];

        float[] pixels(int length) {
            if (pixels.length < length) {
                pixels = new float[length];
            }
            return pixels;
        }

        float[] planes(int length) {
            if (planes.length < length) {
                planes = new float[length];
            }
            return planes;
        }
    }
}
