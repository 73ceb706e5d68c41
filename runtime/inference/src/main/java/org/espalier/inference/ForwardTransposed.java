package org.espalier.inference;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Transposed convolutions: what each element of the kernel makes of each place of x is a product, and is added up where
 * it goes.
 */
final class ForwardTransposed {
    /** Rows of the product that are computed before they are added up. */
    private static final int ROWS_AT_ONCE = 8 * TileProduct.ROWS;

    private final FloatTensor x;
    private final FloatTensor weight;
    private final @Nullable FloatTensor bias;
    private final FloatTensor y;
    private final Sliding window;
    private final ForwardConvolution.Volume in;
    private final ForwardConvolution.Volume out;
    private final int groups;

    /** Channels of x and y that belong to one group. */
    private final int inputs;

    private final int outputs;

    /** Elements of the kernel. */
    private final int taps;

    /** Channels of y that are computed at a time. */
    private final int part;

    private ForwardTransposed(
            FloatTensor x, FloatTensor weight, @Nullable FloatTensor bias, FloatTensor y, Sliding window) {
        this.x = x;
        this.weight = weight;
        this.bias = bias;
        this.y = y;
        this.window = window;
        this.in = ForwardConvolution.Volume.of(x);
        this.out = ForwardConvolution.Volume.of(y);
        this.outputs = weight.sizes[1];
        this.groups = y.sizes[0] / outputs;
        this.inputs = weight.sizes[0] / groups;
        this.taps = window.kernel().product();
        this.part = Math.min(outputs, TileProducts.tiles(ROWS_AT_ONCE, taps));
    }

    static void forward(FloatTensor x, FloatTensor weight, @Nullable FloatTensor bias, FloatTensor y, Sliding window) {
        new ForwardTransposed(x, weight, bias, y, window).run();
    }

    private void run() {
        int parts = TileProducts.tiles(outputs, part);
        float[][] packed = weight.packed(new Parts(groups, parts), () -> packed(parts));
        int places = in.size();
        int panels = TileProducts.tiles(places, TileProducts.COLUMNS);
        for (int n = 0; n < x.samples; n++) {
            float[][] columns = new float[groups][];
            for (int group = 0; group < groups; group++) {
                int at = x.at(n) + group * inputs * places;
                columns[group] = TileProducts.pack(
                        x.data,
                        at,
                        places,
                        inputs,
                        1,
                        places,
                        TileProducts.COLUMNS,
                        ScratchArrays.take(panels * TileProducts.COLUMNS * inputs));
            }
            int sample = n;
            long work = 2L * places * weight.elements;
            ParallelLoop.forEach(groups * parts, work, turn -> {
                int group = turn / parts;
                int first = turn % parts * part;
                channels(sample, group, first, Math.min(part, outputs - first), packed[turn], columns[group]);
            });
            for (float[] kept : columns) {
                ScratchArrays.give(kept);
            }
        }
    }

    /** Use of packed weights. */
    private record Parts(int groups, int ofGroup) {}

    /** The weights by group and part, a row for each channel of y and element of the kernel. */
    private float[][] packed(int parts) {
        float[][] packed = new float[groups * parts][];
        for (int turn = 0; turn < packed.length; turn++) {
            int group = turn / parts;
            int first = turn % parts * part;
            int at = weight.offset + group * inputs * outputs * taps + first * taps;
            int rows = Math.min(part, outputs - first) * taps;
            packed[turn] = TileProducts.packRows(weight.data, at, rows, inputs, 1, outputs * taps);
        }
        return packed;
    }

    private void channels(int n, int group, int first, int count, float[] a, float[] b) {
        int places = in.size();
        int rows = count * taps;
        float[] product = ScratchArrays.take(rows * places);
        float[] c = ScratchArrays.take(TileProduct.ROWS * TileProducts.COLUMNS);
        for (int panel = 0; panel < TileProducts.tiles(places, TileProducts.COLUMNS); panel++) {
            int column = panel * TileProducts.COLUMNS;
            int width = Math.min(TileProducts.COLUMNS, places - column);
            for (int block = 0; block < TileProducts.tiles(rows, TileProduct.ROWS); block++) {
                TileProducts.FASTEST.tile(a, block * TileProduct.ROWS * inputs, b, column * inputs, c, inputs);
                for (int i = 0; i < Math.min(TileProduct.ROWS, rows - block * TileProduct.ROWS); i++) {
                    int to = (block * TileProduct.ROWS + i) * places + column;
                    System.arraycopy(c, i * TileProducts.COLUMNS, product, to, width);
                }
            }
        }
        ScratchArrays.give(c);
        for (int k = 0; k < count; k++) {
            int channel = group * outputs + first + k;
            int to = y.at(n) + channel * out.size();
            Arrays.fill(y.data, to, to + out.size(), bias == null ? 0 : bias.data[bias.offset + channel]);
            int row = k * taps;
            for (int d = 0; d < window.kernel().depth(); d++) {
                for (int h = 0; h < window.kernel().height(); h++) {
                    for (int w = 0; w < window.kernel().width(); w++) {
                        add(product, row++ * places, to, d, h, w);
                    }
                }
            }
        }
        ScratchArrays.give(product);
    }

    private void add(float[] product, int from, int to, int d, int h, int w) {
        int stride = window.stride().width();
        int shift = w * window.dilation().width() - window.padding().width();
        int low = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
        int high = shift >= out.width() ? 0 : Math.min(in.width(), (out.width() - 1 - shift) / stride + 1);
        for (int plane = 0; plane < in.depth(); plane++) {
            int toPlane = plane * window.stride().depth()
                    - window.padding().depth()
                    + d * window.dilation().depth();
            for (int row = 0; row < in.height() && toPlane >= 0 && toPlane < out.depth(); row++) {
                int toRow = row * window.stride().height()
                        - window.padding().height()
                        + h * window.dilation().height();
                if (toRow < 0 || toRow >= out.height()) {
                    continue;
                }
                int source = from + (plane * in.height() + row) * in.width();
                int target = to + (toPlane * out.height() + toRow) * out.width() + shift;
                for (int j = low; j < high; j++) {
                    y.data[target + j * stride] += product[source + j];
                }
            }
        }
    }
}
