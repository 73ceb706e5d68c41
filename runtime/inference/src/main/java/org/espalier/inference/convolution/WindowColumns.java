package org.espalier.inference.convolution;

import org.espalier.inference.product.Runs;
import org.espalier.inference.product.TileProducts;

/**
 * The columns of a product, one for each place of a window: of one sample after another, plane by plane and row by row.
 *
 * @param windows places of the window along depth, height and width
 * @param from where they lie in what is read
 * @param ofSample elements from a sample to the next there
 * @param to where they lie in what is written
 */
public record WindowColumns(Volume windows, Steps from, int ofSample, Steps to) {
    /**
     * Elements between places.
     *
     * @param start place of the first
     * @param plane from a plane to the next
     * @param row from a row to the next
     * @param column from a column to the next
     */
    public record Steps(int start, int plane, int row, int column) {
        private boolean isDense(Volume windows) {
            return row == windows.width() * column
                    && (windows.depth() == 1 || plane == windows.height() * windows.width() * column);
        }
    }

    /** Columns; those that lie in one piece in both places are one row. */
    public static WindowColumns of(Volume windows, Steps from, int ofSample, Steps to) {
        boolean dense = from.isDense(windows) && to.isDense(windows);
        return new WindowColumns(dense ? new Volume(1, 1, windows.size()) : windows, from, ofSample, to);
    }

    /** The runs of some columns, cut into panels. */
    public Runs runs(int first, int count, int ofPanel) {
        Runs runs = new Runs(TileProducts.tiles(count, ofPanel));
        for (int begin = 0; begin < count; begin += ofPanel) {
            int end = Math.min(count, begin + ofPanel);
            for (int column = begin; column < end; ) {
                int place = first + column;
                int w = place % windows.width();
                int line = place / windows.width();
                int h = line % windows.height();
                int d = line / windows.height() % windows.depth();
                int sample = line / windows.height() / windows.depth();
                int length = Math.min(windows.width() - w, end - column);
                runs.add(column - begin, length, at(from, d, h, w) + sample * ofSample, at(to, d, h, w), sample);
                column += length;
            }
            runs.end();
        }
        return runs;
    }

    private static int at(Steps steps, int d, int h, int w) {
        return steps.start() + d * steps.plane() + h * steps.row() + w * steps.column();
    }
}
