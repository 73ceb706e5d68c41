package org.espalier.runtime.kernel.convolution;

import java.nio.FloatBuffer;

/**
 * Convolutions of images too small for matrix products of columns to be fast. An implementation is found as a
 * {@link java.util.ServiceLoader} service; without one, they are computed like others. What it keeps of the weights is
 * on the heap, next to the network's {@link Workspace}.
 */
public interface SmallConvolution {
    /** Tells whether it works in this JVM. */
    boolean isAvailable();

    /**
     * Tells whether it is faster than matrix products for a convolution that moves by one, without dilation or groups.
     */
    boolean takes(Shape shape);

    /**
     * Brings weights to the form that it computes with.
     *
     * @param weight [out, in, kH, kW]
     */
    Prepared prepare(FloatBuffer weight, Shape shape);

    /**
     * Sizes of a convolution, the same for each sample: channels, kernel, padding, image and map.
     *
     * @param inputs channels of the image
     * @param outputs channels of the map
     * @param kernelHeight rows of the kernel
     * @param kernelWidth columns of the kernel
     * @param paddingHeight rows of zeros above and below
     * @param paddingWidth columns of zeros left and right
     * @param height rows of the image
     * @param width columns of the image
     * @param mapHeight rows of the map
     * @param mapWidth columns of the map
     */
    record Shape(
            int inputs,
            int outputs,
            int kernelHeight,
            int kernelWidth,
            int paddingHeight,
            int paddingWidth,
            int height,
            int width,
            int mapHeight,
            int mapWidth) {}

    /** A convolution by weights that do not change. Several threads may use it at a time. */
    interface Prepared {
        /** Rows of tiles that the map of one sample is made of. */
        int rows();

        /**
         * map = W · image + b, for some rows of tiles of one sample.
         *
         * @param image the image, [in, height, width] from place {@code from} on
         * @param map the map, [out, mapHeight, mapWidth] from place {@code to} on
         * @param bias one number for each channel of the map
         * @param first the first row of tiles
         * @param end the one behind the last, above {@code first}
         */
        void toMap(FloatBuffer image, int from, FloatBuffer map, int to, float[] bias, int first, int end);

        /** Returns the size of what was made of the weights. */
        long bytes();
    }
}
