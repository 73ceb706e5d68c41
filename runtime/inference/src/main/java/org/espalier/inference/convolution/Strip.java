package org.espalier.inference.convolution;

import java.util.Arrays;
import org.espalier.inference.product.Runs;
import org.espalier.inference.tensor.FloatTensor;

/**
 * Rows of a product for some columns, on their way to the channels of a tensor.
 *
 * @param runs the columns, in one panel
 * @param pitch elements from a row to the next
 * @param sample the sample that runs are counted from
 * @param channel the channel of the first row
 * @param channels rows
 */
record Strip(Runs runs, int pitch, int sample, int channel, int channels) {
    /** Sets each row to its channel's element. */
    void fill(float[] c, FloatTensor ofChannels) {
        for (int i = 0; i < channels; i++) {
            Arrays.fill(c, i * pitch, (i + 1) * pitch, ofChannels.data()[ofChannels.offset + channel + i]);
        }
    }

    /** Adds a tensor of the product's shape, {@code step} elements from a column to the next. */
    void add(float[] c, FloatTensor x, int step) {
        for (int i = 0; i < channels; i++) {
            for (int run = 0; run < runs.begins[1]; run++) {
                int from = place(x, i, run);
                int to = i * pitch + runs.columns[run];
                int length = runs.lengths[run];
                for (int j = 0; j < length; j++) {
                    c[to + j] += x.data()[from + j * step];
                }
            }
        }
    }

    /** Writes the product to a tensor. */
    void write(float[] c, FloatTensor y, int step) {
        for (int i = 0; i < channels; i++) {
            for (int run = 0; run < runs.begins[1]; run++) {
                int from = i * pitch + runs.columns[run];
                int to = place(y, i, run);
                int length = runs.lengths[run];
                if (step == 1) {
                    System.arraycopy(c, from, y.data(), to, length);
                } else {
                    spread(c, from, length, y.data(), to, step);
                }
            }
        }
    }

    private static void spread(float[] c, int from, int length, float[] y, int to, int step) {
        for (int j = 0; j < length; j++) {
            y[to + j * step] = c[from + j];
        }
    }

    private int place(FloatTensor tensor, int row, int run) {
        int ofChannel = tensor.elements / tensor.sizes[0];
        return tensor.at(sample + runs.samples[run]) + (channel + row) * ofChannel + runs.to[run];
    }
}
