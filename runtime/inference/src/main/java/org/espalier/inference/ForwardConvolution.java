package org.espalier.inference;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions over one, two or three axes, as products of the weights with what their windows see, which is gathered
 * panel by panel. Places of all samples count as columns of one product, so that small images fill panels too.
 */
final class ForwardConvolution {
    private final FloatTensor x;
    private final FloatTensor weight;
    private final @Nullable FloatTensor bias;
    private final FloatTensor y;
    private final Sliding window;
    private final Volume in;
    private final Volume out;
    private final int groups;

    /** Channels of x and y that belong to one group. */
    private final int inputs;

    private final int outputs;

    /** Depth, height and width of a sample's channel. */
    record Volume(int depth, int height, int width) {
        static Volume of(FloatTensor tensor) {
            int[] s = tensor.sizes;
            int n = s.length;
            return new Volume(n > 3 ? s[n - 3] : 1, n > 2 ? s[n - 2] : 1, s[n - 1]);
        }

        int size() {
            return depth * height * width;
        }
    }

    private ForwardConvolution(
            FloatTensor x, FloatTensor weight, @Nullable FloatTensor bias, FloatTensor y, Sliding window) {
        this.x = x;
        this.weight = weight;
        this.bias = bias;
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

    static void forward(FloatTensor x, FloatTensor weight, @Nullable FloatTensor bias, FloatTensor y, Sliding window) {
        ForwardConvolution convolution = new ForwardConvolution(x, weight, bias, y, window);
        if (convolution.outputs < TileProduct.ROWS && convolution.groups > 1) {
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
        int inner = inner();
        float[][] packed = weight.packed(new Groups(groups), this::packed);
        int columns = x.samples * out.size();
        int panels = TileProducts.tiles(columns, TileProducts.COLUMNS);
        int blocks = TileProducts.tiles(outputs, TileProduct.ROWS);
        int parts = Math.min(blocks, Math.max(1, 8 / panels)); // Where images are small, panels are few.
        ParallelLoop.forEach(groups * panels * parts, 2L * columns * weight.elements, turn -> {
            int part = turn % parts;
            int panel = turn / parts % panels;
            int group = turn / parts / panels;
            float[] b = ScratchArrays.take(inner * TileProducts.COLUMNS);
            float[] c = ScratchArrays.take(TileProduct.ROWS * TileProducts.COLUMNS);
            Runs runs = new Runs(
                    panel * TileProducts.COLUMNS,
                    Math.min(TileProducts.COLUMNS, columns - panel * TileProducts.COLUMNS));
            gather(runs, group, b);
            for (int block = blocks * part / parts; block < blocks * (part + 1) / parts; block++) {
                TileProducts.FASTEST.tile(packed[group], block * TileProduct.ROWS * inner, b, 0, c, inner);
                int rows = Math.min(TileProduct.ROWS, outputs - block * TileProduct.ROWS);
                for (int i = 0; i < rows; i++) {
                    runs.store(c, i * TileProducts.COLUMNS, group * outputs + block * TileProduct.ROWS + i);
                }
            }
            ScratchArrays.give(c);
            ScratchArrays.give(b);
        });
    }

    private float[][] packed() {
        float[][] packed = new float[groups][];
        for (int group = 0; group < groups; group++) {
            int at = weight.offset + group * outputs * inner();
            packed[group] = TileProducts.packRows(weight.data, at, outputs, inner(), inner(), 1);
        }
        return packed;
    }

    /** The places of a panel: runs along rows of the output. */
    private final class Runs {
        private final int[] sample;
        private final int[] plane;
        private final int[] row;
        private final int[] column;
        private final int[] length;
        private final int[] at;
        private int count;
        private final int width;

        Runs(int first, int width) {
            int most = width / out.width() + 2;
            sample = new int[most];
            plane = new int[most];
            row = new int[most];
            column = new int[most];
            length = new int[most];
            at = new int[most];
            this.width = width;
            int place = first;
            while (place < first + width) {
                int line = place / out.width();
                column[count] = place % out.width();
                row[count] = line % out.height();
                plane[count] = line / out.height() % out.depth();
                sample[count] = line / out.height() / out.depth();
                length[count] = Math.min(out.width() - column[count], first + width - place);
                at[count] = place - first;
                place += length[count];
                count++;
            }
        }

        /** Writes a row of a tile of the product to a channel of y. */
        void store(float[] c, int from, int channel) {
            float shift = bias == null ? 0 : bias.data[bias.offset + channel];
            for (int r = 0; r < count; r++) {
                int to = y.at(sample[r])
                        + ((channel * out.depth() + plane[r]) * out.height() + row[r]) * out.width()
                        + column[r];
                int begin = from + at[r];
                for (int j = 0; j < length[r]; j++) {
                    y.data[to + j] = c[begin + j] + shift;
                }
            }
        }
    }

    /** b[(channel, element of the kernel)][place of the panel], the places that lie in the padding being 0. */
    private void gather(Runs runs, int group, float[] b) {
        Sliding.Sizes kernel = window.kernel();
        int to = 0;
        for (int channel = group * inputs; channel < (group + 1) * inputs; channel++) {
            for (int d = 0; d < kernel.depth(); d++) {
                for (int h = 0; h < kernel.height(); h++) {
                    for (int w = 0; w < kernel.width(); w++, to += TileProducts.COLUMNS) {
                        gather(runs, channel, d, h, w, b, to);
                    }
                }
            }
        }
    }

    private void gather(Runs runs, int channel, int d, int h, int w, float[] b, int to) {
        int stride = window.stride().width();
        int shift = w * window.dilation().width() - window.padding().width();
        for (int r = 0; r < runs.count; r++) {
            int plane = runs.plane[r] * window.stride().depth()
                    - window.padding().depth()
                    + d * window.dilation().depth();
            int row = runs.row[r] * window.stride().height()
                    - window.padding().height()
                    + h * window.dilation().height();
            int begin = to + runs.at[r];
            int length = runs.length[r];
            if (plane < 0 || plane >= in.depth() || row < 0 || row >= in.height()) {
                Arrays.fill(b, begin, begin + length, 0);
                continue;
            }
            int from = x.at(runs.sample[r]) + ((channel * in.depth() + plane) * in.height() + row) * in.width();
            int first = runs.column[r] * stride + shift; // The column of x for the run's first place.
            int low = first >= 0 ? 0 : Math.min(length, (-first + stride - 1) / stride);
            int high = first >= in.width() ? low : Math.min(length, (in.width() - 1 - first) / stride + 1);
            high = Math.max(low, high);
            Arrays.fill(b, begin, begin + low, 0);
            if (stride == 1) {
                System.arraycopy(x.data, from + first + low, b, begin + low, high - low);
            } else {
                for (int j = low; j < high; j++) {
                    b[begin + j] = x.data[from + first + j * stride];
                }
            }
            Arrays.fill(b, begin + high, begin + length, 0);
        }
        if (runs.width < TileProducts.COLUMNS) {
            Arrays.fill(b, to + runs.width, to + TileProducts.COLUMNS, 0);
        }
    }

    /** Each channel of y from the few channels of x that it depends on: depthwise convolutions. */
    private void channelwise() {
        int channels = y.sizes[0];
        ParallelLoop.forEach(y.samples * channels, 2L * y.samples * y.elements * inner(), turn -> {
            int n = turn / channels;
            int channel = turn % channels;
            int to = y.at(n) + channel * out.size();
            Arrays.fill(y.data, to, to + out.size(), bias == null ? 0 : bias.data[bias.offset + channel]);
            int tap = weight.offset + channel * inner();
            Sliding.Sizes kernel = window.kernel();
            for (int c = 0; c < inputs; c++) {
                int from = x.at(n) + (channel / outputs * inputs + c) * in.size();
                for (int d = 0; d < kernel.depth(); d++) {
                    for (int h = 0; h < kernel.height(); h++) {
                        for (int w = 0; w < kernel.width(); w++) {
                            addTap(weight.data[tap++], from, to, d, h, w);
                        }
                    }
                }
            }
        });
    }

    private void addTap(float factor, int from, int to, int d, int h, int w) {
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
                    int target = to + (plane * out.height() + row) * out.width();
                    addLine(factor, x.data, source, stride, y.data, target, low, high);
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
