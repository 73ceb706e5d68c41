package org.espalier.runtime.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.espalier.runtime.kernel.convolution.SmallConvolution.Prepared;
import org.espalier.runtime.kernel.convolution.SmallConvolution.Shape;

/**
 * Winograd's convolution F(2 × 2, 5 × 5) (Lavin and Gray, arXiv:1509.09308), with the points 0, ±1, ±2 and ∞: the map
 * is cut into tiles of 2 × 2 elements, each of which sees 6 × 6 of the image and takes 36 multiplications where columns
 * take 100. A row of tiles goes through all steps while it is in the cache:
 *
 * <pre>
 *   V = Bᵀ d B        of each tile, channels of the image in lanes
 *   M = V · U         for each of 36 frequencies, where U = G w Gᵀ
 *   Y = Aᵀ M A + b    of each tile, channels of the map in lanes
 * </pre>
 *
 * <p>So images are brought from planes to channels that lie side by side, padded to whole vectors, and maps back.
 */
final class VectorWinograd implements Prepared {
    private static final VectorSpecies<Float> SPECIES = VectorMemory.SPECIES;
    private static final int LANES = SPECIES.length();

    /** Elements that a tile sees in each direction. */
    private static final int SIZE = 6;

    private static final int TAPS = 5;
    private static final int FREQUENCIES = SIZE * SIZE;

    private static final ThreadLocal<Memory> MEMORY = ThreadLocal.withInitial(Memory::new);

    private final Shape shape;
    /** Channels of the image, in whole vectors. */
    private final int inputs;

    private final int outputs;
    private final int rows;
    private final int across;
    /** Tiles of a row, in whole blocks of the product. */
    private final int tiles;
    /** Elements that a row of tiles sees. */
    private final int width;
    /** [frequency, input, output]. */
    private final float[] u;

    private final float[] zeros = new float[LANES];

    VectorWinograd(FloatBuffer weight, Shape shape) {
        this.shape = shape;
        inputs = roundUp(shape.inputs(), LANES);
        outputs = shape.outputs();
        rows = (shape.mapHeight() + 1) / 2;
        across = (shape.mapWidth() + 1) / 2;
        tiles = roundUp(across, VectorProduct.ROWS);
        width = 2 * across + SIZE - 2;
        u = transformed(weight);
    }

