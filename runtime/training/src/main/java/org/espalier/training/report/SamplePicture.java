package org.espalier.training.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.espalier.runtime.data.Image;

/**
 * A sample picture of an epoch.
 *
 * @param title what it shows
 * @param source a PNG as a data URI
 */
record SamplePicture(String title, String source) {
    private static final String PNG = "data:image/png;base64,";

    static SamplePicture of(String title, Image image) {
        return new SamplePicture(title, PNG + Base64.getEncoder().encodeToString(png(image)));
    }

    static byte[] png(Image image) {
        try {
            Path file = Files.createTempFile("espalier", ".png");
            try {
                Files.delete(file);
                image.write(file);
                return Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a picture for the report: " + e, e);
        }
    }
}
