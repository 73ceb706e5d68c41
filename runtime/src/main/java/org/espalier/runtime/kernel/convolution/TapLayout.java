package org.espalier.runtime.kernel.convolution;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.window.Window;

/**
 * The order in which {@link DepthwiseConvolution} has planes, so that a tap meets elements of the image at one distance
 * from those of the map, whatever the place: the sums of all places are one loop, without bounds to look at.
 *
 * <p>A window that moves by s meets, with those taps whose q·dilation has one remainder modulo s, every s-th element of
 * the padded image: a phase. Element e of the phase of remainder r is place e·s + r − padding of the image, and tap q
 * meets element j + ⌊q·dilation / s⌋ of it at place j of the map. Rows of the map lie as far apart as those of a phase:
 * what is between them is computed for nothing, or is 0. Along the last axis short strides are done that way too, since
 * taking rows of the image apart element by element takes longer than the sums.
 */
final class TapLayout {
    /** Elements of phases, for each of image and map, above which most are padding. */
    private static final int WASTE = 3;

    /** Elements up to which that does not matter. */
    private static final int FEW = 1 << 10;

    /** Strides along the last axis up to which the map is spread, rather than the image taken apart. */
    private static final int SHORT = 3;

    private final TapAxis z;
    private final TapAxis y;
    private final TapAxis x;

    /** Elements of a row from one place of the map to the next. */
    private final int step;

    private final int places;
    private final int row;
    private final int slice;

    /** Elements of a phase, and from the start of one to the start of the next. */
    final int phase;

    /** Elements of all phases, one after another. */
    final int size;

    /** Elements from the map's first place to its last, both included. */
    final int count;

    /** Greatest distance of what a tap meets from the start of its phase. */
    final int reach;

    /** Each tap's element of the phases for the first place. */
    final int[] taps;

    private TapLayout(TapAxis z, TapAxis y, TapAxis x, int step) {
        this.z = z;
        this.y = y;
        this.x = x;
        this.step = step;
        places = (x.map - 1) / step + 1;
        row = (int) x.pitch();
        slice = row * (int) y.pitch();
        phase = slice * (int) z.pitch();
        size = phase * phases(z, y, x);
        count = at(z.map - 1, y.map - 1, x.map - 1) + 1;
        int kernel = z.kernel() * y.kernel() * x.kernel();
        taps = new int[kernel];
        for (int tap = 0; tap < kernel; tap++) {
            int d = tap / x.kernel() / y.kernel();
            int p = tap / x.kernel() % y.kernel();
            int q = tap % x.kernel();
            taps[tap] = index(z.phase(d), y.phase(p), x.phase(q)) * phase + at(z.shift(d), y.shift(p), x.shift(q));
        }
        reach = at(z.shift(z.kernel() - 1), y.shift(y.kernel() - 1), x.shift(x.kernel() - 1));
    }

    /** The layout for a window, if most of it is not padding. */
    static Optional<TapLayout> of(Operand image, Operand map, Window window) {
        Window.Sizes kernel = window.kernel();
        Window.Sizes stride = window.stride();
        Window.Sizes padding = window.padding();
        Window.Sizes dilation = window.dilation();
        TapAxis z =
                new TapAxis(image.depth, map.depth, kernel.depth(), stride.depth(), padding.depth(), dilation.depth());
        TapAxis y = new TapAxis(
                image.height / image.depth,
                map.height / map.depth,
                kernel.height(),
                stride.height(),
                padding.height(),
                dilation.height());
        int step = stride.width() <= SHORT ? stride.width() : 1;
        TapAxis x = new TapAxis(
                image.width,
                (map.width - 1) * step + 1,
                kernel.width(),
                stride.width() / step,
                padding.width(),
                dilation.width());
        double size = (double) z.pitch() * y.pitch() * x.pitch() * phases(z, y, x);
        double plane = (double) image.height * image.width + (double) map.height * map.width;
        return size <= WASTE * plane + FEW ? Optional.of(new TapLayout(z, y, x, step)) : Optional.empty();
    }

    private static int phases(TapAxis z, TapAxis y, TapAxis x) {
        return z.phases() * y.phases() * x.phases();
    }

    private int index(int ofZ, int ofY, int ofX) {
        return (ofZ * y.phases() + ofY) * x.phases() + ofX;
    }

    private int at(int ofZ, int ofY, int ofX) {
        return ofZ * slice + ofY * row + ofX;
    }

    /** The taps that meet a phase, ascending. */
    int[] tapsOf(int index) {
        return IntStream.range(0, taps.length)
                .filter(tap -> taps[tap] / phase == index)
                .toArray();
    }

    /** Elements between what a tap meets at the map's first place and the start of its phase. */
    int shift(int tap) {
        return taps[tap] % phase;
    }

    /** Brings a plane of the image to its phases; what is padding stays as it is. */
    void toPhases(float[] plane, float[] phases, int at) {
        forEachRow((from, to, elements) -> {
            if (x.stride() == 1) {
                System.arraycopy(plane, from, phases, at + to, elements);
            } else {
                for (int i = 0; i < elements; i++) {
                    phases[at + to + i] = plane[from + i * x.stride()];
                }
            }
        });
    }

    /** Brings phases to a plane of the image; what no tap meets becomes {@code other}. */
    void toPlane(float[] phases, float[] plane, float other) {
        Arrays.fill(plane, 0, z.image * y.image * x.image, other);
        forEachRow((to, from, elements) -> {
            if (x.stride() == 1) {
                System.arraycopy(phases, from, plane, to, elements);
            } else {
                for (int i = 0; i < elements; i++) {
                    plane[to + i * x.stride()] = phases[from + i];
                }
            }
        });
    }

    /** Some elements of a row: the first one's place in the plane, and in the phases. */
    private interface Row {
        void run(int plane, int phases, int count);
    }

    private void forEachRow(Row work) {
        for (int c = 0; c < z.phases(); c++) {
            for (int b = 0; b < y.phases(); b++) {
                for (int a = 0; a < x.phases(); a++) {
                    forEachRow(c, b, a, work);
                }
            }
        }
    }

    private void forEachRow(int c, int b, int a, Row work) {
        int first = x.first(a);
        int elements = x.end(a) - first;
        if (elements <= 0) {
            return;
        }
        for (int k = z.first(c); k < z.end(c); k++) {
            for (int i = y.first(b); i < y.end(b); i++) {
                work.run(
                        (z.place(c, k) * y.image + y.place(b, i)) * x.image + x.place(a, first),
                        index(c, b, a) * phase + at(k, i, first),
                        elements);
            }
        }
    }

    /** Brings a plane of the map apart; what is between its places stays as it is. */
    void spread(float[] plane, float[] wide, int at) {
        for (int k = 0; k < z.map * y.map; k++) {
            int to = at + at(k / y.map, k % y.map, 0);
            if (step == 1) {
                System.arraycopy(plane, k * places, wide, to, places);
            } else {
                for (int i = 0; i < places; i++) {
                    wide[to + i * step] = plane[k * places + i];
                }
            }
        }
    }

    /** Brings the places of a plane of the map together, where they lie. */
    void gather(float[] wide) {
        for (int k = 0; k < z.map * y.map; k++) {
            int from = at(k / y.map, k % y.map, 0);
            if (step == 1) {
                System.arraycopy(wide, from, wide, k * places, places);
            } else {
                for (int i = 0; i < places; i++) {
                    wide[k * places + i] = wide[from + i * step];
                }
            }
        }
    }
}
