package org.espalier.runtime.kernel.convolution;

/**
 * The sizes of the pieces that convolutions on floats are computed in, which depend on the caches of a processor. They
 * change the time that a convolution takes, and the order in which its sums are added.
 *
 * @param columnsSize floats of columns at a time
 * @param fewPlaces places at a time below which matrix products get slow
 * @param manyPlaces places at a time above which they get no faster
 * @param placesTogether places up to which samples are taken together
 * @param largeWeight elements of a weight above which its gradient is not computed for several parts of the batch at
 *     the same time
 * @param tilesSize floats of {@link WinogradConvolution}'s V and M at a time
 */
record ConvolutionTuning(
        int columnsSize, int fewPlaces, int manyPlaces, int placesTogether, int largeWeight, int tilesSize) {
    /** Columns of 4 MiB, and tiles of 16 MiB. */
    static final ConvolutionTuning CPU = new ConvolutionTuning(1 << 20, 256, 4096, 1024, 1 << 18, 1 << 22);
}
