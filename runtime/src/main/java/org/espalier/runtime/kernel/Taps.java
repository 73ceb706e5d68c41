package org.espalier.runtime.kernel;

/**
 * Where a window meets an image. Along one axis, place {@code j} of the map and element {@code q} of the kernel meet
 * place {@code j·stride + shift} of the image, shift being {@code q·dilation − padding}.
 */
final class Taps {
    private Taps() {}

    /** The first j ≥ 0 whose place is not before the image. */
    static int first(int shift, int stride) {
        return shift >= 0 ? 0 : -Math.floorDiv(shift, stride);
    }

    /** The first j from which on places are behind an image of this size, at most {@code count}. */
    static int end(int shift, int stride, int size, int count) {
        return shift >= size ? 0 : Math.min(count, (size - 1 - shift) / stride + 1);
    }

    /** Places of the image, {@code step} apart, and of the map that element {@code tap} of the kernel connects. */
    interface Tap {
        void run(int tap, int from, int step, int to, int count);
    }

    /** Visits the taps of one channel, some of a row of the map at a time. */
    static void forEach(Operand image, Operand map, Window window, Tap tap) {
        for (int p = 0; p < window.kernelHeight(); p++) {
            for (int q = 0; q < window.kernelWidth(); q++) {
                int shift = q * window.dilationWidth() - window.paddingWidth();
                int first = first(shift, window.strideWidth());
                int end = end(shift, window.strideWidth(), image.width, map.width);
                for (int i = 0; i < map.height && first < end; i++) {
                    int row = i * window.strideHeight() - window.paddingHeight() + p * window.dilationHeight();
                    if (row >= 0 && row < image.height) {
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
    static void requireInside(Operand image, Operand map, Window window) {
        requireInside(
                "row",
                window.kernelHeight(),
                window.strideHeight(),
                window.paddingHeight(),
                window.dilationHeight(),
                image.height,
                map.height);
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
