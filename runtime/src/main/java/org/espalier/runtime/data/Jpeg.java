package org.espalier.runtime.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * JPEG files through the JDK's own codec, of which the warnings count as errors: it fills in grey where a file breaks
 * off. The orientation that a camera noted is not looked at, as torchvision and Keras do not either.
 */
final class Jpeg {
    private static final String EXPECTED = "a JPEG file";
    private static final int FIRST = 0xFF;
    private static final int SECOND = 0xD8;

    /** Bytes of the longest file: a picture of the most pixels is shorter, however little it is compressed. */
    private static final int MOST_BYTES = 1 << 29;

    /**
     * Pixels that a byte can stand for at most: each block of 8 x 8 samples takes a bit, and the finest samples may be
     * of 4 pixels each.
     */
    private static final long PIXELS_OF_A_BYTE = 8 * 64 * 4;

    private Jpeg() {}

    /** Reads a picture of any size up to that of a PNG. */
    static Image read(Path file) {
        byte[] bytes = bytes(file);
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        try (MemoryCacheImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(stream, true, true);
            long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            if (pixels > Png.MOST_PIXELS) {
                throw new DataException(
                        file,
                        "a picture of 1 to " + Png.MOST_PIXELS + " pixels",
                        reader.getWidth(0) + " x " + reader.getHeight(0));
            }
            if (pixels > PIXELS_OF_A_BYTE * bytes.length) {
                throw damaged(
                        file,
                        bytes.length + " bytes, which cannot be a picture of " + reader.getWidth(0) + " x "
                                + reader.getHeight(0),
                        null);
            }
            Image image = Png.onWhite(reader.read(0));
            if (!warnings.isEmpty()) {
                throw damaged(file, warnings.get(0), null);
            }
            return image;
        } catch (DataException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The codec answers some malformed files with unchecked exceptions.
            throw damaged(file, String.valueOf(e.getMessage()), e);
        } finally {
            reader.dispose();
        }
    }

    private static DataException damaged(Path file, String found, @Nullable Throwable cause) {
        return new DataException(file, "an undamaged JPEG file of grey or of red, green and blue", found, cause);
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = DataFiles.open(file, EXPECTED)) {
            byte[] bytes = in.readNBytes(MOST_BYTES);
            if (in.read() >= 0) {
                throw new DataException(file, "at most " + MOST_BYTES + " bytes", "more");
            }
            if (bytes.length < 2 || (bytes[0] & 0xFF) != FIRST || (bytes[1] & 0xFF) != SECOND) {
                throw new DataException(file, EXPECTED, Png.described(bytes));
            }
            return bytes;
        } catch (IOException e) {
            throw DataFiles.unreadable(file, EXPECTED, e);
        }
    }
}
