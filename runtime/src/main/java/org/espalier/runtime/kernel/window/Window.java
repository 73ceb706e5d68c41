package org.espalier.runtime.kernel.window;

/**
 * The geometry of a convolution or pooling over one, two or three axes: what PyTorch calls {@code kernel_size},
 * {@code stride}, {@code padding}, {@code dilation} and {@code output_padding}. Immutable: {@code Window.kernel(4,
 * 4).stride(2, 2).padding(1, 1)} slides over images, {@code Window.kernel(3)} over sequences, {@code Window.kernel(3,
 * 3, 3)} over volumes. Sizes are those of the last axes: a sequence is an image of one row, an image a volume of one
 * slice.
 *
 * <p>Along each axis, place {@code i} of the output sees the places {@code i·stride − padding + p·dilation} of the
 * input for {@code 0 ≤ p < kernel}.
 *
 * @param kernel the size of the kernel, at least 1
 * @param stride from one output's window to the next, at least 1
 * @param padding zeros (−∞ when pooling) before and behind, at least 0
 * @param dilation from one element of the kernel to the next, at least 1
 * @param outputPadding what a transposed convolution adds behind, at least 0; kernels take the sizes of their arrays
 *     and never look at it
 */
public record Window(Sizes kernel, Sizes stride, Sizes padding, Sizes dilation, Sizes outputPadding) {
    /** Sizes along the last three axes. */
    public record Sizes(int depth, int height, int width) {
        /** Sizes of the last axes, with another for the axes before. */
        private static Sizes of(int before, int... last) {
            if (last.length < 1 || last.length > 3) {
                throw new IllegalArgumentException("a window has 1, 2 or 3 axes, not " + last.length);
            }
            return new Sizes(
                    last.length < 3 ? before : last[0],
                    last.length < 2 ? before : last[last.length - 2],
                    last[last.length - 1]);
        }

        private boolean isBelow(int least) {
            return depth < least || height < least || width < least;
        }

        /** {@code (1, 4, 4)}. */
        @Override
        public String toString() {
            return "(" + depth + ", " + height + ", " + width + ")";
        }
    }

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a size is out of its range
     */
    public Window {
        atLeast(1, "kernel", kernel);
        atLeast(1, "stride", stride);
        atLeast(0, "padding", padding);
        atLeast(1, "dilation", dilation);
        atLeast(0, "output padding", outputPadding);
    }

    /** A kernel that moves by one, without padding or dilation. */
    public static Window kernel(int... sizes) {
        Sizes one = new Sizes(1, 1, 1);
        Sizes zero = new Sizes(0, 0, 0);
        return new Window(Sizes.of(1, sizes), one, zero, one, zero);
    }

    /** This window with another stride. */
    public Window stride(int... sizes) {
        return new Window(kernel, Sizes.of(1, sizes), padding, dilation, outputPadding);
    }

    /** This window with other padding. */
    public Window padding(int... sizes) {
        return new Window(kernel, stride, Sizes.of(0, sizes), dilation, outputPadding);
    }

    /** This window with another dilation. */
    public Window dilation(int... sizes) {
        return new Window(kernel, stride, padding, Sizes.of(1, sizes), outputPadding);
    }

    /** This window with other output padding. */
    public Window outputPadding(int... sizes) {
        return new Window(kernel, stride, padding, dilation, Sizes.of(0, sizes));
    }

    public int kernelHeight() {
        return kernel.height;
    }

    public int kernelWidth() {
        return kernel.width;
    }

    public int strideHeight() {
        return stride.height;
    }

    public int strideWidth() {
        return stride.width;
    }

    public int paddingHeight() {
        return padding.height;
    }

    public int paddingWidth() {
        return padding.width;
    }

    public int dilationHeight() {
        return dilation.height;
    }

    public int dilationWidth() {
        return dilation.width;
    }

    /** Rows of the kernel, those of all its slices. */
    public int kernelRows() {
        return kernel.depth * kernel.height;
    }

    /** Elements of the kernel. */
    public int kernelSize() {
        return kernel.depth * kernel.height * kernel.width;
    }

    private static void atLeast(int least, String what, Sizes sizes) {
        if (sizes.isBelow(least)) {
            throw new IllegalArgumentException(what + " must be at least " + least + ", but is " + sizes);
        }
    }
}
