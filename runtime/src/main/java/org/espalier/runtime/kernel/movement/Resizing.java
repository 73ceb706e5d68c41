package org.espalier.runtime.kernel.movement;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images of another size, each element made of a few of x: by a product with a sparse matrix along one axis after the
 * other, in double arithmetic.
 */
public final class Resizing {
    /** The a of cubic convolution (Keys, 1981); PyTorch's. */
    private static final double CUBIC = -0.75;

    private final Axis[] axes;

    /** The parts of an element of y along an axis: places in x, and their weights. */
    private static final class Mix {
        private final int[] places;
        private final double[] weights;

        Mix(int[] places, double... weights) {
            this.places = places;
            this.weights = weights;
        }
    }

    /** The size of x along an axis, and for each element of y there what it is made of. */
    private static final class Axis {
        private final int size;
        private final Mix[] mixes;

        Axis(int size, Mix... mixes) {
            this.size = size;
            this.mixes = mixes;
        }
    }

    /** The mix for a place in x, between 0 and a size. */
    private interface Rule {
        Mix at(double place, int size);
    }

    private Resizing(Axis... axes) {
        this.axes = axes;
    }

    /** The element at ⌊ratio·i⌋ along each axis. */
    public static Resizing nearest(Operand x, Operand y, double... ratios) {
        return of(x, y, ratios, (ratio, i) -> ratio * i, Resizing::one);
    }

    /** The element at ⌊ratio·(i + 1/2)⌋ along each axis. */
    public static Resizing nearestExact(Operand x, Operand y, double... ratios) {
        return of(x, y, ratios, (ratio, i) -> ratio * (i + 0.5), Resizing::one);
    }

    /** Lines between neighbours. */
    public static Resizing linear(Operand x, Operand y, boolean align, double... ratios) {
        return of(x, y, ratios, (ratio, i) -> Math.max(0, source(align, ratio, i)), Resizing::between);
    }

    /** Cubic curves between neighbours. */
    public static Resizing cubic(Operand x, Operand y, boolean align, double... ratios) {
        return of(x, y, ratios, (ratio, i) -> source(align, ratio, i), Resizing::cubic);
    }

    private static double source(boolean align, double ratio, int i) {
        return align ? ratio * i : ratio * (i + 0.5) - 0.5;
    }

    private interface Source {
        double place(double ratio, int i);
    }

    private static Resizing of(Operand x, Operand y, double[] ratios, Source source, Rule rule) {
        int[] ofX = {x.depth, x.height / x.depth, x.width};
        int[] ofY = {y.depth, y.height / y.depth, y.width};
        int missing = ofX.length - ratios.length;
        IntFunction<Axis> axis = a -> {
            Mix[] mixes = new Mix[ofY[a]];
            for (int i = 0; i < mixes.length; i++) {
                boolean resized = a >= missing;
                mixes[i] = resized ? rule.at(source.place(ratios[a - missing], i), ofX[a]) : one(i, ofX[a]);
            }
            return new Axis(ofX[a], mixes);
        };
        return new Resizing(axis.apply(0), axis.apply(1), axis.apply(2));
    }

    private static Mix one(double place, int size) {
        return new Mix(new int[] {Math.min((int) place, size - 1)}, 1);
    }

    private static Mix between(double place, int size) {
        int first = Math.min((int) place, size - 1);
        int second = Math.min(first + 1, size - 1);
        double share = Math.min(1, place - first);
        return new Mix(new int[] {first, second}, 1 - share, share);
    }

    private static Mix cubic(double place, int size) {
        int first = (int) Math.floor(place);
        double t = place - first;
        double[] weights = {far(t + 1), near(t), near(1 - t), far(2 - t)};
        int[] places = new int[weights.length];
        Arrays.setAll(places, k -> Math.max(0, Math.min(size - 1, first - 1 + k)));
        return new Mix(places, weights);
    }

    /** Of a neighbour less than 1 away. */
    private static double near(double x) {
        return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
    }

    /** Of one between 1 and 2 away. */
    private static double far(double x) {
        return ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC;
    }

    public void forward(INDArray xArray, INDArray yArray) {
        forEachPlane(Operand.of(xArray), Operand.of(yArray), (x, from, y, to) -> {
            double[] values = new double[x.height * x.width];
            x.get(from, values);
            int outer = 1;
            int inner = values.length;
            for (Axis axis : axes) {
                inner /= axis.size;
                values = mixed(values, axis, outer, inner);
                outer *= axis.mixes.length;
            }
            y.put(to, values);
        });
    }

    public void backward(INDArray dYArray, INDArray dXArray) {
        forEachPlane(Operand.of(dXArray), Operand.of(dYArray), (dX, to, dY, from) -> {
            double[] values = new double[dY.height * dY.width];
            dY.get(from, values);
            int outer = values.length;
            int inner = 1;
            for (int a = axes.length - 1; a >= 0; a--) {
                outer /= axes[a].mixes.length;
                values = unmixed(values, axes[a], outer, inner);
                inner *= axes[a].size;
            }
            dX.put(to, values);
        });
    }

    /** Along one of three axes, of which the first has {@code outer} elements and the last {@code inner}. */
    private static double[] mixed(double[] x, Axis axis, int outer, int inner) {
        int count = axis.mixes.length;
        double[] y = new double[outer * count * inner];
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < count; i++) {
                Mix mix = axis.mixes[i];
                for (int k = 0; k < mix.places.length; k++) {
                    int from = (o * axis.size + mix.places[k]) * inner;
                    int to = (o * count + i) * inner;
                    for (int n = 0; n < inner; n++) {
                        y[to + n] += mix.weights[k] * x[from + n];
                    }
                }
            }
        }
        return y;
    }

    /** The transposed product. */
    private static double[] unmixed(double[] dY, Axis axis, int outer, int inner) {
        int count = axis.mixes.length;
        double[] dX = new double[outer * axis.size * inner];
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < count; i++) {
                Mix mix = axis.mixes[i];
                for (int k = 0; k < mix.places.length; k++) {
                    int to = (o * axis.size + mix.places[k]) * inner;
                    int from = (o * count + i) * inner;
                    for (int n = 0; n < inner; n++) {
                        dX[to + n] += mix.weights[k] * dY[from + n];
                    }
                }
            }
        }
        return dX;
    }

    private interface Planes {
        void run(Operand x, int ofX, Operand y, int ofY);
    }

    /** Visits each channel of each sample, with where it begins in both. */
    private static void forEachPlane(Operand x, Operand y, Planes planes) {
        int small = x.height * x.width;
        int large = y.height * y.width;
        Channels.forEach(x.samples * x.channels, small + large, index -> {
            int n = index / x.channels;
            int c = index % x.channels;
            planes.run(x, n * x.sampleStride + c * small, y, n * y.sampleStride + c * large);
        });
    }
}
