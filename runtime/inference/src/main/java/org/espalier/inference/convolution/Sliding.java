package org.espalier.inference.convolution;

/**
 * The geometry of a convolution or pool, over one, two or three axes, as PyTorch names it. Along each axis, place
 * {@code i} of the output sees the places {@code i·stride − padding + p·dilation} of the input, for {@code 0 ≤ p <
 * kernel}.
 *
 * @param kernel sizes of the kernel along depth, height and width; those that an input has not are 1
 * @param stride from one window to the next
 * @param padding zeros before the input
 * @param dilation from one element of the kernel to the next
 */
public record Sliding(Sizes kernel, Sizes stride, Sizes padding, Sizes dilation) {
    private static final Sizes ONE = new Sizes(1, 1, 1);

    /** Sizes along the last three axes. */
    public record Sizes(int depth, int height, int width) {
        private static Sizes of(int before, int... last) {
            int n = last.length;
            return new Sizes(n < 3 ? before : last[0], n < 2 ? before : last[n - 2], last[n - 1]);
        }

        public int product() {
            return depth * height * width;
        }
    }

    /** A kernel that moves by one, without padding or dilation. */
    public static Sliding kernel(int... sizes) {
        return new Sliding(Sizes.of(1, sizes), ONE, new Sizes(0, 0, 0), ONE);
    }

    /** This window with another stride. */
    public Sliding stride(int... sizes) {
        return new Sliding(kernel, Sizes.of(1, sizes), padding, dilation);
    }

    /** This window with another padding. */
    public Sliding padding(int... sizes) {
        return new Sliding(kernel, stride, Sizes.of(0, sizes), dilation);
    }

    /** This window with another dilation. */
    public Sliding dilation(int... sizes) {
        return new Sliding(kernel, stride, padding, Sizes.of(1, sizes));
    }

    /** This window; what a transposed convolution adds behind its output is in the output's shape already. */
    public Sliding outputPadding(int... sizes) {
        return this;
    }
}
