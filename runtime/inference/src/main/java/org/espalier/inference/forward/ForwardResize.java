package org.espalier.inference.forward;

import java.util.Arrays;
import org.espalier.inference.convolution.Volume;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;

/** Images of another size, each element made of a few of x, along one axis after the other. */
public final class ForwardResize {
    /** The a of cubic convolution (Keys, 1981); PyTorch's. */
    private static final double CUBIC = -0.75;

    /** The elements of x that one of y is made of along an axis, and their weights. */
    public static final class Mix {
        private final int[] places;
        private final double[] weights;

        public Mix(int[] places, double... weights) {
            this.places = places;
            this.weights = weights;
        }
    }

    /** The mix for a place of y along an axis. */
    public interface Rule {
        Mix at(double ratio, int i, int size);
    }

    private ForwardResize() {}

    /** The element at a place, rounded down. */
    public static Mix nearest(double place, int size) {
        return new Mix(new int[] {Math.min((int) place, size - 1)}, 1);
    }

    /** A line between two neighbours. */
    public static Mix linear(double ratio, int i, int size, boolean align) {
        double place = Math.max(0, source(ratio, i, align));
        int first = Math.min((int) place, size - 1);
        double share = Math.min(1, place - first);
        return new Mix(new int[] {first, Math.min(first + 1, size - 1)}, 1 - share, share);
    }

    /** A cubic convolution of four neighbours. */
    public static Mix cubic(double ratio, int i, int size, boolean align) {
        double place = source(ratio, i, align);
        int first = (int) Math.floor(place);
        double t = place - first;
        int[] places = new int[4];
        Arrays.setAll(places, k -> Math.max(0, Math.min(size - 1, first - 1 + k)));
        return new Mix(places, far(t + 1), near(t), near(1 - t), far(2 - t));
    }

    private static double source(double ratio, int i, boolean align) {
        return align ? ratio * i : ratio * (i + 0.5) - 0.5;
    }

    private static double near(double x) {
        return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
    }

    private static double far(double x) {
        return ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC;
    }

    /** Writes each element of y as a mix of those of x around its place, along the last axes. */
    public static void forward(FloatTensor x, FloatTensor y, double[] ratios, Rule rule) {
        Volume in = Volume.of(x);
        Volume out = Volume.of(y);
        int[] ofX = {in.depth(), in.height(), in.width()};
        int[] ofY = {out.depth(), out.height(), out.width()};
        Mix[][] mixes = new Mix[3][];
        for (int axis = 0; axis < 3; axis++) {
            int given = axis - (3 - ratios.length);
            mixes[axis] = new Mix[ofY[axis]];
            for (int i = 0; i < ofY[axis]; i++) {
                mixes[axis][i] = given < 0 ? nearest(i, ofX[axis]) : rule.at(ratios[given], i, ofX[axis]);
            }
        }
        int channels = y.elements / out.size();
        ParallelLoop.forEach(y.samples * channels, 16L * y.samples * y.elements, turn -> {
            int from = x.at(turn / channels) + turn % channels * in.size();
            double[] values = new double[in.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = x.data()[from + i];
            }
            int outer = 1;
            int inner = values.length;
            for (int axis = 0; axis < 3; axis++) {
                inner /= ofX[axis];
                values = mixed(values, ofX[axis], mixes[axis], outer, inner);
                outer *= ofY[axis];
            }
            int to = y.at(turn / channels) + turn % channels * out.size();
            for (int i = 0; i < values.length; i++) {
                y.data()[to + i] = (float) values[i];
            }
        });
    }

    private static double[] mixed(double[] x, int size, Mix[] mixes, int outer, int inner) {
        double[] y = new double[outer * mixes.length * inner];
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < mixes.length; i++) {
                for (int k = 0; k < mixes[i].places.length; k++) {
                    int from = (o * size + mixes[i].places[k]) * inner;
                    int to = (o * mixes.length + i) * inner;
                    for (int n = 0; n < inner; n++) {
                        y[to + n] += mixes[i].weights[k] * x[from + n];
                    }
                }
            }
        }
        return y;
    }
}
