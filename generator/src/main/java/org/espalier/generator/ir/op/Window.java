package org.espalier.generator.ir.op;

import java.util.function.ToIntFunction;

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

    /**
     * Whether it slides over a large image and meets a small one, both [batch, channels, height, width].
     *
     * @param transposed whether the large image is made of the small one
     */
    public boolean joins(Shape small, Shape large, boolean transposed) {
        return joins(small.axis(2), large.axis(2), transposed, Pair::height)
                && joins(small.axis(3), large.axis(3), transposed, Pair::width);
    }

    /** Whether the last of {@code small} places of the window lies within {@code large}, and one more would not. */
    private boolean joins(int small, int large, boolean transposed, ToIntFunction<Pair> along) {
        int step = along.applyAsInt(stride);
        int more = along.applyAsInt(outputPadding);
        long covered = (small - 1L) * step + (along.applyAsInt(kernel) - 1L) * along.applyAsInt(dilation) + 1;
        long rest = large + 2L * along.applyAsInt(padding) - covered;
        return transposed ? rest == more : rest >= 0 && rest < step && more == 0;
    }
}
