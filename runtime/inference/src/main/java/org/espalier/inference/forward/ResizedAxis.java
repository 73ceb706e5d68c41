package org.espalier.inference.forward;

import java.util.Arrays;

/**
 * An axis of x that has another size in y: each element of y is a mix of those of x around its place. Images are
 * resized along one axis after the other, in double arithmetic.
 */
public final class ResizedAxis {
    /** The element at ⌊ratio·i⌋. */
    public static final Rule NEAREST = (ratio, i, size) -> one(ratio * i, size);

    /** The element at ⌊ratio·(i + 1/2)⌋. */
    public static final Rule NEAREST_EXACT = (ratio, i, size) -> one(ratio * (i + 0.5), size);

    /** The a of cubic convolution (Keys, 1981); PyTorch's. */
    private static final double CUBIC = -0.75;

    /** Size of x. */
    private final int size;

    /** For each element of y what it is made of. */
    private final Mix[] mixes;

    private ResizedAxis(int size, Mix... mixes) {
        this.size = size;
        this.mixes = mixes;
    }

    /** The elements of x that one of y is made of, and their weights. */
    public static final class Mix {
        private final int[] places;
        private final double[] weights;

        private Mix(int[] places, double... weights) {
            this.places = places;
            this.weights = weights;
        }
    }

    /** Mixes elements of an axis of x. */
    public interface Rule {
        /** The mix for element i of y. */
        Mix at(double ratio, int i, int size);
    }

    /** Lines between two neighbours. */
    public static Rule linear(boolean align) {
        return (ratio, i, size) -> between(Math.max(0, source(align, ratio, i)), size);
    }

    /** Cubic curves between four neighbours. */
    public static Rule cubic(boolean align) {
        return (ratio, i, size) -> curve(source(align, ratio, i), size);
    }

    /**
     * The axes of an image.
     *
     * @param ofX sizes of x along depth, height and width
     * @param ofY those of y
     * @param ratios of the last axes; those before have one size
     */
    public static ResizedAxis[] of(int[] ofX, int[] ofY, Rule rule, double... ratios) {
        ResizedAxis[] axes = new ResizedAxis[ofX.length];
        for (int a = 0; a < axes.length; a++) {
            int given = a - (axes.length - ratios.length);
            Mix[] mixes = new Mix[ofY[a]];
            for (int i = 0; i < mixes.length; i++) {
                mixes[i] = given < 0 ? one(i, ofX[a]) : rule.at(ratios[given], i, ofX[a]);
            }
            axes[a] = new ResizedAxis(ofX[a], mixes);
        }
        return axes;
    }

    private static double source(boolean align, double ratio, int i) {
        return align ? ratio * i : ratio * (i + 0.5) - 0.5;
    }

    private static Mix one(double place, int size) {
        return new Mix(new int[] {Math.min((int) place, size - 1)}, 1);
    }

    private static Mix between(double place, int size) {
        int first = Math.min((int) place, size - 1);
        double share = Math.min(1, place - first);
        return new Mix(new int[] {first, Math.min(first + 1, size - 1)}, 1 - share, share);
    }

    private static Mix curve(double place, int size) {
        int first = (int) Math.floor(place);
        double t = place - first;
        int[] places = new int[4];
        Arrays.setAll(places, k -> Math.max(0, Math.min(size - 1, first - 1 + k)));
        return new Mix(places, far(t + 1), near(t), near(1 - t), far(2 - t));
    }

    /** Of a neighbour less than 1 away. */
    private static double near(double x) {
        return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
    }

    /** Of one between 1 and 2 away. */
    private static double far(double x) {
        return ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC;
    }

    /** Makes a channel of y of one of x. */
    public static double[] forward(ResizedAxis[] axes, double[] x) {
        double[] values = x;
        int outer = 1;
        int inner = x.length;
        for (ResizedAxis axis : axes) {
            inner /= axis.size;
            values = axis.mixed(values, outer, inner);
            outer *= axis.mixes.length;
        }
        return values;
    }

    /** Makes the gradient by a channel of x of that by one of y: the transposed product. */
    public static double[] backward(ResizedAxis[] axes, double[] dY) {
        double[] values = dY;
        int outer = dY.length;
        int inner = 1;
        for (int a = axes.length - 1; a >= 0; a--) {
            outer /= axes[a].mixes.length;
            values = axes[a].unmixed(values, outer, inner);
            inner *= axes[a].size;
        }
        return values;
    }

    /** Mixes along one of three axes, of which the first has {@code outer} elements and the last {@code inner}. */
    private double[] mixed(double[] x, int outer, int inner) {
        double[] y = new double[outer * mixes.length * inner];
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < mixes.length; i++) {
                int to = (o * mixes.length + i) * inner;
                for (int k = 0; k < mixes[i].places.length; k++) {
                    int from = (o * size + mixes[i].places[k]) * inner;
                    for (int n = 0; n < inner; n++) {
                        y[to + n] += mixes[i].weights[k] * x[from + n];
                    }
                }
            }
        }
        return y;
    }

    private double[] unmixed(double[] dY, int outer, int inner) {
        double[] dX = new double[outer * size * inner];
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < mixes.length; i++) {
                int from = (o * mixes.length + i) * inner;
                for (int k = 0; k < mixes[i].places.length; k++) {
                    int to = (o * size + mixes[i].places[k]) * inner;
                    for (int n = 0; n < inner; n++) {
                        dX[to + n] += mixes[i].weights[k] * dY[from + n];
                    }
                }
            }
        }
        return dX;
    }
}
