package org.espalier.inference.forward;

import java.util.Arrays;
import org.espalier.inference.convolution.Sliding;
import org.espalier.inference.convolution.Volume;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.espalier.inference.tensor.ScratchArrays;

/** Pools over one, two or three axes. */
public final class ForwardPools {
    private ForwardPools() {}

    /** The reduction of a box of a plane, whose ends lie behind its last elements. */
    private interface Box {
        float of(float[] x, int from, Volume in, int[] begin, int[] end);
    }

    /**
     * The largest element of each window: of its rows at each column first, then of its columns, at every place of a
     * line, since that is faster than at those places alone that windows are at.
     */
    public static void max(FloatTensor x, FloatTensor y, Sliding window) {
        Volume in = Volume.of(x);
        Volume out = Volume.of(y);
        Sliding.Sizes kernel = window.kernel();
        Sliding.Sizes step = window.dilation();
        int channels = y.elements / out.size();
        int windows = (out.width() - 1) * window.stride().width() + 1;
        int width = windows + (kernel.width() - 1) * step.width();
        long work = (long) y.samples * y.elements * kernel.product();
        ParallelLoop.forEach(y.samples * channels, work, turn -> {
            int from = x.at(turn / channels) + turn % channels * in.size();
            int to = y.at(turn / channels) + turn % channels * out.size();
            float[] line = ScratchArrays.take(width);
            float[] largest = ScratchArrays.take(windows);
            for (int row = 0; row < out.depth() * out.height(); row++) {
                int plane = row / out.height() * window.stride().depth()
                        - window.padding().depth();
                int first = row % out.height() * window.stride().height()
                        - window.padding().height();
                Arrays.fill(line, 0, width, Float.NEGATIVE_INFINITY);
                for (int d = inside(plane, step.depth());
                        d < Math.min(in.depth(), plane + kernel.depth() * step.depth());
                        d += step.depth()) {
                    for (int h = inside(first, step.height());
                            h < Math.min(in.height(), first + kernel.height() * step.height());
                            h += step.height()) {
                        int at = from + (d * in.height() + h) * in.width();
                        int padding = window.padding().width();
                        larger(line, padding, x.data(), at, Math.min(in.width(), width - padding));
                    }
                }
                System.arraycopy(line, 0, largest, 0, windows);
                for (int w = 1; w < kernel.width(); w++) {
                    larger(largest, 0, line, w * step.width(), windows);
                }
                for (int w = 0; w < out.width(); w++) {
                    y.data()[to++] = largest[w * window.stride().width()];
                }
            }
            ScratchArrays.give(largest);
            ScratchArrays.give(line);
        });
    }

    private static void larger(float[] a, int at, float[] b, int from, int count) {
        for (int i = 0; i < count; i++) {
            a[at + i] = Math.max(a[at + i], b[from + i]);
        }
    }

    /** The places of the elements that {@link #max} takes, counted within a channel. */
    public static void places(FloatTensor x, FloatTensor places, Sliding window) {
        Sliding.Sizes step = window.dilation();
        forEachWindow(x, places, window, (plane, from, in, begin, end) -> {
            int largest = -1;
            for (int d = inside(begin[0], step.depth()); d < end[0]; d += step.depth()) {
                for (int h = inside(begin[1], step.height()); h < end[1]; h += step.height()) {
                    int row = (d * in.height() + h) * in.width();
                    for (int w = inside(begin[2], step.width()); w < end[2]; w += step.width()) {
                        largest = larger(plane, from, largest, row + w);
                    }
                }
            }
            return largest;
        });
    }

    /** The place of the larger of two elements, the first if they are the same; NaN is larger than any number. */
    private static int larger(float[] plane, int from, int first, int second) {
        if (first < 0) {
            return second;
        }
        float a = plane[from + first];
        float b = plane[from + second];
        return b > a || (Float.isNaN(b) && !Float.isNaN(a)) ? second : first;
    }

    /** Puts elements at places of a channel, and 0 elsewhere. */
    public static void unpool(FloatTensor x, Place places, FloatTensor y) {
        int area = Volume.of(x).size();
        int ofY = Volume.of(y).size();
        int channels = y.elements / ofY;
        ParallelLoop.forEach(y.samples * channels, 2L * y.samples * y.elements, turn -> {
            int sample = turn / channels;
            int first = turn % channels * area;
            int to = y.at(sample) + turn % channels * ofY;
            Arrays.fill(y.data(), to, to + ofY, 0);
            for (int i = 0; i < area; i++) {
                int place = places.of(sample, first + i);
                if (place < 0 || place >= ofY) {
                    throw new IllegalArgumentException(
                            "an index of max unpooling is " + place + ", not 0 to " + (ofY - 1));
                }
                y.data()[to + place] = x.data()[x.at(sample) + first + i];
            }
        });
    }

    /** A whole number for each element of a sample. */
    public interface Place {
        int of(int sample, int element);
    }

    /** The first place of a window that is not in front of the image. */
    private static int inside(int begin, int step) {
        return begin >= 0 ? begin : begin + (-begin + step - 1) / step * step;
    }

