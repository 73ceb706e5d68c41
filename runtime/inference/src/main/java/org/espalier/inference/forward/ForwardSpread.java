package org.espalier.inference.forward;

import java.util.Arrays;
import org.espalier.inference.convolution.Volume;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;

/** Padding and repetition along the last axes. */
public final class ForwardSpread {
    private ForwardSpread() {}

    /** Puts a number around x, so many times before it along each of the last axes. */
    public static void pad(FloatTensor x, FloatTensor y, float fill, int... before) {
        spread(x, y, fill, axes((i, pad, size) -> i - pad < size ? i - pad : -1, before));
    }

    /** Mirrors x at its edges. */
    public static void reflect(FloatTensor x, FloatTensor y, int... before) {
        spread(x, y, 0, axes((i, pad, size) -> mirrored(i - pad, size), before));
    }

    private static int mirrored(int place, int size) {
        int inside = Math.abs(place);
        return inside < size ? inside : 2 * (size - 1) - inside;
    }

    /** Repeats the edges of x. */
    public static void replicate(FloatTensor x, FloatTensor y, int... before) {
        spread(x, y, 0, axes((i, pad, size) -> Math.max(0, Math.min(size - 1, i - pad)), before));
    }

    /** Repeats x itself. */
    public static void wrap(FloatTensor x, FloatTensor y, int... before) {
        spread(x, y, 0, axes((i, pad, size) -> Math.floorMod(i - pad, size), before));
    }

    /** Repeats each element so many times along each of the last axes. */
    public static void repeat(FloatTensor x, FloatTensor y, int... times) {
        spread(x, y, 0, axes((i, repeated, size) -> i / repeated, times));
    }

    /** Along an axis, the place of x that a place of y is, by a number of the axis; below 0 for none. */
    private interface Place {
        int of(int i, int parameter, int size);
    }

    private static Axis[] axes(Place place, int... parameters) {
        Axis[] axes = new Axis[parameters.length];
        for (int a = 0; a < axes.length; a++) {
            int parameter = parameters[a];
            axes[a] = (i, size) -> place.of(i, parameter, size);
        }
        return axes;
    }

    /** The place of x that a place of y is along an axis, x being of a size; below 0 for none. */
    private interface Axis {
        int place(int place, int size);
    }

    /** Images whose elements are each one of x, or a constant; the axes are the last ones. */
    private static void spread(FloatTensor x, FloatTensor y, float fill, Axis... axes) {
        Volume in = Volume.of(x);
        Volume out = Volume.of(y);
        int[] planes = places(axes, 3, in.depth(), out.depth());
        int[] rows = places(axes, 2, in.height(), out.height());
        int[] columns = places(axes, 1, in.width(), out.width());
        int channels = y.elements / out.size();
        ParallelLoop.forEach(y.samples * channels, 4L * y.samples * y.elements, turn -> {
            int from = x.at(turn / channels) + turn % channels * in.size();
            int to = y.at(turn / channels) + turn % channels * out.size();
            for (int d = 0; d < out.depth(); d++) {
                for (int h = 0; h < out.height(); h++, to += out.width()) {
                    if (planes[d] < 0 || rows[h] < 0) {
                        Arrays.fill(y.data(), to, to + out.width(), fill);
                        continue;
                    }
                    int row = from + (planes[d] * in.height() + rows[h]) * in.width();
                    for (int w = 0; w < out.width(); w++) {
                        y.data()[to + w] = columns[w] < 0 ? fill : x.data()[row + columns[w]];
                    }
                }
            }
        });
    }

    private static int[] places(Axis[] axes, int fromLast, int ofX, int ofY) {
        int[] places = new int[ofY];
        boolean given = axes.length >= fromLast;
        Arrays.setAll(places, i -> given ? axes[axes.length - fromLast].place(i, ofX) : i);
        return places;
    }
}
