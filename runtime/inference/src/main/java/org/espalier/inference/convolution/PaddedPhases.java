package org.espalier.inference.convolution;

import java.util.Arrays;

/**
 * Images with their padding, cut into phases: along an axis with stride s, places 0, s, 2s, … of the padded image are
 * one plane, places 1, s + 1, … another. So what an element of the kernel sees of a plane lies in one piece, whatever
 * the stride, and the rows of a convolution's product are found where they are, not gathered.
 */
final class PaddedPhases {
    private final Sliding window;
    private final Volume in;

    private final Volume out;

    /** Depth, height and width of a phase. */
    private final Volume phase;

    PaddedPhases(Sliding window, Volume in, Volume out) {
        this.window = window;
        this.in = in;
        this.out = out;
        Sliding.Sizes kernel = window.kernel();
        Sliding.Sizes stride = window.stride();
        Sliding.Sizes dilation = window.dilation();
        this.phase = new Volume(
                size(out.depth(), kernel.depth(), stride.depth(), dilation.depth()),
                size(out.height(), kernel.height(), stride.height(), dilation.height()),
                size(out.width(), kernel.width(), stride.width(), dilation.width()));
    }

    /** Places of a phase along an axis: as many as the last window sees. */
    private static int size(int outputs, int kernel, int stride, int dilation) {
        return outputs + (kernel - 1) * dilation / stride;
    }

    /** Tells whether they are the image itself. */
    boolean areTheImage() {
        return window.stride().product() == 1
                && window.padding().equals(new Sliding.Sizes(0, 0, 0))
                && phase.equals(in);
    }

    /** Steps between the places that the first element of the kernel sees. */
    WindowColumns.Steps places() {
        return phase.dense();
    }

    /** Elements of all phases of a channel. */
    int ofChannel() {
        return window.stride().product() * phase.size();
    }

    /** Places in a channel's phases that the elements of the kernel see first. */
    int[] taps() {
        int[] taps = new int[window.kernel().product()];
        int to = 0;
        for (int d = 0; d < window.kernel().depth(); d++) {
            for (int h = 0; h < window.kernel().height(); h++) {
                for (int w = 0; w < window.kernel().width(); w++) {
                    taps[to++] = place(d, h, w);
                }
            }
        }
        return taps;
    }

    private int place(int d, int h, int w) {
        Sliding.Sizes stride = window.stride();
        int depth = d * window.dilation().depth();
        int row = h * window.dilation().height();
        int column = w * window.dilation().width();
        int number = (depth % stride.depth() * stride.height() + row % stride.height()) * stride.width()
                + column % stride.width();
        int line = depth / stride.depth() * phase.height() + row / stride.height();
        return number * phase.size() + line * phase.width() + column / stride.width();
    }

    /** Tells for each element of the kernel whether it sees anything but padding. */
    boolean[] seen() {
        Sliding.Sizes stride = window.stride();
        Sliding.Sizes padding = window.padding();
        Sliding.Sizes dilation = window.dilation();
        boolean[] seen = new boolean[window.kernel().product()];
        int to = 0;
        for (int d = 0; d < window.kernel().depth(); d++) {
            boolean deep = sees(d * dilation.depth() - padding.depth(), stride.depth(), out.depth(), in.depth());
            for (int h = 0; h < window.kernel().height(); h++) {
                boolean high =
                        sees(h * dilation.height() - padding.height(), stride.height(), out.height(), in.height());
                for (int w = 0; w < window.kernel().width(); w++) {
                    boolean wide =
                            sees(w * dilation.width() - padding.width(), stride.width(), out.width(), in.width());
                    seen[to++] = deep && high && wide;
                }
            }
        }
        return seen;
    }

    /** Tells whether one of some places is inside an axis. */
    static boolean sees(int first, int stride, int count, int size) {
        int inside = first >= 0 ? 0 : (-first + stride - 1) / stride;
        return inside < count && first + inside * stride < size;
    }

    /** Writes the phases of a channel that the kernel sees. */
    void write(float[] x, int at, float[] phases, int to) {
        Sliding.Sizes stride = window.stride();
        Sliding.Sizes kernel = window.kernel();
        Sliding.Sizes dilation = window.dilation();
        int begin = to;
        for (int d = 0; d < stride.depth(); d++) {
            boolean deep = isSeen(d, kernel.depth(), stride.depth(), dilation.depth());
            for (int h = 0; h < stride.height(); h++) {
                boolean high = isSeen(h, kernel.height(), stride.height(), dilation.height());
                for (int w = 0; w < stride.width(); w++, begin += phase.size()) {
                    if (deep && high && isSeen(w, kernel.width(), stride.width(), dilation.width())) {
                        writePhase(x, at, phases, begin, d, h, w);
                    }
                }
            }
        }
    }

    /** Tells whether an element of the kernel sees a phase. */
    private static boolean isSeen(int phase, int kernel, int stride, int dilation) {
        boolean seen = false;
        for (int tap = 0; tap < kernel; tap++) {
            seen |= tap * dilation % stride == phase;
        }
        return seen;
    }

    private void writePhase(float[] x, int at, float[] phases, int begin, int d, int h, int w) {
        Sliding.Sizes stride = window.stride();
        int width = phase.width();
        int shift = w - window.padding().width();
        int low = shift >= 0 ? 0 : Math.min(width, (-shift + stride.width() - 1) / stride.width());
        int high = shift >= in.width()
                ? low
                : Math.max(low, Math.min(width, (in.width() - 1 - shift) / stride.width() + 1));
        int to = begin;
        for (int i = 0; i < phase.depth(); i++) {
            int plane = i * stride.depth() + d - window.padding().depth();
            for (int j = 0; j < phase.height(); j++, to += width) {
                int row = j * stride.height() + h - window.padding().height();
                if (plane < 0 || plane >= in.depth() || row < 0 || row >= in.height()) {
                    Arrays.fill(phases, to, to + width, 0);
                    continue;
                }
                int from = at + (plane * in.height() + row) * in.width() + shift;
                Arrays.fill(phases, to, to + low, 0);
                if (stride.width() == 1) {
                    System.arraycopy(x, from + low, phases, to + low, high - low);
                } else {
                    spread(x, from, stride.width(), phases, to, low, high);
                }
                Arrays.fill(phases, to + high, to + width, 0);
            }
        }
    }

    private static void spread(float[] x, int from, int stride, float[] phases, int to, int low, int high) {
        for (int j = low; j < high; j++) {
            phases[to + j] = x[from + j * stride];
        }
    }
}
