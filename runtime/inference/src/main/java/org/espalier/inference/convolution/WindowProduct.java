package org.espalier.inference.convolution;

import java.util.Arrays;
import org.espalier.inference.product.Runs;
import org.espalier.inference.product.TileProduct;
import org.espalier.inference.product.TileProducts;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.espalier.inference.tensor.ScratchArrays;

/**
 * Products of packed weights with what windows see of padded images: a row of the product for each channel that is
 * written, a column for each place of the window. A task computes some rows of a strip of columns, which are packed
 * panel by panel, so that those of one stay in the cache of the first level while blocks of rows pass by.
 */
final class WindowProduct {
    /** Columns of a task. */
    private static final int STRIP = Math.max(64, TileProducts.COLUMNS);

    private static final int PANELS = STRIP / TileProducts.COLUMNS;

    /** Rows of a panel that are multiplied before the next: 16 KiB. */
    private static final int INNER = 4096 / TileProducts.COLUMNS;

    private static final int OF_PANEL = (INNER + 1) * TileProducts.COLUMNS;

    /** Floats of the weights that are multiplied with all panels before the next: 128 KiB. */
    private static final int WEIGHTS_AT_ONCE = 1 << 15;

    private final WindowColumns columns;

    /**
     * Places of the rows of a panel in an image: for one element of the kernel after another, those of all channels.
     */
    private final int[] rows;

    /** Begins and ends of the parts of the rows that are multiplied at a time. */
    private final int[][] parts;

    /**
     * A product.
     *
     * @param channels channels that are read
     * @param ofChannel elements from one of them to the next
     * @param taps places of the kernel's elements for the first window
     * @param seen which of them see anything but padding in some window; the others are left out
     */
    WindowProduct(WindowColumns columns, int channels, int ofChannel, int[] taps, boolean[] seen) {
        this.columns = columns;
        this.rows = new int[taps.length * channels];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = taps[i / channels] + i % channels * ofChannel;
        }
        int[][] found = new int[rows.length / INNER + 2 * taps.length + 1][];
        int count = 0;
        for (int begin = 0; begin < rows.length; ) {
            int end = begin;
            while (end < rows.length && seen[end / channels]) {
                end = Math.min(rows.length, (end / channels + 1) * channels);
            }
            for (; begin < end; begin = found[count - 1][1]) {
                found[count++] = new int[] {begin, Math.min(end, begin + INNER)};
            }
            begin = end < rows.length ? (end / channels + 1) * channels : end;
        }
        this.parts = Arrays.copyOf(found, count);
    }

    /**
     * The weights of a group, packed: a row for each channel that is written.
     *
     * @param at the first element
     * @param outputs channels that are written, and elements from the weights of one to those of the next
     * @param channels channels that are read, likewise
     * @param taps elements of the kernel, by their places among the weights of two channels
     */
    static float[] packed(
            FloatTensor weight, int at, int outputs, int ofOutput, int channels, int ofChannel, int[] taps) {
        int inner = taps.length * channels;
        int blocks = TileProducts.tiles(outputs, TileProduct.ROWS);
        float[] packed = new float[Math.multiplyExact(blocks * TileProduct.ROWS, inner)];
        for (int output = 0; output < outputs; output++) {
            int to = output / TileProduct.ROWS * TileProduct.ROWS * inner + output % TileProduct.ROWS;
            for (int i = 0; i < inner; i++) {
                int from = weight.offset + at + output * ofOutput + i % channels * ofChannel + taps[i / channels];
                packed[to + i * TileProduct.ROWS] = weight.data()[from];
            }
        }
        return packed;
    }

    /**
     * Computes the product for some samples.
     *
     * @param weights those of each group
     * @param outputs channels that each writes
     * @param images images of the samples, from {@code start} on
     * @param ofGroup elements from a group's channels to the next one's
     * @param first the first sample
     */
    void run(
            float[][] weights,
            int outputs,
            float[] images,
            int start,
            int ofGroup,
            int first,
            int samples,
            FloatTensor y,
            ResultWork epilogue) {
        int all = samples * columns.windows().size();
        if (all == 0) { // A phase of a transposed convolution may have no places.
            return;
        }
        int strips = TileProducts.tiles(all, STRIP);
        int groups = weights.length;
        int blocks = TileProducts.tiles(outputs, TileProduct.ROWS);
        int ofBlocks = Math.min(blocks, TileProducts.tiles(2 * ParallelLoop.THREADS, strips * groups));
        long work = 2L * all * rows.length * outputs * groups / ParallelLoop.PRODUCTS;
        ParallelLoop.forEach(groups * strips * ofBlocks, work, turn -> {
            int part = turn % ofBlocks;
            int strip = turn / ofBlocks % strips;
            int group = turn / ofBlocks / strips;
            int begin = blocks * part / ofBlocks;
            int end = blocks * (part + 1) / ofBlocks;
            int channel = group * outputs + begin * TileProduct.ROWS;
            int count = Math.min(end * TileProduct.ROWS, outputs) - begin * TileProduct.ROWS;
            int width = Math.min(STRIP, all - strip * STRIP);
            Runs runs = columns.runs(strip * STRIP, width, TileProducts.COLUMNS);
            Strip target = new Strip(columns.runs(strip * STRIP, width, STRIP), STRIP, first, channel, count);
            float[] c = ScratchArrays.take((end - begin) * TileProduct.ROWS * STRIP);
            epilogue.before(target, c, columns.to().column());
            multiply(weights[group], begin, end, images, start + group * ofGroup, runs, c);
            epilogue.after(target, c);
            target.write(c, y, columns.to().column());
            ScratchArrays.give(c);
        });
    }

    private void multiply(float[] a, int begin, int end, float[] images, int at, Runs runs, float[] c) {
        int panels = runs.panels();
        int inner = rows.length;
        float[] packed = ScratchArrays.take(PANELS * OF_PANEL);
        for (int[] part : parts) {
            int count = part[1] - part[0];
            int atOnce = Math.max(1, WEIGHTS_AT_ONCE / (TileProduct.ROWS * count));
            TileProducts.FASTEST.pack(images, at, rows, part[0], count, runs, packed, OF_PANEL);
            for (int few = begin; few < end; few += atOnce) {
                for (int panel = 0; panel < panels; panel++) {
                    for (int block = few; block < Math.min(end, few + atOnce); block++) {
                        TileProducts.FASTEST.tile(
                                a,
                                TileProduct.ROWS * (block * inner + part[0]),
                                packed,
                                panel * OF_PANEL,
                                c,
                                TileProduct.ROWS * STRIP * (block - begin) + panel * TileProducts.COLUMNS,
                                STRIP,
                                count,
                                true);
                    }
                }
            }
        }
        ScratchArrays.give(packed);
    }
}