    /**
     * The mean of each window.
     *
     * @param divisor by which sums are divided, 0 for the number of elements
     */
    public static void mean(FloatTensor x, FloatTensor y, Sliding window, boolean countsPadding, int divisor) {
        Sliding.Sizes padding = window.padding();
        forEachWindow(x, y, window, (plane, from, in, begin, end) -> {
            int whole = (Math.min(end[3], in.depth() + padding.depth()) - begin[0])
                    * (Math.min(end[4], in.height() + padding.height()) - begin[1])
                    * (Math.min(end[5], in.width() + padding.width()) - begin[2]);
            int elements = Math.max(0, end[0] - Math.max(0, begin[0]))
                    * Math.max(0, end[1] - Math.max(0, begin[1]))
                    * Math.max(0, end[2] - Math.max(0, begin[2]));
            double sum = sum(plane, from, in, begin, end);
            return (float) (sum / (divisor > 0 ? divisor : countsPadding ? whole : elements));
        });
    }

    private static double sum(float[] plane, int from, Volume in, int[] begin, int[] end) {
        double sum = 0;
        for (int d = Math.max(0, begin[0]); d < end[0]; d++) {
            for (int h = Math.max(0, begin[1]); h < end[1]; h++) {
                int row = from + (d * in.height() + h) * in.width();
                for (int w = Math.max(0, begin[2]); w < end[2]; w++) {
                    sum += plane[row + w];
                }
            }
        }
        return sum;
    }

    /**
     * Begin and end of each window along depth, height and width; the end inside the image, and behind that as it is.
     */
    private static void forEachWindow(FloatTensor x, FloatTensor y, Sliding window, Box box) {
        Volume in = Volume.of(x);
        Volume out = Volume.of(y);
        Sliding.Sizes kernel = window.kernel();
        long work = (long) y.samples * y.elements * kernel.product();
        int channels = y.elements / out.size();
        ParallelLoop.forEach(y.samples * channels, work, turn -> {
            int from = x.at(turn / channels) + turn % channels * in.size();
            int to = y.at(turn / channels) + turn % channels * out.size();
            int[] begin = new int[3];
            int[] end = new int[6];
            for (int d = 0; d < out.depth(); d++) {
                begin[0] = d * window.stride().depth() - window.padding().depth();
                end[3] = begin[0] + (kernel.depth() - 1) * window.dilation().depth() + 1;
                end[0] = Math.min(in.depth(), end[3]);
                for (int h = 0; h < out.height(); h++) {
                    begin[1] = h * window.stride().height() - window.padding().height();
                    end[4] =
                            begin[1] + (kernel.height() - 1) * window.dilation().height() + 1;
                    end[1] = Math.min(in.height(), end[4]);
                    for (int w = 0; w < out.width(); w++) {
                        begin[2] =
                                w * window.stride().width() - window.padding().width();
                        end[5] = begin[2]
                                + (kernel.width() - 1) * window.dilation().width()
                                + 1;
                        end[2] = Math.min(in.width(), end[5]);
                        y.data()[to++] = box.of(x.data(), from, in, begin, end);
                    }
                }
            }
        });
    }

    /** The mean, the largest element or its place of each part of equal size, as near as can be. */
    public enum Of {
        /** Σ x / n. */
        MEAN,
        /** The largest. */
        MAX,
        /** The place of the largest. */
        PLACE
    }

    /** Parts of equal size, as near as can be, in a number that the output has. */
    public static void adaptive(FloatTensor x, FloatTensor y, Of kind) {
        Volume in = Volume.of(x);
        Volume out = Volume.of(y);
        int channels = y.elements / out.size();
        ParallelLoop.forEach(y.samples * channels, (long) x.samples * x.elements, turn -> {
            int from = x.at(turn / channels) + turn % channels * in.size();
            int to = y.at(turn / channels) + turn % channels * out.size();
            for (int d = 0; d < out.depth(); d++) {
                for (int h = 0; h < out.height(); h++) {
                    for (int w = 0; w < out.width(); w++) {
                        int[] begin = {
                            d * in.depth() / out.depth(), h * in.height() / out.height(), w * in.width() / out.width()
                        };
                        int[] end = {
                            end(d, in.depth(), out.depth()),
                            end(h, in.height(), out.height()),
                            end(w, in.width(), out.width())
                        };
                        int count = (end[0] - begin[0]) * (end[1] - begin[1]) * (end[2] - begin[2]);
                        y.data()[to++] = switch (kind) {
                            case MEAN -> (float) (sum(x.data(), from, in, begin, end) / count);
                            case MAX -> x.data()[from + largest(x.data(), from, in, begin, end)];
                            case PLACE -> largest(x.data(), from, in, begin, end);
                        };
                    }
                }
            }
        });
    }

    private static int end(int place, int ofX, int ofY) {
        return ((place + 1) * ofX + ofY - 1) / ofY;
    }

    private static int largest(float[] plane, int from, Volume in, int[] begin, int[] end) {
        int largest = -1;
        for (int d = begin[0]; d < end[0]; d++) {
            for (int h = begin[1]; h < end[1]; h++) {
                for (int w = begin[2]; w < end[2]; w++) {
                    largest = larger(plane, from, largest, (d * in.height() + h) * in.width() + w);
                }
            }
        }
        return largest;
    }
}
