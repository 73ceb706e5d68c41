package org.espalier.inference;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions over one, two or three axes, as products of the weights with what their windows see, which lies in one
 * piece in {@link PaddedPhases}.
 */
final class ForwardConvolution {
    /** Columns of a task. */
    private static final int STRIP = Math.max(64, TileProducts.COLUMNS);

    /** Rows of a panel of columns that are multiplied before the next: 16 KiB. */
    private static final int INNER = 4096 / TileProducts.COLUMNS;

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
        float[][] packed = weight.packed(new Groups(groups), this::packed);
        PaddedPhases phases = new PaddedPhases(window, in, out);
        int channels = groups * inputs;
        int[] rows = phases.rows(inputs);
        int strips = TileProducts.tiles(phases.columns, STRIP);
        int blocks = TileProducts.tiles(outputs, TileProduct.ROWS);
        int parts = Math.min(blocks, Math.max(1, 8 / (strips * groups))); // Where images are small, strips are few.
        // The last tile reads beyond the last phase.
        float[] b = ScratchArrays.take(channels * phases.ofChannel() + TileProducts.COLUMNS);
        for (int n = 0; n < x.samples; n++) {
            int from = x.at(n);
            int to = y.at(n);
            ParallelLoop.forEach(
                    channels,
                    (long) channels * phases.ofChannel(),
                    channel -> phases.write(x.data, from + channel * in.size(), b, channel * phases.ofChannel()));
            ParallelLoop.forEach(groups * strips * parts, 2L * out.size() * weight.elements, turn -> {
                int part = turn % parts;
                int first = turn / parts % strips * STRIP;
                int group = turn / parts / strips;
                int atB = group * inputs * phases.ofChannel() + first;
                int begin = blocks * part / parts;
                int end = blocks * (part + 1) / parts;
                float[] c = ScratchArrays.take((end - begin) * TileProduct.ROWS * STRIP);
                multiply(packed[group], begin, end, b, atB, rows, c, Math.min(STRIP, phases.columns - first));
                for (int i = 0; i < Math.min(end * TileProduct.ROWS, outputs) - begin * TileProduct.ROWS; i++) {
                    int channel = group * outputs + begin * TileProduct.ROWS + i;
                    store(c, i * STRIP, phases, first, channel, to + channel * out.size());
                }
                ScratchArrays.give(c);
            });
        }
        ScratchArrays.give(b);
    }

    /**
     * Multiplies blocks of the weights with a strip of columns, some rows at a time: those of a panel stay in the cache
     * of the first level while all blocks pass by.
     */
    private static void multiply(
            float[] a, int begin, int end, float[] b, int atB, int[] rows, float[] c, int columns) {
        int inner = rows.length;
        float[] panel = ScratchArrays.take(Math.min(INNER, inner) * TileProducts.COLUMNS);
        float[] tile = ScratchArrays.take(TileProduct.ROWS * TileProducts.COLUMNS);
        for (int first = 0; first < inner; first += INNER) {
            int count = Math.min(INNER, inner - first);
            for (int column = 0; column < columns; column += TileProducts.COLUMNS) {
                TileProducts.FASTEST.pack(b, atB + column, rows, first, count, panel);
                for (int block = begin; block < end; block++) {
                    int atA = TileProduct.ROWS * (block * inner + first);
                    int atC = TileProduct.ROWS * STRIP * (block - begin) + column;
                    if (first == 0) {
                        TileProducts.FASTEST.tile(a, atA, panel, 0, c, atC, STRIP, count);
                    } else {
                        TileProducts.FASTEST.tile(a, atA, panel, 0, tile, count);
                        addTile(tile, c, atC);
                    }
                }
            }
        }
        ScratchArrays.give(tile);
        ScratchArrays.give(panel);
    }

    private static void addTile(float[] tile, float[] c, int at) {
        for (int i = 0; i < TileProduct.ROWS; i++) {
            int from = i * TileProducts.COLUMNS;
            int to = at + i * STRIP;
            for (int j = 0; j < TileProducts.COLUMNS; j++) {
                c[to + j] += tile[from + j];
            }
        }
    }

    private float[][] packed() {
        float[][] packed = new float[groups][];
        for (int group = 0; group < groups; group++) {
            int at = weight.offset + group * outputs * inner();
            packed[group] = TileProducts.packRows(weight.data, at, outputs, inner(), inner(), 1);
        }
        return packed;
    }

    /** Writes a row of a strip of the product to a channel of y: the columns between the rows of y are left out. */
    private void store(float[] c, int from, PaddedPhases phases, int first, int channel, int to) {
        float shift = bias == null ? 0 : bias.data[bias.offset + channel];
        int end = Math.min(first + STRIP, phases.columns);
        int line = first / phases.pitch();
        for (int begin = line * phases.pitch(); begin < end; begin += phases.pitch(), line++) {
            int row = line % (phases.place(1, 0, 0) / phases.pitch());
            int plane = line / (phases.place(1, 0, 0) / phases.pitch());
            int low = Math.max(begin, first);
            int high = Math.min(begin + out.width(), end);
            if (row < out.height() && low < high) {
                int target = to + (plane * out.height() + row) * out.width() - begin;
                add(shift, c, from - first, y.data, target, low, high);
            }
        }
    }

    private static void add(float shift, float[] c, int from, float[] y, int to, int low, int high) {
        for (int j = low; j < high; j++) {
            y[to + j] = c[from + j] + shift;
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
