package org.espalier.generator.ir.op;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The geometry of a convolution or pooling over the axes behind the channels: PyTorch's {@code kernel_size},
 * {@code stride}, {@code padding}, {@code dilation}, each along every axis, and {@code output_padding}, which only
 * transposed convolutions have.
 */
public record WindowGeometry(Sizes kernel, Sizes stride, Sizes padding, Sizes dilation, Sizes outputPadding) {
    /** The first axis that a window slides along: behind the batch and the channels. */
    public static final int FIRST = 2;

    /** Numbers of axes that windows can slide along: of sequences, images and volumes. */
    public static final List<Integer> AXES = List.of(1, 2, 3);

    /**
     * A size along each axis: of a sequence its length; of an image height and width; of a volume depth before them.
     */
    public record Sizes(List<Integer> sizes) {
        /** Copies the list. */
        public Sizes {
            sizes = List.copyOf(sizes);
            if (sizes.isEmpty()) {
                throw new IllegalArgumentException("there are no sizes");
            }
        }

        /** Sizes. */
        public static Sizes of(Integer... sizes) {
            return new Sizes(List.of(sizes));
        }

        /** The same size along each of some axes. */
        public static Sizes all(int axes, int size) {
            return new Sizes(Collections.nCopies(axes, size));
        }

        /** Those of a shape behind its channels. */
        public static Sizes of(Shape shape) {
            return new Sizes(
                    IntStream.range(FIRST, shape.rank()).mapToObj(shape::axis).toList());
        }

        /** Counts the axes. */
        public int axes() {
            return sizes.size();
        }

        /** The size along an axis, counted from 0. */
        public int at(int axis) {
            return sizes.get(axis);
        }

        /** Tells whether all are of this size. */
        public boolean isAll(int size) {
            return sizes.stream().allMatch(one -> one == size);
        }

        /** Tells whether all are the same. */
        public boolean areSame() {
            return isAll(sizes.get(0));
        }

        /** Their product. */
        public long elements() {
            return sizes.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        }

        /** Other sizes, and these behind them. */
        public Integer[] behind(Integer... first) {
            return Stream.concat(Arrays.stream(first), sizes.stream()).toArray(Integer[]::new);
        }

        private boolean isBelow(int least) {
            return sizes.stream().anyMatch(size -> size < least);
        }

        @Override
        public String toString() {
            return areSame()
                    ? Integer.toString(sizes.get(0))
                    : sizes.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
        }
    }

    /** Checks the ranges that PyTorch demands. */
    public WindowGeometry {
        if (kernel.isBelow(1)) {
            throw new IllegalArgumentException("kernel must be at least 1: " + kernel);
        }
        if (stride.isBelow(1)) {
            throw new IllegalArgumentException("stride must be at least 1: " + stride);
        }
        if (dilation.isBelow(1)) {
            throw new IllegalArgumentException("dilation must be at least 1: " + dilation);
        }
        if (padding.isBelow(0) || outputPadding.isBelow(0)) {
            throw new IllegalArgumentException("padding must not be negative: " + padding + ", " + outputPadding);
        }
        if (List.of(stride, padding, dilation, outputPadding).stream().anyMatch(of -> of.axes() != kernel.axes())) {
            throw new IllegalArgumentException("sizes along " + kernel.axes() + " axes were expected: " + stride + ", "
                    + padding + ", " + dilation + ", " + outputPadding);
        }
    }

    /** Counts the axes that it slides along. */
    public int axes() {
        return kernel.axes();
    }

    /**
     * Tells whether it slides over a large image and meets a small one, both [batch, channels, sizes…].
     *
     * @param transposed whether the large image is made of the small one
     */
    public boolean joins(Shape small, Shape large, boolean transposed) {
        return IntStream.range(0, axes()).allMatch(axis -> {
            long rest = rest(small, large, axis);
            int more = outputPadding.at(axis);
            return transposed ? rest == more : rest >= 0 && rest < stride.at(axis) && more == 0;
        });
    }

    /** As {@link #joins}, for a pool, whose last window may also reach beyond the image and its padding. */
    public boolean pools(Shape small, Shape large) {
        return IntStream.range(0, axes()).allMatch(axis -> {
            long rest = rest(small, large, axis);
            int step = stride.at(axis);
            long last = (small.axis(FIRST + axis) - 1L) * step;
            boolean beginsInside = last < large.axis(FIRST + axis) + padding.at(axis);
            return rest < step && (rest >= 0 || (rest > -step && beginsInside));
        });
    }

    /** Measures what is left behind the last window; below 0 if that reaches beyond the image and its padding. */
    private long rest(Shape small, Shape large, int axis) {
        long covered =
                (small.axis(FIRST + axis) - 1L) * stride.at(axis) + (kernel.at(axis) - 1L) * dilation.at(axis) + 1;
        return large.axis(FIRST + axis) + 2L * padding.at(axis) - covered;
    }
}
