package org.espalier.generator.ir;

/**
 * The geometry of a convolution or pooling: PyTorch's {@code kernel_size}, {@code stride}, {@code padding},
 * {@code dilation}, each as (height, width), and {@code output_padding}, which only transposed convolutions have.
 */
public record Window(Pair kernel, Pair stride, Pair padding, Pair dilation, Pair outputPadding) {
    /** Sizes along height and width. */
    public record Pair(int height, int width) {
        @Override
        public String toString() {
            return height == width ? Integer.toString(height) : "(" + height + ", " + width + ")";
        }
    }

    /** Checks the ranges that PyTorch demands. */
    public Window {
        if (kernel.height() < 1 || kernel.width() < 1) {
            throw new IllegalArgumentException("kernel must be at least 1: " + kernel);
        }
        if (stride.height() < 1 || stride.width() < 1) {
            throw new IllegalArgumentException("stride must be at least 1: " + stride);
        }
        if (dilation.height() < 1 || dilation.width() < 1) {
            throw new IllegalArgumentException("dilation must be at least 1: " + dilation);
        }
        if (padding.height() < 0 || padding.width() < 0 || outputPadding.height() < 0 || outputPadding.width() < 0) {
            throw new IllegalArgumentException("padding must not be negative: " + padding + ", " + outputPadding);
        }
    }
}
