package org.espalier.runtime.kernel.convolution;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.window.Strided;
import org.espalier.runtime.kernel.window.Taps;
import org.espalier.runtime.kernel.window.Window;

/**
 * The way from the arrays of a convolution to the matrices of {@link WinogradConvolution}, and back. All of them lie
 * one behind the other, those of 16 frequencies.
 *
 * <p>Each way is through 16 planes on the heap, one for each element of a tile: so the transforms are loops over all
 * tiles of a channel at once.
 */
final class WinogradTiles {
    private static final int SIZE = Winograd.SIZE;
    private static final int FREQUENCIES = SIZE * SIZE;

    private final Winograd algorithm;
    private final Operand image;
    private final Operand map;
    private final Window window;
    private final FloatBuffer memory;
    private final int stride;
    private final int kernel;
    private final int kernelSize;
    private final int phases;

    /** Elements of the map along one side of a tile, and elements of the image from one tile to the next. */
    private final int outputs;

    private final int step;

    /** Tiles of a sample, along its columns and rows. */
    private final int down;

    private final int across;

    WinogradTiles(Winograd algorithm, Operand image, Operand map, Window window, FloatBuffer memory) {
        this.algorithm = algorithm;
        this.image = image;
        this.map = map;
        this.window = window;
        this.memory = memory;
        stride = window.strideHeight();
        phases = stride * stride;
        kernel = window.kernelHeight();
        kernelSize = window.kernelSize();
        outputs = algorithm.outputs();
        step = stride * outputs;
        down = (map.height + outputs - 1) / outputs;
        across = (map.width + outputs - 1) / outputs;
    }

    /** Some rows of tiles of some samples: {@code top} to {@code bottom} of {@code first} to {@code end}, exclusive. */
    record Part(int first, int end, int top, int bottom) {
        int samples() {
            return end - first;
        }

        int rows() {
            return bottom - top;
        }

        /** Tells whether no part is before it. */
        boolean isFirst() {
            return first == 0 && top == 0;
        }
    }

    /** Rows of tiles of a sample. */
    int down() {
        return down;
    }

    /** Tiles of a part. */
    int count(Part part) {
        return part.samples() * part.rows() * across;
    }

    /** U = G W Gᵀ: row o, column (phase, c). */
    void fromWeight(Operand weight, int offset) {
        int columns = phases * image.channels;
        int size = image.channels * kernelSize;
        Channels.forEach(map.channels, FREQUENCIES * columns, o -> {
            Scratch scratch = Scratch.get();
            float[] row = scratch.row(size);
            float[][] planes = scratch.planes(FREQUENCIES, columns);
            weight.get(o * size, row, size);
            for (int tap = 0; tap < kernelSize; tap++) {
                Strided.gather(row, tap, kernelSize, planes[element(tap)], column(tap), image.channels);
            }
            Winograd.expand(algorithm.kernel(), algorithm.taps(), planes, columns);
            put(planes, offset + o * columns, map.channels * columns, columns);
        });
    }

    /** dW = Gᵀ U G. */
    void toWeight(Operand weight, boolean accumulate, int offset) {
        int columns = phases * image.channels;
        int size = image.channels * kernelSize;
        Channels.forEach(map.channels, FREQUENCIES * columns, o -> {
            Scratch scratch = Scratch.get();
            float[] row = scratch.row(size);
            float[][] planes = scratch.planes(FREQUENCIES, columns);
            get(planes, offset + o * columns, map.channels * columns, columns);
            Winograd.contract(algorithm.kernelAdjoint(), algorithm.taps(), planes, columns);
            if (accumulate) {
                weight.get(o * size, row, size);
            } else {
                Arrays.fill(row, 0, size, 0);
            }
            for (int tap = 0; tap < kernelSize; tap++) {
                Strided.add(planes[element(tap)], column(tap), row, tap, kernelSize, image.channels);
            }
            weight.put(o * size, row, size);
        });
    }

    /** The weight of its phase that an element of the kernel is. */
    private int element(int tap) {
        return tap / kernel / stride * SIZE + tap % kernel / stride;
    }

    /** Computes the column of U where the channels of the tap's phase begin. */
    private int column(int tap) {
        return (tap / kernel % stride * stride + tap % kernel % stride) * image.channels;
    }

