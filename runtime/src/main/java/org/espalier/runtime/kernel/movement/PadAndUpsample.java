package org.espalier.runtime.kernel.movement;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Images whose elements are each an element of another image, or a constant: upsampling and padding. */
public final class PadAndUpsample {
    /** By row, of all slices, and by column: which of x one of y is; below 0 for none. */
    private final int[] rows;

    private final int[] columns;

    /** Value of the elements of y that are none of x. */
    private final double fill;

    /** Along an axis, which place of x, of a size, a place of y is. */
    private interface Axis {
        int place(int place, int size);
    }

    /** By axes, the last of x and y. */
    private PadAndUpsample(Operand x, Operand y, double fill, Axis... axes) {
        int slicesOfX = x.height / x.depth;
        int rowsOfY = y.height / y.depth;
        Axis none = (place, size) -> place;
        int last = axes.length - 1;
        int[] slice = places(x.depth, y.depth, last < 2 ? none : axes[last - 2]);
        int[] row = places(slicesOfX, rowsOfY, last < 1 ? none : axes[last - 1]);
        this.fill = fill;
        columns = places(x.width, y.width, axes[last]);
        rows = new int[y.height];
        Arrays.setAll(rows, i -> {
            int from = slice[i / rowsOfY];
            int within = row[i % rowsOfY];
            return from < 0 || within < 0 ? -1 : from * slicesOfX + within;
        });
    }

    private static int[] places(int ofX, int ofY, Axis axis) {
        int[] places = new int[ofY];
        Arrays.setAll(places, place -> axis.place(place, ofX));
        return places;
    }

    /** Each place of each axis so many times. */
    public static PadAndUpsample nearest(Operand x, Operand y, int... times) {
        return new PadAndUpsample(x, y, 0, axes(times, repeated -> (place, size) -> place / repeated));
    }

    /** A value around the image, which begins so many places along each axis. */
    public static PadAndUpsample constant(Operand x, Operand y, double value, int... before) {
        return new PadAndUpsample(
                x, y, value, axes(before, pad -> (place, size) -> place - pad < size ? place - pad : -1));
    }

    /** The image mirrored at its edges. */
    public static PadAndUpsample reflect(Operand x, Operand y, int... before) {
        return new PadAndUpsample(x, y, 0, axes(before, pad -> (place, size) -> mirrored(place - pad, size)));
    }

    private static int mirrored(int place, int size) {
        int inside = Math.abs(place);
        return inside < size ? inside : 2 * (size - 1) - inside;
    }

    /** Its edges repeated. */
    public static PadAndUpsample replicate(Operand x, Operand y, int... before) {
        return new PadAndUpsample(
                x, y, 0, axes(before, pad -> (place, size) -> Math.max(0, Math.min(size - 1, place - pad))));
    }

    /** The image repeated. */
    public static PadAndUpsample circular(Operand x, Operand y, int... before) {
        return new PadAndUpsample(x, y, 0, axes(before, pad -> (place, size) -> Math.floorMod(place - pad, size)));
    }

    private static Axis[] axes(int[] sizes, IntFunction<Axis> axis) {
        return Arrays.stream(sizes).mapToObj(axis).toArray(Axis[]::new);
    }

    public void forward(INDArray xArray, INDArray yArray) {
        Operand x = Operand.of(xArray);
        Operand y = Operand.of(yArray);
        forEachPlane(x, y, (from, to) -> {
            double[] image = new double[x.height * x.width];
            double[] spread = new double[y.height * y.width];
            x.get(from, image);
            for (int i = 0; i < y.height; i++) {
                for (int j = 0; j < y.width; j++) {
                    boolean isOutside = rows[i] < 0 || columns[j] < 0;
                    spread[i * y.width + j] = isOutside ? fill : image[rows[i] * x.width + columns[j]];
                }
            }
            y.put(to, spread);
        });
    }

    public void backward(INDArray dYArray, INDArray dXArray) {
        Operand dY = Operand.of(dYArray);
        Operand dX = Operand.of(dXArray);
        forEachPlane(dX, dY, (to, from) -> {
            double[] image = new double[dX.height * dX.width];
            double[] spread = new double[dY.height * dY.width];
            dY.get(from, spread);
            for (int i = 0; i < dY.height; i++) {
                for (int j = 0; j < dY.width && rows[i] >= 0; j++) {
                    if (columns[j] >= 0) {
                        image[rows[i] * dX.width + columns[j]] += spread[i * dY.width + j];
                    }
                }
            }
            dX.put(to, image);
        });
    }

    private interface Planes {
        void run(int ofX, int ofY);
    }

    /** Visits each channel of each sample, with the offsets of its first element in x and in y. */
    private static void forEachPlane(Operand x, Operand y, Planes planes) {
        int plane = x.height * x.width;
        int spread = y.height * y.width;
        Channels.forEach(x.samples * x.channels, spread, index -> {
            int n = index / x.channels;
            int c = index % x.channels;
            planes.run(n * x.sampleStride + c * plane, n * y.sampleStride + c * spread);
        });
    }
}
