package org.espalier.inference;

import java.util.Arrays;

/**
 * Images with their padding, cut into phases: along an axis with stride s, places 0, s, 2s, … of the padded image are
 * one plane, places 1, s + 1, … another. So what an element of the kernel sees of a plane lies in one piece, whatever
 * the stride, and the rows of a convolution's product are found where they are, not gathered.
 */
final class PaddedPhases {
    private final Sliding window;
    private final ForwardConvolution.Volume in;

    /** Depth, height and width of a phase. */
    private final ForwardConvolution.Volume phase;

    /** Columns of the product: places of the first phase from that of the first output to that of the last. */
    final int columns;

    PaddedPhases(Sliding window, ForwardConvolution.Volume in, ForwardConvolution.Volume out) {
        this.window = window;
        this.in = in;
        Sliding.Sizes kernel = window.kernel();
        Sliding.Sizes stride = window.stride();
        Sliding.Sizes dilation = window.dilation();
        this.phase = new ForwardConvolution.Volume(
                size(out.depth(), kernel.depth(), stride.depth(), dilation.depth()),
                size(out.height(), kernel.height(), stride.height(), dilation.height()),
                size(out.width(), kernel.width(), stride.width(), dilation.width()));
        this.columns = place(out.depth() - 1, out.height() - 1, out.width() - 1) + 1;
    }

    /** Places of a phase along an axis: as many as the last window sees. */
    private static int size(int outputs, int kernel, int stride, int dilation) {
        return outputs + (kernel - 1) * dilation / stride;
    }

    /** The column of the product for a place of the output. */
    int place(int depth, int row, int column) {
        return (depth * phase.height() + row) * phase.width() + column;
    }

    /** Places from a row of the output to the next. */
    int pitch() {
        return phase.width();
    }

    /** Elements of all phases of a channel. */
    int ofChannel() {
        return window.stride().product() * phase.size();
    }

    /** Begins of the rows of the product, each for an element of the kernel and a channel. */
    int[] rows(int channels) {
        Sliding.Sizes kernel = window.kernel();
        int[] rows = new int[channels * kernel.product()];
        int to = 0;
        for (int channel = 0; channel < channels; channel++) {
            for (int d = 0; d < kernel.depth(); d++) {
                for (int h = 0; h < kernel.height(); h++) {
                    for (int w = 0; w < kernel.width(); w++) {
                        rows[to++] = channel * ofChannel() + row(d, h, w);
                    }
                }
            }
        }
        return rows;
    }

    private int row(int d, int h, int w) {
        Sliding.Sizes stride = window.stride();
        int depth = d * window.dilation().depth();
        int row = h * window.dilation().height();
        int column = w * window.dilation().width();
        int number = (depth % stride.depth() * stride.height() + row % stride.height()) * stride.width()
                + column % stride.width();
        return number * phase.size() + place(depth / stride.depth(), row / stride.height(), column / stride.width());
    }

    /** Writes the phases of a channel. */
    void write(float[] x, int at, float[] phases, int to) {
        Sliding.Sizes stride = window.stride();
        int begin = to;
        for (int d = 0; d < stride.depth(); d++) {
            for (int h = 0; h < stride.height(); h++) {
                for (int w = 0; w < stride.width(); w++, begin += phase.size()) {
                    writePhase(x, at, phases, begin, d, h, w);
                }
            }
        }
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