    private static int roundUp(int count, int multiple) {
        return (count + multiple - 1) / multiple * multiple;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public void toMap(FloatBuffer image, int from, FloatBuffer map, int to, float[] bias, int first, int end) {
        Memory memory = MEMORY.get();
        float[] pixels = memory.pixels(((end - first) * 2 + SIZE - 2) * width * inputs);
        float[] lines = memory.lines(SIZE * width * inputs);
        float[] v = memory.v(FREQUENCIES * tiles * inputs);
        float[] m = memory.m(FREQUENCIES * tiles * outputs);
        int height = Math.min(2 * end, shape.mapHeight()) - 2 * first;
        float[] y = memory.y(2 * (end - first) * 2 * across * outputs);
        float[] plane = memory.plane(Math.max(shape.height() * shape.width(), height * shape.mapWidth()));
        sideBySide(image, from, plane, pixels, first, end);
        for (int row = 0; row < end - first; row++) {
            transformRow(pixels, row, lines, v);
            for (int f = 0; f < FREQUENCIES; f++) {
                for (int tile = 0; tile < tiles; tile += VectorProduct.ROWS) {
                    VectorProduct.multiply(
                            v,
                            (f * tiles + tile) * inputs,
                            u,
                            f * inputs * outputs,
                            m,
                            (f * tiles + tile) * outputs,
                            inputs,
                            outputs);
                }
            }
            outputRow(m, bias, y, row);
        }
        planes(y, plane, map, to + 2 * first * shape.mapWidth(), height);
    }

    @Override
    public long bytes() {
        return (long) u.length * Float.BYTES;
    }

    /** The rows of the image that rows of tiles see, with zeros around, its channels side by side. */
    private void sideBySide(FloatBuffer image, int from, float[] plane, float[] pixels, int first, int end) {
        int top = 2 * first - shape.paddingHeight();
        int bottom = 2 * end + SIZE - 2 - shape.paddingHeight();
        int firstRow = Math.min(shape.height(), Math.max(0, top));
        int endRow = Math.max(firstRow, Math.min(shape.height(), bottom));
        int count = Math.min(shape.width(), width - shape.paddingWidth());
        Arrays.fill(pixels, 0, (bottom - top) * width * inputs, 0);
        for (int c = 0; c < shape.inputs(); c++) {
            image.get(
                    from + (c * shape.height() + firstRow) * shape.width(),
                    plane,
                    0,
                    (endRow - firstRow) * shape.width());
            for (int i = firstRow; i < endRow; i++) {
                int at = ((i - top) * width + shape.paddingWidth()) * inputs + c;
                int place = (i - firstRow) * shape.width();
                for (int j = 0; j < count; j++) {
                    pixels[at + j * inputs] = plane[place + j];
                }
            }
        }
    }

    /** V of a row of tiles: down the columns first, then along the rows. */
    private void transformRow(float[] pixels, int row, float[] lines, float[] v) {
        int line = width * inputs;
        for (int at = 0; at < line; at += LANES) {
            transform(pixels, 2 * row * line + at, line, lines, at, line);
        }
        for (int p = 0; p < SIZE; p++) {
            for (int tile = 0; tile < across; tile++) {
                for (int c = 0; c < inputs; c += LANES) {
                    transform(
                            lines,
                            (p * width + 2 * tile) * inputs + c,
                            inputs,
                            v,
                            (p * SIZE * tiles + tile) * inputs + c,
                            tiles * inputs);
                }
            }
        }
    }

    /** Bᵀ times six vectors, {@code step} from one to the next. */
    private static void transform(float[] x, int at, int step, float[] to, int out, int outStep) {
        FloatVector x0 = FloatVector.fromArray(SPECIES, x, at);
        FloatVector x1 = FloatVector.fromArray(SPECIES, x, at + step);
        FloatVector x2 = FloatVector.fromArray(SPECIES, x, at + 2 * step);
        FloatVector x3 = FloatVector.fromArray(SPECIES, x, at + 3 * step);
        FloatVector x4 = FloatVector.fromArray(SPECIES, x, at + 4 * step);
        FloatVector x5 = FloatVector.fromArray(SPECIES, x, at + 5 * step);
        FloatVector four = FloatVector.broadcast(SPECIES, 4);
        FloatVector minusFour = FloatVector.broadcast(SPECIES, -4);
        FloatVector minusFive = FloatVector.broadcast(SPECIES, -5);
        FloatVector two = FloatVector.broadcast(SPECIES, 2);
        x0.fma(four, x2.fma(minusFive, x4)).intoArray(to, out);
        FloatVector even = x2.fma(minusFour, x4);
        FloatVector odd = x1.fma(minusFour, x3);
        even.add(odd).intoArray(to, out + outStep);
        even.sub(odd).intoArray(to, out + 2 * outStep);
        even = x4.sub(x2);
        odd = x3.sub(x1).mul(two);
        even.add(odd).intoArray(to, out + 3 * outStep);
        even.sub(odd).intoArray(to, out + 4 * outStep);
        x1.fma(four, x3.fma(minusFive, x5)).intoArray(to, out + 5 * outStep);
    }

    /**
     * Y of a row of tiles, as [2 rows, columns, outputs]: down the columns of M first, in place, then along the rows.
     */
    private void outputRow(float[] m, float[] bias, float[] y, int row) {
        int frequency = tiles * outputs;
        for (int at = 0; at < SIZE * frequency; at += LANES) {
            reduce(m, at, SIZE * frequency, zeros, 0, m, at, SIZE * frequency);
        }
        for (int i = 0; i < 2; i++) {
            int line = (2 * row + i) * 2 * across * outputs;
            for (int tile = 0; tile < across; tile++) {
                for (int o = 0; o < outputs; o += LANES) {
                    int at = (i * SIZE * tiles + tile) * outputs + o;
                    reduce(m, at, frequency, bias, o, y, line + 2 * tile * outputs + o, outputs);
                }
            }
        }
    }

    /** Aᵀ times six vectors, {@code step} from one to the next, plus b. */
    private static void reduce(
            float[] m, int at, int step, float[] bias, int atBias, float[] to, int out, int outStep) {
        FloatVector m1 = FloatVector.fromArray(SPECIES, m, at + step);
        FloatVector m2 = FloatVector.fromArray(SPECIES, m, at + 2 * step);
        FloatVector m3 = FloatVector.fromArray(SPECIES, m, at + 3 * step);
        FloatVector m4 = FloatVector.fromArray(SPECIES, m, at + 4 * step);
        FloatVector b = FloatVector.fromArray(SPECIES, bias, atBias);
        FloatVector left = FloatVector.fromArray(SPECIES, m, at).add(m1.add(m2)).add(m3.add(m4));
        FloatVector odd = m3.sub(m4);
        FloatVector right =
                FloatVector.fromArray(SPECIES, m, at + 5 * step).add(m1.sub(m2)).add(odd.add(odd));
        left.add(b).intoArray(to, out);
        right.add(b).intoArray(to, out + outStep);
    }

    /** Brings rows of the map to its planes. */
    private void planes(float[] y, float[] plane, FloatBuffer map, int to, int height) {
        int columns = shape.mapWidth();
        // Without a column too many, all rows are one run.
        boolean isWhole = columns == 2 * across;
        int runs = isWhole ? 1 : height;
        int length = isWhole ? height * columns : columns;
        for (int o = 0; o < outputs; o++) {
            for (int run = 0; run < runs; run++) {
                gather(y, run * 2 * across * outputs + o, outputs, plane, run * columns, length);
            }
            map.put(to + o * shape.mapHeight() * columns, plane, 0, height * columns);
        }
    }

    private static void gather(float[] from, int start, int stride, float[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] = from[start + i * stride];
        }
    }

