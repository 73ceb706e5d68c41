package org.espalier.runtime.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An immutable picture of 8 bits a sample, channels first: {@code [channels, height, width]}, three channels red,
 * green, blue, or one of grey. As an array its values lie in [-1, 1], -1 for black and 1 for white.
 */
public final class Image {
    private final int channels;
    private final int height;
    private final int width;
    private final byte[] samples;

    Image(int channels, int height, int width, byte[] samples) {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException(
                    "expected 1 channel, grey, or 3, red, green and blue, found " + channels);
        }
        if (height < 1 || width < 1 || samples.length != (long) channels * height * width) {
            throw new IllegalArgumentException(
                    "expected " + channels + " x " + height + " x " + width + " samples, found " + samples.length);
        }
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.samples = samples;
    }

    /**
     * Reads a PNG of any kind as red, green, blue; what is transparent stands on white, and of pictures that move it is
     * the first.
     *
     * @throws DataException if the file cannot be read, is no PNG, a damaged one, or not of this size
     * @throws IllegalArgumentException if no picture can be of this size
     */
    public static Image read(Path png, int height, int width) {
        if (height < 1 || width < 1 || 3L * height * width > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "expected a height and width of at least 1 and at most 2 GiB in all, found " + height + " and "
                            + width);
        }
        return Png.read(png, height, width);
    }

    /**
     * Reads a PNG or JPEG, by the ending of its name, of any size up to 67,108,864 pixels, as {@link #read(Path, int,
     * int)} does.
     *
     * @throws DataException if the file cannot be read, is neither, a damaged one, or larger
     */
    public static Image read(Path file) {
        return DataFiles.isJpeg(file) ? Jpeg.read(file) : Png.read(file);
    }

    /**
     * One picture of a network's output; values beyond [-1, 1] are cut off.
     *
     * @param array {@code [channels, height, width]}, values in [-1, 1], 1 or 3 channels
     * @throws IllegalArgumentException for another rank or number of channels
     */
    public static Image of(INDArray array) {
        if (array.rank() != 3) {
            throw new IllegalArgumentException(
                    "expected an array [channels, height, width], found " + Arrays.toString(array.shape()));
        }
        float[] values = array.dup('c').data().asFloat();
        byte[] samples = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            samples[i] = (byte) Math.round(255 * (0.5f + 0.5f * Math.max(-1f, Math.min(1f, values[i]))));
        }
        return new Image((int) array.size(0), (int) array.size(1), (int) array.size(2), samples);
    }

    /**
     * All of them as one array, {@code [images, channels, height, width]}, values in [-1, 1].
     *
     * @throws IllegalArgumentException if there is none, or if they differ in size
     */
    public static INDArray stacked(List<Image> images) {
        if (images.isEmpty()) {
            throw new IllegalArgumentException("expected at least one image, found none");
        }
        INDArray array = images.get(0).emptyBatch(images.size());
        for (int i = 0; i < images.size(); i++) {
            images.get(i).copyTo(array, i);
        }
        return array;
    }

    /** 1 for grey, 3 for colour. */
    public int channels() {
        return channels;
    }

    /** Rows of pixels. */
    public int height() {
        return height;
    }

    /** Columns of pixels. */
    public int width() {
        return width;
    }

    /** The sample there, 0 to 255. */
    public int sample(int channel, int y, int x) {
        return samples[(channel * height + y) * width + x] & 0xFF;
    }

    /** The window of this size whose upper left corner is there. */
    public Image cropped(int top, int left, int height, int width) {
        if (top < 0 || left < 0 || top + height > this.height || left + width > this.width) {
            throw new IllegalArgumentException("expected a window within " + this.height + " x " + this.width
                    + ", found " + height + " x " + width + " at row " + top + ", column " + left);
        }
        byte[] window = new byte[channels * height * width];
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < height; y++) {
                int from = (c * this.height + top + y) * this.width + left;
                System.arraycopy(samples, from, window, (c * height + y) * width, width);
            }
        }
        return new Image(channels, height, width, window);
    }

    /** Left and right swapped. */
    public Image flipped() {
        byte[] mirror = new byte[samples.length];
        for (int start = 0; start < samples.length; start += width) {
            for (int x = 0; x < width; x++) {
                mirror[start + x] = samples[start + width - 1 - x];
            }
        }
        return new Image(channels, height, width, mirror);
    }

    /**
     * In another size: each new pixel weighs the four old ones around its centre (bilinear, pixel centres aligned at
     * the half, edges repeated).
     */
    public Image resized(int height, int width) {
        Taps rows = new Taps(this.height, height);
        Taps columns = new Taps(this.width, width);
        byte[] resized = new byte[channels * height * width];
        int to = 0;
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < height; y++) {
                int upper = (c * this.height + rows.first[y]) * this.width;
                int lower = (c * this.height + rows.second[y]) * this.width;
                int down = rows.weight[y];
                for (int x = 0; x < width; x++) {
                    int left = columns.first[x];
                    int right = columns.second[x];
                    int across = columns.weight[x];
                    int above =
                            (256 - across) * (samples[upper + left] & 0xFF) + across * (samples[upper + right] & 0xFF);
                    int below =
                            (256 - across) * (samples[lower + left] & 0xFF) + across * (samples[lower + right] & 0xFF);
                    resized[to++] = (byte) (((256 - down) * above + down * below + (1 << 15)) >> 16);
                }
            }
        }
        return new Image(channels, height, width, resized);
    }

    /**
     * Writes it as a PNG; the folder is made if it is not there.
     *
     * @throws DataException if it cannot be written
     */
    public void write(Path png) {
        Png.write(this, png);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Image image
                && channels == image.channels
                && height == image.height
                && width == image.width
                && Arrays.equals(samples, image.samples);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * height + width) + Arrays.hashCode(samples);
    }

    @Override
    public String toString() {
        return "Image[channels=" + channels + ", height=" + height + ", width=" + width + "]";
    }

    /** An array for so many images of this one's size. */
    INDArray emptyBatch(int images) {
        return NdArrays.detached(DataType.FLOAT, images, channels, height, width);
    }

    /** Writes the values into a slot of a contiguous array {@code [images, channels, height, width]}. */
    void copyTo(INDArray batch, int slot) {
        if (batch.size(1) != channels || batch.size(2) != height || batch.size(3) != width) {
            throw new IllegalArgumentException("expected an image of " + batch.size(1) + " channels, height "
                    + batch.size(2) + " and width " + batch.size(3) + " as the others, found " + this);
        }
        float[] values = new float[samples.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (samples[i] & 0xFF) / 127.5f - 1f;
        }
        batch.data().asNioFloat().put(slot * values.length, values);
    }

    /** For each new coordinate the two old ones it lies between and the weight of the second, in 256ths. */
    private static final class Taps {
        final int[] first;
        final int[] second;
        final int[] weight;

        Taps(int oldSize, int newSize) {
            first = new int[newSize];
            second = new int[newSize];
            weight = new int[newSize];
            for (int i = 0; i < newSize; i++) {
                double at = Math.max(0, (i + 0.5) * oldSize / newSize - 0.5);
                first[i] = (int) at;
                second[i] = Math.min(first[i] + 1, oldSize - 1);
                weight[i] = (int) Math.round(256 * (at - first[i]));
            }
        }
    }
}
