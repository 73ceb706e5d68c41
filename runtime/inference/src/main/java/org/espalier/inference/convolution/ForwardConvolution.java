package org.espalier.inference.convolution;

import java.util.Arrays;
import org.espalier.inference.product.TileProduct;
import org.espalier.inference.product.TileProducts;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.espalier.inference.tensor.ScratchArrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions over one, two or three axes, as products of the weights with what their windows see, which lies in one
 * piece in {@link PaddedPhases}.
 */
public final class ForwardConvolution {
    /** Columns of the product that are enough for all threads: samples of fewer are computed together. */
    private static final int ENOUGH = 512;

    private final FloatTensor x;
    private final FloatTensor weight;
    private final ResultWork epilogue;
    private final FloatTensor y;
    private final Sliding window;
    private final Volume in;
    private final Volume out;
    private final int groups;

    /** Channels of x and y that belong to one group. */
    private final int inputs;

    private final int outputs;

    private ForwardConvolution(FloatTensor x, FloatTensor weight, ResultWork epilogue, FloatTensor y, Sliding window) {
        this.x = x;
        this.weight = weight;
        this.epilogue = epilogue;
        this.y = y;
        boolean flat = window.kernel().product() == 1 && isPlain(window);
        this.window = window;
        this.in = flat ? new Volume(1, 1, Volume.of(x).size()) : Volume.of(x);
        this.out = flat ? new Volume(1, 1, Volume.of(y).size()) : Volume.of(y);
        this.inputs = weight.sizes[1];
        this.groups = x.sizes[0] / inputs;
        this.outputs = weight.sizes[0] / groups;
    }

    private static boolean isPlain(Sliding window) {
        return window.stride().product() == 1 && window.padding().equals(new Sliding.Sizes(0, 0, 0));
    }

    /** Convolves, with work on each element on its way to memory. */
    public static void forward(
            FloatTensor x,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ResultWork epilogue = ResultWork.of(bias, epilogues);
        ForwardConvolution convolution = new ForwardConvolution(x, weight, epilogue, y, window);
        if (WinogradForward.takes(weight, y, window, convolution.groups)) {
            WinogradForward.forward(x, weight, epilogue, y, window);
        } else if (convolution.outputs < TileProduct.ROWS && convolution.groups > 1) {
            convolution.channelwise();
        } else {
            convolution.product();
        }
    }

    /** Use of packed weights: a convolution with more or fewer groups reads them otherwise. */
    private record Groups(int count) {}

    private int inner() {
        return inputs * window.kernel().product();
    }

    private void product() {
        float[][] packed = weight.packed(new Groups(groups), this::packed);
        PaddedPhases phases = new PaddedPhases(window, in, out);
        int channels = groups * inputs;
        int ofChannel = phases.ofChannel();
        boolean direct =
                phases.areTheImage() && x.at(x.samples - 1) + x.elements + TileProducts.COLUMNS <= x.data().length;
        int ofSample = direct ? x.stride : channels * ofChannel;
        WindowColumns columns = WindowColumns.of(out, phases.places(), ofSample, out.dense());
        WindowProduct product = new WindowProduct(columns, inputs, ofChannel, phases.taps(), phases.seen());
        int together = Math.min(x.samples, TileProducts.tiles(ENOUGH, out.size()));
        // The last panel reads beyond the last phase.
        float[] padded = direct ? x.data() : ScratchArrays.take(together * ofSample + TileProducts.COLUMNS);
        for (int n = 0; n < x.samples; n += together) {
            int first = n;
            int samples = Math.min(together, x.samples - n);
            if (!direct) {
                ParallelLoop.forEach(samples * channels, (long) samples * ofSample, turn -> {
                    int from = x.at(first + turn / channels) + turn % channels * in.size();
                    phases.write(x.data(), from, padded, turn * ofChannel);
                });
            }
            product.run(packed, outputs, padded, direct ? x.at(n) : 0, inputs * ofChannel, first, samples, y, epilogue);
        }
        if (!direct) {
            ScratchArrays.give(padded);
        }
    }

    private float[][] packed() {
        int[] taps = new int[window.kernel().product()];
        Arrays.setAll(taps, tap -> tap);
        float[][] packed = new float[groups][];
        for (int group = 0; group < groups; group++) {
            int at = weight.offset + group * outputs * inner();
            packed[group] = WindowProduct.packed(weight, at, outputs, inner(), inputs, taps.length, taps);
        }
        return packed;
    }

    /** Each channel of y from the few channels of x that it depends on: depthwise convolutions. */
    private void channelwise() {
        int channels = y.sizes[0];
        WindowColumns columns = WindowColumns.of(out, out.dense(), 0, out.dense());
        ParallelLoop.forEach(y.samples * channels, 2L * y.samples * y.elements * inner(), turn -> {
            int n = turn / channels;
            int channel = turn % channels;
            int size = out.size();
            Strip strip = new Strip(columns.runs(0, size, size), size, n, channel, 1);
            float[] c = ScratchArrays.take(size);
            epilogue.before(strip, c, 1);
            int tap = weight.offset + channel * inner();
            Sliding.Sizes kernel = window.kernel();
            for (int i = 0; i < inputs; i++) {
                int from = x.at(n) + (channel / outputs * inputs + i) * in.size();
                for (int d = 0; d < kernel.depth(); d++) {
                    for (int h = 0; h < kernel.height(); h++) {
                        for (int w = 0; w < kernel.width(); w++) {
                            addTap(weight.data()[tap++], from, c, d, h, w);
                        }
                    }
                }
            }
            epilogue.after(strip, c);
            strip.write(c, y, 1);
            ScratchArrays.give(c);
        });
    }

    private void addTap(float factor, int from, float[] c, int d, int h, int w) {
        int stride = window.stride().width();
        int shift = w * window.dilation().width() - window.padding().width();
        int low = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
        int high = shift >= in.width() ? 0 : Math.min(out.width(), (in.width() - 1 - shift) / stride + 1);
        for (int plane = 0; plane < out.depth(); plane++) {
            int fromPlane = plane * window.stride().depth()
                    - window.padding().depth()
                    + d * window.dilation().depth();
            for (int row = 0; row < out.height() && fromPlane >= 0 && fromPlane < in.depth(); row++) {
                int fromRow = row * window.stride().height()
                        - window.padding().height()
                        + h * window.dilation().height();
                if (fromRow >= 0 && fromRow < in.height()) {
                    int source = from + (fromPlane * in.height() + fromRow) * in.width() + shift;
                    int target = (plane * out.height() + row) * out.width();
                    addLine(factor, x.data(), source, stride, c, target, low, high);
                }
            }
        }
    }

    private static void addLine(
            float factor, float[] x, int source, int stride, float[] y, int target, int low, int high) {
        if (stride == 1) {
            for (int j = low; j < high; j++) {
                y[target + j] += factor * x[source + j];
            }
        } else {
            for (int j = low; j < high; j++) {
                y[target + j] += factor * x[source + j * stride];
            }
        }
    }
}