    /** U = G w Gᵀ, channels of the map in lanes. */
    private float[] transformed(FloatBuffer weight) {
        float[] taps = sideBySide(weight);
        float[] frequencies = new float[FREQUENCIES * inputs * outputs];
        float[] columns = new float[SIZE * TAPS * LANES];
        int tap = inputs * outputs;
        for (int c = 0; c < inputs; c++) {
            for (int o = 0; o < outputs; o += LANES) {
                int at = c * outputs + o;
                for (int q = 0; q < TAPS; q++) {
                    evaluate(taps, q * tap + at, TAPS * tap, columns, q * LANES, TAPS * LANES);
                }
                for (int p = 0; p < SIZE; p++) {
                    evaluate(columns, p * TAPS * LANES, LANES, frequencies, p * SIZE * tap + at, tap);
                }
            }
        }
        return frequencies;
    }

    /** Weights as [tap, input, output]. */
    private float[] sideBySide(FloatBuffer weight) {
        int size = shape.inputs() * TAPS * TAPS;
        float[] one = new float[size];
        float[] taps = new float[TAPS * TAPS * inputs * outputs];
        for (int o = 0; o < outputs; o++) {
            weight.get(o * size, one, 0, size);
            for (int c = 0; c < shape.inputs(); c++) {
                for (int tap = 0; tap < TAPS * TAPS; tap++) {
                    taps[(tap * inputs + c) * outputs + o] = one[c * TAPS * TAPS + tap];
                }
            }
        }
        return taps;
    }

    /** G times five vectors, {@code step} from one to the next: their polynomial at each point, times its factor. */
    private static void evaluate(float[] w, int at, int step, float[] to, int out, int outStep) {
        FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
        FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + step);
        FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * step);
        FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * step);
        FloatVector w4 = FloatVector.fromArray(SPECIES, w, at + 4 * step);
        w0.mul(1 / 4f).intoArray(to, out);
        FloatVector even = w0.add(w2).add(w4);
        FloatVector odd = w1.add(w3);
        even.add(odd).mul(-1 / 6f).intoArray(to, out + outStep);
        even.sub(odd).mul(-1 / 6f).intoArray(to, out + 2 * outStep);
        even = w0.add(w2.mul(4)).add(w4.mul(16));
        odd = w1.mul(2).add(w3.mul(8));
        even.add(odd).mul(1 / 24f).intoArray(to, out + 3 * outStep);
        even.sub(odd).mul(1 / 24f).intoArray(to, out + 4 * outStep);
        w4.intoArray(to, out + 5 * outStep);
    }

    /** Scratch memory of one thread. Arrays grow to the largest that was asked for. */
    private static final class Memory {
        private final float[][] arrays = new float[6][0];

        float[] pixels(int length) {
            return array(0, length);
        }

        float[] lines(int length) {
            return array(1, length);
        }

        float[] v(int length) {
            return array(2, length);
        }

        float[] m(int length) {
            return array(3, length);
        }

        float[] y(int length) {
            return array(4, length);
        }

        float[] plane(int length) {
            return array(5, length);
        }

        private float[] array(int which, int length) {
            if (arrays[which].length < length) {
                arrays[which] = new float[length];
            }
            return arrays[which];
        }
    }
}
