package org.espalier.inference;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Transposed convolutions: what each element of the kernel makes of each place of x is a product, and is added up where
 * it goes.
 */
final class TransposedConvolution {
    /** Rows of the product that are computed before they are added up. */
    private static final int ROWS_AT_ONCE = 8 * Product.ROWS;

    private final Tensor x;
    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final Tensor y;
    private final Window window;
    private final Convolution.Volume in;
    private final Convolution.Volume out;
    private final int groups;

    /** Channels of x and y that belong to one group. */
    private final int inputs;

    private final int outputs;

    /** Elements of the kernel. */
    private final int taps;

    /** Channels of y that are computed at a time. */
    private final int part;

    private TransposedConvolution(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y, Window window) {
        this.x = x;
        this.weight = weight;
        this.bias = bias;
        this.y = y;
        this.window = window;
        this.in = Convolution.Volume.of(x);
        this.out = Convolution.Volume.of(y);
        this.outputs = weight.sizes[1];
        this.groups = y.sizes[0] / outputs;
        this.inputs = weight.sizes[0] / groups;
        this.taps = window.kernel().product();
        this.part = Math.min(outputs, Products.tiles(ROWS_AT_ONCE, taps));
    }

    static void forward(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y, Window window) {
        new TransposedConvolution(x, weight, bias, y, window).run();
    }

    private void run() {
        int parts = Products.tiles(outputs, part);
        float[][] packed = packed(parts);
        int places = in.size();
        int panels = Products.tiles(places, Products.COLUMNS);
        for (int n = 0; n < x.samples; n++) {
            float[][] columns = new float[groups][];
            for (int group = 0; group < groups; group++) {
                int at = x.at(n) + group * inputs * places;
                columns[group] = Products.pack(
                        x.data,
                        at,
                        places,
                        inputs,
                        1,
                        places,
                        Products.COLUMNS,
                        Scratch.take(panels * Products.COLUMNS * inputs));
            }
            int sample = n;
            long work = 2L * places * weight.elements;
            Parallel.forEach(groups * parts, work, turn -> {
                int group = turn / parts;
                int first = turn % parts * part;
                channels(sample, group, first, Math.min(part, outputs - first), packed[turn], columns[group]);
            });
            for (float[] kept : columns) {
                Scratch.give(kept);
            }
        }
    }

    /** The weights by group and part, a row for each channel of y and element of the kernel. */
    private float[][] packed(int parts) {
        if (weight.prepared() instanceof float[][] before) {
            return before;
        }
        float[][] packed = new float[groups * parts][];
        for (int turn = 0; turn < packed.length; turn++) {
            int group = turn / parts;
            int first = turn % parts * part;
            int at = weight.offset + group * inputs * outputs * taps + first * taps;
            int rows = Math.min(part, outputs - first) * taps;
            packed[turn] = Products.packRows(weight.data, at, rows, inputs, 1, outputs * taps);
        }
        weight.prepare(packed);
        return packed;
    }

    private void channels(int n, int group, int first, int count, float[] a, float[] b) {
        int places = in.size();
        int rows = count * taps;
        float[] product = Scratch.take(rows * places);
        float[] c = Scratch.take(Product.ROWS * Products.COLUMNS);
        for (int panel = 0; panel < Products.tiles(places, Products.COLUMNS); panel++) {
            int column = panel * Products.COLUMNS;
            int width = Math.min(Products.COLUMNS, places - column);
            for (int block = 0; block < Products.tiles(rows, Product.ROWS); block++) {
                Products.FASTEST.tile(a, block * Product.ROWS * inputs, b, column * inputs, c, inputs);
                for (int i = 0; i < Math.min(Product.ROWS, rows - block * Product.ROWS); i++) {
                    int to = (block * Product.ROWS + i) * places + column;
                    System.arraycopy(c, i * Products.COLUMNS, product, to, width);
                }
            }
        }
        Scratch.give(c);
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
        Scratch.give(product);
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
