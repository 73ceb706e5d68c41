package org.espalier.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Many small pictures on one white sheet, to be judged at a glance: each row sets side by side what belongs together,
 * for instance drawing, painted and truth. The same pictures make the same sheet, pixel for pixel, on every machine.
 */
public final class ContactSheet {
    private static final int MARGIN = 16;
    private static final int GAP = 4;

    /** As a picture in memory it takes 7 bytes for each. */
    private static final int MOST_PIXELS = 1 << 28;

    private final List<String> labels;
    private final List<List<Image>> rows = new ArrayList<>();

    /**
     * An empty sheet.
     *
     * @param labels what stands above the columns, letters and digits
     */
    public ContactSheet(String... labels) {
        if (labels.length == 0) {
            throw new IllegalArgumentException("expected a label for at least one column, found none");
        }
        this.labels = List.of(labels);
    }

    /**
     * Adds a row.
     *
     * @param images one for each label, all of one size on the whole sheet
     * @return this sheet
     */
    public ContactSheet row(Image... images) {
        if (images.length != labels.size()) {
            throw new IllegalArgumentException(
                    "expected an image for each of the columns " + labels + ", found " + images.length);
        }
        Image first = rows.isEmpty() ? images[0] : rows.get(0).get(0);
        for (Image image : images) {
            if (image.height() != first.height() || image.width() != first.width()) {
                throw new IllegalArgumentException("expected all images of one size, " + first + ", found " + image);
            }
        }
        rows.add(List.of(images));
        return this;
    }

    /**
     * Writes the sheet; the folder is made if it is not there.
     *
     * @param png the file
     * @param blocks into how many blocks, side by side, the rows are split
     * @throws IllegalStateException if the sheet has no row, or so many that it is no picture any more
     * @throws DataException if it cannot be written
     */
    public void write(Path png, int blocks) {
        image(blocks).write(png);
    }

    /**
     * The sheet as one picture.
     *
     * @param blocks into how many blocks, side by side, the rows are split
     * @throws IllegalStateException if the sheet has no row, or so many that it is no picture any more
     */
    public Image image(int blocks) {
        if (rows.isEmpty()) {
            throw new IllegalStateException("expected at least one row on the contact sheet, found none");
        }
        if (blocks < 1) {
            throw new IllegalArgumentException("expected at least one block, found " + blocks);
        }
        Image first = rows.get(0).get(0);
        int cellWidth = first.width() + GAP;
        int cellHeight = first.height() + GAP;
        int header = Letters.HEIGHT + 2 * GAP;
        int perBlock = (rows.size() - 1) / blocks + 1;
        int used = (rows.size() - 1) / perBlock + 1;
        int blockWidth = labels.size() * cellWidth - GAP + MARGIN;
        long height = 2L * MARGIN + header + (long) perBlock * cellHeight - GAP;
        long width = MARGIN + (long) used * blockWidth;
        if (height > MOST_PIXELS || width > MOST_PIXELS || height * width > MOST_PIXELS) {
            throw new IllegalStateException("expected a sheet of at most " + MOST_PIXELS + " pixels, found " + width
                    + " x " + height + "; put fewer rows on it");
        }
        Canvas canvas = new Canvas((int) height, (int) width);
        for (int block = 0; block < used; block++) {
            for (int column = 0; column < labels.size(); column++) {
                int left = MARGIN + block * blockWidth + column * cellWidth;
                canvas.write(labels.get(column), MARGIN, left, first.width());
            }
        }
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < labels.size(); column++) {
                int top = MARGIN + header + row % perBlock * cellHeight;
                int left = MARGIN + row / perBlock * blockWidth + column * cellWidth;
                canvas.put(rows.get(row).get(column), top, left);
            }
        }
        return canvas.image();
    }

    /** White paper that takes pictures and dark grey letters. */
    private static final class Canvas {
        private static final int INK = 64;
        private final int height;
        private final int width;
        private final byte[] samples;

        Canvas(int height, int width) {
            this.height = height;
            this.width = width;
            this.samples = new byte[3 * height * width];
            Arrays.fill(samples, (byte) 255);
        }

        void put(Image image, int top, int left) {
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < image.height(); y++) {
                    for (int x = 0; x < image.width(); x++) {
                        set(c, top + y, left + x, image.sample(image.channels() == 3 ? c : 0, y, x));
                    }
                }
            }
        }

        /** Letters that do not fit into the width are left out. */
        void write(String text, int top, int left, int width) {
            int advance = Letters.WIDTH + 1;
            for (int i = 0; i < text.length() && (i + 1) * advance <= width; i++) {
                for (int y = 0; y < Letters.HEIGHT; y++) {
                    for (int x = 0; x < Letters.WIDTH; x++) {
                        if (Letters.inked(text.charAt(i), y, x)) {
                            for (int c = 0; c < 3; c++) {
                                set(c, top + y, left + i * advance + x, INK);
                            }
                        }
                    }
                }
            }
        }

        Image image() {
            return new Image(3, height, width, samples);
        }

        private void set(int channel, int y, int x, int value) {
            samples[(channel * height + y) * width + x] = (byte) value;
        }
    }
}
