package org.espalier.runtime.kernel.window;

import org.espalier.runtime.kernel.memory.Operand;

/**
 * Index arithmetic of windows that slide over an image: the places where their taps meet it. Along one axis, place
 * {@code j} of the map and element {@code q} of the kernel meet place {@code j·stride + shift} of the image, shift
 * being {@code q·dilation − padding}.
 */
public final class Taps {
    private Taps() {}

    /** The first j ≥ 0 whose place is not before the image. */
    public static int first(int shift, int stride) {
        return shift >= 0 ? 0 : -Math.floorDiv(shift, stride);
    }

    /** The first j from which on places are behind an image of this size, at most {@code count}. */
    public static int end(int shift, int stride, int size, int count) {
        return shift >= size ? 0 : Math.min(count, (size - 1 - shift) / stride + 1);
    }

    /** The row of the image that row p of the kernel meets at row i of the map; below 0 if it lies in the padding. */
    public static int row(Operand image, Operand map, Window window, int p, int i) {
        if (isFlat(image, map, window)) {
            int row = i * window.strideHeight() - window.paddingHeight() + p * window.dilationHeight();
            return row < image.height ? row : -1;
        }
        int rows = image.height / image.depth;
        int rowsOfMap = map.height / map.depth;
        int row = i % rowsOfMap * window.strideHeight()
                - window.paddingHeight()
                + p % window.kernelHeight() * window.dilationHeight();
        int slice = i / rowsOfMap * window.stride().depth()
                - window.padding().depth()
                + p / window.kernelHeight() * window.dilation().depth();
        return row >= 0 && row < rows && slice >= 0 && slice < image.depth ? slice * rows + row : -1;
    }

    /** Tells whether a window slides over images, not over volumes of several slices. */
    public static boolean isFlat(Operand image, Operand map, Window window) {
        return image.depth == 1 && map.depth == 1 && window.kernel().depth() == 1;
    }

    /** Places of the image, {@code step} apart, and of the map that element {@code tap} of the kernel connects. */
    public interface Tap {
        void run(int tap, int from, int step, int to, int count);
    }

    /** Visits the taps of one channel, some of a row of the map at a time. */
    public static void forEach(Operand image, Operand map, Window window, Tap tap) {
        forEach(image, map, window, 0, map.height, tap);
    }

    /** The same in the rows of the map from {@code top} to {@code bottom}, exclusive. */
    public static void forEach(Operand image, Operand map, Window window, int top, int bottom, Tap tap) {
        for (int p = 0; p < window.kernelRows(); p++) {
            for (int q = 0; q < window.kernelWidth(); q++) {
                int shift = q * window.dilationWidth() - window.paddingWidth();
                int first = first(shift, window.strideWidth());
                int end = end(shift, window.strideWidth(), image.width, map.width);
                for (int i = top; i < bottom && first < end; i++) {
                    int row = row(image, map, window, p, i);
                    if (row >= 0) {
                        tap.run(
                                p * window.kernelWidth() + q,
                                row * image.width + first * window.strideWidth() + shift,
                                window.strideWidth(),
                                i * map.width + first,
                                end - first);
                    }
                }
            }
        }
    }

    /**
     * Checks that each window of a pooling has an element to choose.
     *
     * @throws IllegalArgumentException if one lies in the padding alone
     */
    public static void requireInside(Operand image, Operand map, Window window) {
        requireInside(
                "slice",
                window.kernel().depth(),
                window.stride().depth(),
                window.padding().depth(),
                window.dilation().depth(),
                image.depth,
                map.depth);
        requireInside(
                "row",
                window.kernelHeight(),
                window.strideHeight(),
                window.paddingHeight(),
                window.dilationHeight(),
                image.height / image.depth,
                map.height / map.depth);
        requireInside(
                "column",
                window.kernelWidth(),
                window.strideWidth(),
                window.paddingWidth(),
                window.dilationWidth(),
                image.width,
                map.width);
    }

    private static void requireInside(
            String what, int kernel, int stride, int padding, int dilation, int size, int count) {
        for (int j = 0; j < count; j++) {
            boolean inside = false;
            for (int q = 0; q < kernel && !inside; q++) {
                int place = j * stride - padding + q * dilation;
                inside = place >= 0 && place < size;
            }
            if (!inside) {
                throw new IllegalArgumentException("the pooling window of output " + what + " " + j
                        + " lies in the padding alone: kernel " + kernel + ", stride " + stride + ", padding " + padding
                        + ", dilation " + dilation + " over " + size + " " + what
                        + "s; padding should be at most half the kernel");
            }
        }
    }
}