    /** M = A Y Aᵀ, 0 beyond the map. */
    void fromMap(Part part, int offset) {
        int rows = rows(part);
        int n = part.rows() * across;
        int columns = count(part);
        Channels.forEach(part.samples() * map.channels, FREQUENCIES * n, index -> {
            int s = index / map.channels;
            int o = index % map.channels;
            Scratch scratch = Scratch.get();
            float[] plane = scratch.plane(rows * map.width);
            float[][] planes = scratch.planes(FREQUENCIES, n);
            map.get(start(part, s, o), plane, rows * map.width);
            for (int u = 0; u < outputs; u++) {
                for (int v = 0; v < outputs; v++) {
                    float[] to = planes[u * SIZE + v];
                    int inside = Taps.end(v, outputs, map.width, across);
                    for (int i = 0; i < part.rows(); i++) {
                        int at = i * across;
                        int row = i * outputs + u;
                        int count = row < rows ? inside : 0;
                        Strided.gather(plane, row * map.width + v, outputs, to, at, count);
                        Arrays.fill(to, at + count, at + across, 0);
                    }
                }
            }
            Winograd.expand(algorithm.outputAdjoint(), outputs, planes, n);
            put(planes, offset + o * columns + s * n, map.channels * columns, n);
        });
    }

    /** Y = Aᵀ M A + b. */
    void toMap(Part part, int offset, float[] bias) {
        int rows = rows(part);
        int n = part.rows() * across;
        int columns = count(part);
        Channels.forEach(part.samples() * map.channels, FREQUENCIES * n, index -> {
            int s = index / map.channels;
            int o = index % map.channels;
            Scratch scratch = Scratch.get();
            float[] plane = scratch.plane(rows * map.width);
            float[][] planes = scratch.planes(FREQUENCIES, n);
            get(planes, offset + o * columns + s * n, map.channels * columns, n);
            Winograd.contract(algorithm.output(), outputs, planes, n);
            for (int u = 0; u < outputs; u++) {
                for (int v = 0; v < outputs; v++) {
                    float[] from = planes[u * SIZE + v];
                    add(from, bias[o], n);
                    int inside = Taps.end(v, outputs, map.width, across);
                    for (int i = 0; i < part.rows() && i * outputs + u < rows; i++) {
                        int row = (i * outputs + u) * map.width;
                        Strided.scatter(from, i * across, plane, row + v, outputs, inside);
                    }
                }
            }
            map.put(start(part, s, o), plane, rows * map.width);
        });
    }

    /** Reads what each frequency's matrix has from the same place on; {@code size} is that of a matrix. */
    private void get(float[][] planes, int place, int size, int count) {
        for (int f = 0; f < FREQUENCIES; f++) {
            memory.get(place + f * size, planes[f], 0, count);
        }
    }

    /** Writes it. */
    private void put(float[][] planes, int place, int size, int count) {
        for (int f = 0; f < FREQUENCIES; f++) {
            memory.put(place + f * size, planes[f], 0, count);
        }
    }

    private static void add(float[] values, float value, int count) {
        for (int i = 0; i < count; i++) {
            values[i] += value;
        }
    }

    /** Rows of the map that a part has. */
    private int rows(Part part) {
        return Math.min(map.height, part.bottom() * outputs) - part.top() * outputs;
    }

    private int start(Part part, int sample, int channel) {
        return (part.first() + sample) * map.sampleStride + (channel * map.height + part.top() * outputs) * map.width;
    }

    /** V = Bᵀ D B, D being the elements of the image that tiles see, 0 beyond it. */
    void fromImage(Part part, int offset) {
        int n = part.rows() * across;
        int columns = count(part);
        Sight sight = new Sight(part);
        Channels.forEach(part.samples() * image.channels, FREQUENCIES * phases * n, index -> {
            int s = index / image.channels;
            int c = index % image.channels;
            Scratch scratch = Scratch.get();
            float[] plane = scratch.plane(sight.size());
            float[][] planes = scratch.planes(FREQUENCIES, n + across);
            image.get(sight.start(part.first() + s, c), plane, sight.size());
            for (int phase = 0; phase < phases; phase++) {
                sight.gather(plane, phase, planes);
                Winograd.contract(Winograd::input, SIZE, planes, n);
                int row = phase * image.channels + c;
                put(planes, offset + row * columns + s * n, phases * image.channels * columns, n);
            }
        });
    }

