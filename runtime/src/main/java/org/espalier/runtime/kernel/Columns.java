package org.espalier.runtime.kernel;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The columns of an image under a window: row (c, p, q) and the column of a place hold the image's element of channel c
 * that kernel element (p, q) meets there, 0 in the padding. Made and added up a channel at a time, in arrays on the
 * heap.
 */
final class Columns {
    /** Floats of several rows that are brought to the columns at once, for images of few places. */
    private static final int ROWS_SIZE = 1 << 14;

    private final Operand image;
    private final Operand map;
    private final Window window;
    private final int kernelSize;

    Columns(Operand image, Operand map, Window window) {
        this.image = image;
        this.map = map;
        this.window = window;
        kernelSize = window.kernelSize();
    }

    /** Writes the columns of a part of the map, samples one after another within each row. */
    void make(Convolution.Part part, FloatBuffer to, int offset) {
        int n = part.places(map);
        int atOnce = rowsAtOnce(part, n);
        int bottom = reach(part.bottom());
        int top = Math.min(bottom, start(part.top()));
        int plane = image.height * image.width;
        Channels.forEach(image.channels, kernelSize * n, c -> {
            Scratch scratch = Scratch.get();
            float[] pixels = scratch.plane((bottom - top) * image.width);
            float[] rows = scratch.columns(atOnce * n);
            for (int first = 0; first < kernelSize; first += atOnce) {
                int end = Math.min(kernelSize, first + atOnce);
                for (int s = part.first(); s < part.end(); s++) {
                    if (first == 0 || part.samples() > 1) {
                        int from = s * image.sampleStride + c * plane + top * image.width;
                        image.get(from, pixels, (bottom - top) * image.width);
                    }
                    for (int tap = first; tap < end; tap++) {
                        int row = (tap - first) * n + (s - part.first()) * (n / part.samples());
                        gather(part, tap, pixels, top, rows, row);
                    }
                }
                to.put(offset + (c * kernelSize + first) * n, rows, 0, (end - first) * n);
            }
        });
    }

    /**
     * Adds the columns of a part of the map up into the image.
     *
     * @param done rows of the image that hold sums of the parts before, all of the same samples; the others hold
     *     nothing yet and start from the bias
     * @return rows of the image that now hold sums; all of them after the last part
     */
    int addToImage(Convolution.Part part, FloatBuffer from, int offset, int done, float[] bias) {
        int n = part.places(map);
        int atOnce = rowsAtOnce(part, n);
        int bottom = part.bottom() == map.height ? image.height : Math.max(done, reach(part.bottom()));
        int top = Math.min(done, start(part.top()));
        int plane = image.height * image.width;
        Channels.forEach(image.channels, kernelSize * n, c -> {
            Scratch scratch = Scratch.get();
            float[] pixels = scratch.plane((bottom - top) * image.width);
            float[] rows = scratch.columns(atOnce * n);
            for (int s = part.first(); s < part.end(); s++) {
                int at = s * image.sampleStride + c * plane + top * image.width;
                image.get(at, pixels, (done - top) * image.width);
                Arrays.fill(pixels, (done - top) * image.width, (bottom - top) * image.width, bias[c]);
                for (int first = 0; first < kernelSize; first += atOnce) {
                    int end = Math.min(kernelSize, first + atOnce);
                    if (s == part.first() || end - first < kernelSize) {
                        from.get(offset + (c * kernelSize + first) * n, rows, 0, (end - first) * n);
                    }
                    for (int tap = first; tap < end; tap++) {
                        int row = (tap - first) * n + (s - part.first()) * (n / part.samples());
                        scatter(part, tap, rows, row, pixels, top);
                    }
                }
                image.put(at, pixels, (bottom - top) * image.width);
            }
        });
        return bottom;
    }

    private int rowsAtOnce(Convolution.Part part, int n) {
        return part.samples() > 1 ? kernelSize : Math.max(1, Math.min(kernelSize, ROWS_SIZE / n));
    }

    /** The first row of the image that a row of the map sees. */
    private int start(int row) {
        return Math.max(0, row * window.strideHeight() - window.paddingHeight());
    }

    /** The row of the image behind the last that the rows of the map before this one see. */
    private int reach(int row) {
        int last = (row - 1) * window.strideHeight()
                - window.paddingHeight()
                + (window.kernelHeight() - 1) * window.dilationHeight();
        return Math.max(0, Math.min(image.height, last + 1));
    }

    /** Row {@code tap} of the columns of one sample's part, from rows of the image that start with {@code top}. */
    private void gather(Convolution.Part part, int tap, float[] pixels, int top, float[] to, int start) {
        int p = tap / window.kernelWidth();
        int shift = tap % window.kernelWidth() * window.dilationWidth() - window.paddingWidth();
        int stride = window.strideWidth();
        int width = map.width;
        int end = Taps.end(shift, stride, image.width, width);
        int first = Math.min(end, Taps.first(shift, stride));
        int at = start;
        for (int i = part.top(); i < part.bottom(); i++, at += width) {
            int y = i * window.strideHeight() - window.paddingHeight() + p * window.dilationHeight();
            if (y < 0 || y >= image.height) {
                Arrays.fill(to, at, at + width, 0);
                continue;
            }
            int from = (y - top) * image.width + shift;
            Arrays.fill(to, at, at + first, 0);
            Arrays.fill(to, at + end, at + width, 0);
            if (stride == 1 && first < end) {
                System.arraycopy(pixels, from + first, to, at + first, end - first);
            } else {
                for (int j = first; j < end; j++) {
                    to[at + j] = pixels[from + j * stride];
                }
            }
        }
    }

    /** The adjoint of {@link #gather}: adds instead of copying, the other way. */
    private void scatter(Convolution.Part part, int tap, float[] rows, int start, float[] pixels, int top) {
        int p = tap / window.kernelWidth();
        int shift = tap % window.kernelWidth() * window.dilationWidth() - window.paddingWidth();
        int stride = window.strideWidth();
        int first = Taps.first(shift, stride);
        int end = Taps.end(shift, stride, image.width, map.width);
        int at = start;
        for (int i = part.top(); i < part.bottom(); i++, at += map.width) {
            int y = i * window.strideHeight() - window.paddingHeight() + p * window.dilationHeight();
            if (y >= 0 && y < image.height) {
                int to = (y - top) * image.width + shift;
                for (int j = first; j < end; j++) {
                    pixels[to + j * stride] += rows[at + j];
                }
            }
        }
    }
}
