package org.espalier.runtime.kernel;

/**
 * Where a window meets an image. Along one axis, place {@code j} of the map and element {@code q} of the kernel meet
 * place {@code j·stride + shift} of the image, shift being {@code q·dilation − padding}.
 */
final class Taps {
    private Taps() {}

    /** The first j ≥ 0 whose place is not before the image. */
    static int first(int shift, int stride) {
        return shift >= 0 ? 0 : (stride - 1 - shift) / stride;
    }

    /** The first j from which on places are behind an image of this size, at most {@code count}. */
    static int end(int shift, int stride, int size, int count) {
        return shift >= size ? 0 : Math.min(count, (size - 1 - shift) / stride + 1);
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
