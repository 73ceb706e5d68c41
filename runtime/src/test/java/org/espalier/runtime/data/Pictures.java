package org.espalier.runtime.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Small pictures for tests. */
final class Pictures {
    private Pictures() {}

    /** Every sample different from its neighbours, and for every {@code kind} different. */
    static Image colourful(int height, int width, int kind) {
        byte[] samples = new byte[3 * height * width];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (37 * i + 11 * kind);
        }
        return new Image(3, height, width, samples);
    }

    static Image grey(int height, int width, int... samples) {
        byte[] bytes = new byte[samples.length];
        for (int i = 0; i < samples.length; i++) {
            bytes[i] = (byte) samples[i];
        }
        return new Image(1, height, width, bytes);
    }

    /** Writes a pair in the aligned layout. */
    static void writePair(Path file, Image source, Image target) throws IOException {
        int height = source.height();
        int width = source.width();
        byte[] both = new byte[3 * height * 2 * width];
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < 2 * width; x++) {
                    Image half = x < width ? source : target;
                    both[(c * height + y) * 2 * width + x] = (byte) half.sample(c, y, x % width);
                }
            }
        }
        new Image(3, height, 2 * width, both).write(file);
    }

    static void write(BufferedImage picture, Path png) throws IOException {
        if (!ImageIO.write(picture, "png", png.toFile())) {
            throw new IOException("no PNG writer for " + picture);
        }
    }
}
