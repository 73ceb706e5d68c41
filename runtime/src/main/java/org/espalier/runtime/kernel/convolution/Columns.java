package org.espalier.runtime.kernel.convolution;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.window.Strided;
import org.espalier.runtime.kernel.window.Taps;
import org.espalier.runtime.kernel.window.Window;

/**
 * The columns of an image under a window: row (c, p, q) and the column of a place hold the image's element of channel c
 * that kernel element (p, q) meets there, 0 in the padding.
 *
 * <p>Between the image and the columns stand lanes, on the heap: lane (q, phase) of a channel has the image's rows of
 * one phase (one remainder by the stride) as column q of the kernel meets them on its way along the row, so it is as
 * wide as the map. Of a lane, each row of the kernel that has this phase sees a range of rows in one piece: so the
 * strided copying is done once for several rows of the columns, and these are bulk copies.
 */
final class Columns {
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
    void make(FloatConvolution.Part part, FloatBuffer to, int offset) {
        int n = part.places(map);
        int placesOfSample = n / part.samples();
        Lanes lanes = new Lanes(part);
        int top = lanes.top();
        int size = (lanes.bottom() - top) * image.width;
        int[] firstOfPhases = lanes.firstOfPhases();
        Channels.forEach(image.channels, kernelSize * n, c -> {
            Scratch scratch = Scratch.get();
            float[] pixels = scratch.plane(size);
            float[] lane = scratch.lane(lanes.size());
            for (int s = part.first(); s < part.end(); s++) {
                image.get(start(s, c, top), pixels, size);
                int at = offset + c * kernelSize * n + (s - part.first()) * placesOfSample;
                for (int q = 0; q < window.kernelWidth(); q++) {
                    for (int first : firstOfPhases) {
                        int phase = lanes.phase(first);
                        lanes.fill(lane, q, phase, pixels, top);
                        for (int p = first; p < window.kernelHeight(); p++) {
                            if (lanes.phase(p) == phase) {
                                int row = p * window.kernelWidth() + q;
                                to.put(at + row * n, lane, lanes.start(p), placesOfSample);
                            }
                        }
                    }
                }
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
    int addToImage(FloatConvolution.Part part, FloatBuffer from, int offset, int done, float[] bias) {
        int n = part.places(map);
        int placesOfSample = n / part.samples();
        Lanes lanes = new Lanes(part);
        int top = Math.min(done, lanes.top());
        int bottom = part.bottom() == map.height ? image.height : Math.max(done, lanes.bottom());
        int size = (bottom - top) * image.width;
        int[] firstOfPhases = lanes.firstOfPhases();
        Channels.forEach(image.channels, kernelSize * n, c -> {
            Scratch scratch = Scratch.get();
            float[] pixels = scratch.plane(size);
            float[] lane = scratch.lane(lanes.size());
            float[] row = scratch.row(lanes.size());
            for (int s = part.first(); s < part.end(); s++) {
                image.get(start(s, c, top), pixels, (done - top) * image.width);
                Arrays.fill(pixels, (done - top) * image.width, size, bias[c]);
                int at = offset + c * kernelSize * n + (s - part.first()) * placesOfSample;
                for (int q = 0; q < window.kernelWidth(); q++) {
                    for (int first : firstOfPhases) {
                        int phase = lanes.phase(first);
                        Arrays.fill(lane, 0, lanes.size(), 0);
                        from.get(at + (first * window.kernelWidth() + q) * n, lane, lanes.start(first), placesOfSample);
                        for (int p = first + 1; p < window.kernelHeight(); p++) {
                            if (lanes.phase(p) == phase) {
                                int start = lanes.start(p);
                                from.get(at + (p * window.kernelWidth() + q) * n, row, start, placesOfSample);
                                add(lane, row, start, start + placesOfSample);
                            }
                        }
                        lanes.addTo(pixels, top, lane, q, phase);
                    }
                }
                image.put(start(s, c, top), pixels, size);
            }
        });
        return bottom;
    }

    private int start(int sample, int channel, int row) {
        return sample * image.sampleStride + (channel * image.height + row) * image.width;
    }

    private static void add(float[] sum, float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            sum[i] += values[i];
        }
    }

    /** Sets an element of every row to zero. */
    private static void clear(float[] lane, int from, int to, int step) {
        for (int i = from; i < to; i += step) {
            lane[i] = 0;
        }
    }

    /** The geometry of the lanes of a part of the map. */
    private final class Lanes {
        /** The row of the image, divided by the stride, that a lane starts with. */
        private final int first;

        private final int rows;

        Lanes(FloatConvolution.Part part) {
            int last = shift(window.kernelHeight() - 1);
            first = part.top() + Math.floorDiv(shift(0), window.strideHeight());
            rows = part.bottom() + Math.floorDiv(last, window.strideHeight()) - first;
        }

        /** Computes the row of the image that row p of the kernel meets at the first row of the map. */
        private int shift(int p) {
            return p * window.dilationHeight() - window.paddingHeight();
        }

        int phase(int p) {
            return Math.floorMod(shift(p), window.strideHeight());
        }

        /** For each phase that a row of the kernel has, the first of its rows: no more than there are rows. */
        int[] firstOfPhases() {
            return IntStream.range(0, window.kernelHeight())
                    .filter(p -> IntStream.range(0, p).noneMatch(before -> phase(before) == phase(p)))
                    .toArray();
        }

        /** Computes the offset in a lane of the first element that row p of the kernel sees. */
        int start(int p) {
            return (Math.floorDiv(shift(p), window.strideHeight()) - Math.floorDiv(shift(0), window.strideHeight()))
                    * map.width;
        }

        /** Elements of a lane. */
        int size() {
            return rows * map.width;
        }

        /** The first row of the image that is in a lane. */
        int top() {
            return (int) Math.min(image.height, Math.max(0, (long) first * window.strideHeight()));
        }

        /** The row of the image behind the last that is in a lane. */
        int bottom() {
            return (int) Math.min(image.height, Math.max(top(), (first + (long) rows) * window.strideHeight()));
        }

        /** The row of the image that a row of a lane is, which may lie outside. */
        private long y(int row, int phase) {
            return (first + (long) row) * window.strideHeight() + phase;
        }

        /** Takes a lane from rows of the image that start with {@code top}. */
        void fill(float[] lane, int q, int phase, float[] pixels, int top) {
            int shift = q * window.dilationWidth() - window.paddingWidth();
            int stride = window.strideWidth();
            int width = map.width;
            int end = Taps.end(shift, stride, image.width, width);
            int begin = Math.min(end, Taps.first(shift, stride));
            if (window.strideHeight() == 1 && stride == 1 && width == image.width && begin < end) {
                shift(lane, shift, pixels, top);
                return;
            }
            for (int i = 0; i < rows; i++) {
                long y = y(i, phase);
                int at = i * width;
                if (y < 0 || y >= image.height) {
                    Arrays.fill(lane, at, at + width, 0);
                    continue;
                }
                Arrays.fill(lane, at, at + begin, 0);
                Arrays.fill(lane, at + end, at + width, 0);
                int from = ((int) y - top) * image.width + shift;
                if (begin < end) {
                    Strided.gather(pixels, from + begin * stride, stride, lane, at + begin, end - begin);
                }
            }
        }

        /**
         * Fills a lane for a stride of 1 and a map as wide as its image: the image moved along by less than its width,
         * with zeros for what came in at the sides from the rows before or behind.
         */
        private void shift(float[] lane, int shift, float[] pixels, int top) {
            int width = map.width;
            int begin = Math.max(0, -first);
            int end = Math.max(begin, Math.min(rows, image.height - first));
            Arrays.fill(lane, 0, begin * width, 0);
            Arrays.fill(lane, end * width, rows * width, 0);
            if (begin == end) {
                return;
            }
            int left = Math.max(0, -shift);
            int right = Math.max(0, shift);
            int from = (first + begin - top) * width + shift;
            System.arraycopy(pixels, from + left, lane, begin * width + left, (end - begin) * width - left - right);
            // Down the sides: along the rows, loops of one or two elements take as long as all the copying.
            for (int j = 0; j < left; j++) {
                clear(lane, begin * width + j, end * width, width);
            }
            for (int j = width - right; j < width; j++) {
                clear(lane, begin * width + j, end * width, width);
            }
        }

        /** The adjoint of {@link #fill}. */
        void addTo(float[] pixels, int top, float[] lane, int q, int phase) {
            int shift = q * window.dilationWidth() - window.paddingWidth();
            int stride = window.strideWidth();
            int begin = Taps.first(shift, stride);
            int end = Taps.end(shift, stride, image.width, map.width);
            for (int i = 0; i < rows; i++) {
                long y = y(i, phase);
                if (y >= 0 && y < image.height) {
                    int to = ((int) y - top) * image.width + shift;
                    int at = i * map.width;
                    if (begin < end) {
                        Strided.add(lane, at + begin, pixels, to + begin * stride, stride, end - begin);
                    }
                }
            }
        }
    }
}
