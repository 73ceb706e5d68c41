package org.espalier.runtime.kernel;

/**
 * The geometry of a convolution or pooling, each pair as (height, width): what PyTorch calls {@code kernel_size},
 * {@code stride}, {@code padding}, {@code dilation} and {@code output_padding}. Immutable: {@code Window.kernel(4,
 * 4).stride(2, 2).padding(1, 1)}.
 *
 * <p>Output row {@code i} sees the input rows {@code i·stride − padding + p·dilation} for {@code 0 ≤ p < kernel}.
 *
 * @param kernelHeight rows of the kernel, at least 1
 * @param kernelWidth columns of the kernel, at least 1
 * @param strideHeight rows from one output row's window to the next, at least 1
 * @param strideWidth columns from one output column's window to the next, at least 1
 * @param paddingHeight rows of zeros (of −∞ when pooling) above and below, at least 0
 * @param paddingWidth columns of them left and right, at least 0
 * @param dilationHeight rows from one kernel row to the next, at least 1
 * @param dilationWidth columns from one kernel column to the next, at least 1
 * @param outputPaddingHeight rows that a transposed convolution adds below, at least 0; kernels take the sizes of their
 *     arrays and never look at it
 * @param outputPaddingWidth columns that it adds to the right, at least 0
 */
public record Window(
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth,
        int dilationHeight,
        int dilationWidth,
        int outputPaddingHeight,
        int outputPaddingWidth) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a size is out of its range
     */
    public Window {
        atLeast(1, "kernel", kernelHeight, kernelWidth);
        atLeast(1, "stride", strideHeight, strideWidth);
        atLeast(0, "padding", paddingHeight, paddingWidth);
        atLeast(1, "dilation", dilationHeight, dilationWidth);
        atLeast(0, "output padding", outputPaddingHeight, outputPaddingWidth);
    }

    /** A kernel that moves by one, without padding or dilation. */
    public static Window kernel(int height, int width) {
        return new Window(height, width, 1, 1, 0, 0, 1, 1, 0, 0);
    }

    /** This window with another stride. */
    public Window stride(int height, int width) {
        return new Window(
                kernelHeight,
                kernelWidth,
                height,
                width,
                paddingHeight,
                paddingWidth,
                dilationHeight,
                dilationWidth,
                outputPaddingHeight,
                outputPaddingWidth);
    }

    /** This window with other padding. */
    public Window padding(int height, int width) {
        return new Window(
                kernelHeight,
                kernelWidth,
                strideHeight,
                strideWidth,
                height,
                width,
                dilationHeight,
                dilationWidth,
                outputPaddingHeight,
                outputPaddingWidth);
    }

    /** This window with another dilation. */
    public Window dilation(int height, int width) {
        return new Window(
                kernelHeight,
                kernelWidth,
                strideHeight,
                strideWidth,
                paddingHeight,
                paddingWidth,
                height,
                width,
                outputPaddingHeight,
                outputPaddingWidth);
    }

    /** This window with other output padding. */
    public Window outputPadding(int height, int width) {
        return new Window(
                kernelHeight,
                kernelWidth,
                strideHeight,
                strideWidth,
                paddingHeight,
                paddingWidth,
                dilationHeight,
                dilationWidth,
                height,
                width);
    }

    /** Elements of the kernel. */
    int kernelSize() {
        return kernelHeight * kernelWidth;
    }

    private static void atLeast(int least, String what, int height, int width) {
        if (height < least || width < least) {
            throw new IllegalArgumentException(
                    what + " must be at least " + least + ", but is (" + height + ", " + width + ")");
        }
    }
}
