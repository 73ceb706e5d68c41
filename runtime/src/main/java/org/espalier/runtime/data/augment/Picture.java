package org.espalier.runtime.data.augment;

import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The numbers of one picture of a batch, on the heap. */
final class Picture {
    final int channels;
    final int height;
    final int width;
    private final INDArray batch;
    private final long start;
    private double[] values;

    private Picture(INDArray batch, int example) {
        this.batch = batch;
        this.channels = (int) batch.size(1);
        this.height = (int) batch.size(2);
        this.width = (int) batch.size(3);
        this.values = new double[channels * height * width];
        this.start = batch.offset() + (long) example * values.length;
    }

    /** Reads an example of an array {@code [batch, channels, height, width]} without gaps. */
    static Picture of(INDArray batch, int example) {
        Picture picture = new Picture(batch, example);
        if (batch.dataType() == DataType.FLOAT) {
            float[] floats = new float[picture.values.length];
            new FloatPointer(batch.data().pointer()).position(picture.start).get(floats);
            Arrays.setAll(picture.values, i -> floats[i]);
        } else {
            new DoublePointer(batch.data().pointer()).position(picture.start).get(picture.values);
        }
        return picture;
    }

    /** Writes it back to where it was read. */
    void write() {
        if (batch.dataType() == DataType.FLOAT) {
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            new FloatPointer(batch.data().pointer()).position(start).put(floats);
        } else {
            new DoublePointer(batch.data().pointer()).position(start).put(values);
        }
    }

    /** Values of all channels, one channel behind the other. */
    double[] values() {
        return values;
    }

    /**
     * Takes every pixel from another place, weighing the four pixels around it. A place within half a pixel of the edge
     * has that of the edge; one farther outside has {@code fill}.
     */
    void move(Warp warp, double fill) {
        double[] moved = new double[values.length];
        int plane = height * width;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double row = warp.yy() * y + warp.yx() * x + warp.y0();
                double column = warp.xy() * y + warp.xx() * x + warp.x0();
                int to = y * width + x;
                if (row < -0.5 || row > height - 0.5 || column < -0.5 || column > width - 0.5) {
                    for (int c = 0; c < channels; c++) {
                        moved[c * plane + to] = fill;
                    }
                } else {
                    interpolate(moved, to, Math.max(0, row), Math.max(0, column));
                }
            }
        }
        values = moved;
    }

    private void interpolate(double[] moved, int to, double row, double column) {
        int top = Math.min((int) row, height - 1);
        int left = Math.min((int) column, width - 1);
        int bottom = Math.min(top + 1, height - 1);
        int right = Math.min(left + 1, width - 1);
        double down = row - top;
        double across = column - left;
        for (int c = 0; c < channels; c++) {
            int upper = (c * height + top) * width;
            int lower = (c * height + bottom) * width;
            double above = (1 - across) * values[upper + left] + across * values[upper + right];
            double below = (1 - across) * values[lower + left] + across * values[lower + right];
            moved[c * height * width + to] = (1 - down) * above + down * below;
        }
    }

    /** Fills a square, as far as it lies in the picture. */
    void fill(int centreRow, int centreColumn, int side, double fill) {
        int top = centreRow - side / 2;
        int left = centreColumn - side / 2;
        for (int c = 0; c < channels; c++) {
            for (int y = Math.max(0, top); y < Math.min(height, top + side); y++) {
                int start = (c * height + y) * width;
                Arrays.fill(values, start + Math.max(0, left), start + Math.min(width, left + side), fill);
            }
        }
    }
}