    /** Adds B V Bᵀ to the elements of the image that tiles see, which start from b. */
    void addToImage(Part part, int offset, float[] bias) {
        int n = part.rows() * across;
        int columns = count(part);
        Sight sight = new Sight(part);
        Channels.forEach(part.samples() * image.channels, FREQUENCIES * phases * n, index -> {
            int s = index / image.channels;
            int c = index % image.channels;
            Scratch scratch = Scratch.get();
            float[] plane = scratch.plane(sight.size());
            float[][] planes = scratch.planes(FREQUENCIES, n + across);
            int start = sight.start(part.first() + s, c);
            image.get(start, plane, sight.done());
            Arrays.fill(plane, sight.done(), sight.size(), bias[c]);
            for (int phase = 0; phase < phases; phase++) {
                int row = phase * image.channels + c;
                get(planes, offset + row * columns + s * n, phases * image.channels * columns, n);
                Winograd.contract(Winograd::inputAdjoint, SIZE, planes, n);
                sight.add(planes, phase, plane);
            }
            image.put(start, plane, sight.size());
        });
    }

    /** The rows of the image that the tiles of a part see. */
    private final class Sight {
        private final int rows;

        /** The first row that is seen, in the padding maybe. */
        private final int first;

        /** The rows that are in the image: to {@code bottom}, exclusive. */
        private final int top;

        private final int bottom;

        /** Rows of these that the part before has seen too. */
        private final int again;

        Sight(Part part) {
            rows = part.rows();
            first = part.top() * step - window.paddingHeight();
            top = part.top() == 0 ? 0 : inside(first);
            bottom = part.bottom() == down ? image.height : inside(first + (rows - 1) * step + SIZE * stride);
            again = part.top() == 0 ? 0 : inside(first + (SIZE - outputs) * stride) - top;
        }

        private int inside(int row) {
            return Math.max(0, Math.min(image.height, row));
        }

        int size() {
            return (bottom - top) * image.width;
        }

        int done() {
            return again * image.width;
        }

        int start(int sample, int channel) {
            return sample * image.sampleStride + (channel * image.height + top) * image.width;
        }

        /**
         * planes[a·4 + b] gets the elements (a, b) of a phase of all tiles. Those with a ≥ outputs are elements a −
         * outputs of the tiles below.
         */
        void gather(float[] plane, int phase, float[][] planes) {
            for (int a = 0; a < outputs; a++) {
                boolean shared = a + outputs < SIZE;
                for (int b = 0; b < SIZE; b++) {
                    float[] to = planes[a * SIZE + b];
                    int shift = b * stride + phase % stride - window.paddingWidth();
                    int end = Taps.end(shift, step, image.width, across);
                    int begin = Math.min(end, Taps.first(shift, step));
                    for (int i = 0; i < (shared ? rows + 1 : rows); i++) {
                        int row = row(i, a, phase);
                        int at = i * across;
                        if (row < top || row >= bottom) {
                            Arrays.fill(to, at, at + across, 0);
                        } else {
                            int from = (row - top) * image.width + shift;
                            Arrays.fill(to, at, at + begin, 0);
                            Strided.gather(plane, from + begin * step, step, to, at + begin, end - begin);
                            Arrays.fill(to, at + end, at + across, 0);
                        }
                    }
                    if (shared) {
                        System.arraycopy(to, across, planes[(a + outputs) * SIZE + b], 0, rows * across);
                    }
                }
            }
        }

        /** The adjoint of {@link #gather}, which adds to the plane. */
        void add(float[][] planes, int phase, float[] plane) {
            int n = rows * across;
            for (int a = 0; a < outputs; a++) {
                boolean shared = a + outputs < SIZE;
                for (int b = 0; b < SIZE; b++) {
                    float[] from = planes[a * SIZE + b];
                    if (shared) {
                        float[] below = planes[(a + outputs) * SIZE + b];
                        System.arraycopy(below, 0, below, across, n);
                        Arrays.fill(below, 0, across, 0);
                        Arrays.fill(from, n, n + across, 0);
                        FloatElementwise.add(from, below, n + across);
                    }
                    int shift = b * stride + phase % stride - window.paddingWidth();
                    int end = Taps.end(shift, step, image.width, across);
                    int begin = Math.min(end, Taps.first(shift, step));
                    for (int i = 0; i < (shared ? rows + 1 : rows); i++) {
                        int row = row(i, a, phase);
                        if (row >= top && row < bottom) {
                            int to = (row - top) * image.width + shift;
                            Strided.add(from, i * across + begin, plane, to + begin * step, step, end - begin);
                        }
                    }
                }
            }
        }

        /** The row of the image that row a of a phase of tiles in row i is. */
        private int row(int i, int a, int phase) {
            return first + i * step + a * stride + phase / stride;
        }
    }
}
