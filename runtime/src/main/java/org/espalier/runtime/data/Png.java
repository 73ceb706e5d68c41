package org.espalier.runtime.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.ToLongFunction;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * PNG files through the JDK's own codec. The chunks are checked first (W3C PNG specification, section 5), since that
 * codec passes over checksums and a missing end.
 */
final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    /** Length, type and checksum around a chunk's data. */
    private static final int CHUNK_OVERHEAD = 12;

    private static final String EXPECTED = "a PNG file";

    /** Offset of the end of width and height, which begin the first chunk's data. */
    private static final int SIZES_END = 24;

    /** Four samples of 16 bits, which may grow a little as they are compressed. */
    private static final long BYTES_OF_A_PIXEL = 9;

    /** Bytes of a picture's colour profile, texts and the like. */
    private static final long MOST_BESIDES = 1 << 26;

    /** Bytes that one byte of a PNG's data can become at most. */
    private static final long EXPANSION = 1032;

    private Png() {}

    /** Pixels of the largest picture that is read without knowing its size ahead. */
    static final long MOST_PIXELS = 1 << 26;

    static Image read(Path file, int height, int width) {
        return read(file, beginning -> {
            requireSize(file, beginning, height, width);
            return (long) height * width;
        });
    }

    /** Reads a picture of any size. */
    static Image read(Path file) {
        return read(file, beginning -> {
            long pixels = size(beginning, SIZES_END - 8) * size(beginning, SIZES_END - 4);
            if (pixels < 1 || pixels > MOST_PIXELS) {
                throw new DataException(file, "a picture of 1 to " + MOST_PIXELS + " pixels", sizes(beginning));
            }
            return pixels;
        });
    }

    private static String sizes(byte[] beginning) {
        return beginning.length < SIZES_END
                ? "no size"
                : size(beginning, SIZES_END - 8) + " x " + size(beginning, SIZES_END - 4);
    }

    private static long size(byte[] beginning, int at) {
        return Integer.toUnsignedLong(ByteBuffer.wrap(beginning).getInt(at));
    }

    private static Image read(Path file, ToLongFunction<byte[]> pixels) {
        byte[] bytes = bytes(file, pixels);
        checkSize(file, bytes, checkChunks(file, bytes));
        return onWhite(decode(file, bytes));
    }

    /** The file's content, if it begins as a picture of a size that is expected; otherwise it may be of any length. */
    private static byte[] bytes(Path file, ToLongFunction<byte[]> pixels) {
        try (InputStream in = DataFiles.open(file, EXPECTED)) {
            byte[] beginning = in.readNBytes(SIZES_END);
            if (!isSigned(beginning)) {
                throw new DataException(file, EXPECTED, described(beginning));
            }
            long expected = beginning.length == SIZES_END ? pixels.applyAsLong(beginning) : 0;
            // Whatever a picture of that size says besides, it is not that long.
            long most = MOST_BESIDES + BYTES_OF_A_PIXEL * expected;
            byte[] rest = in.readNBytes((int) Math.min(most, Integer.MAX_VALUE - SIZES_END - 8));
            if (in.read() >= 0) {
                throw new DataException(
                        file, "at most " + most + " bytes, for a picture of " + sizes(beginning), "more");
            }
            byte[] bytes = Arrays.copyOf(beginning, beginning.length + rest.length);
            System.arraycopy(rest, 0, bytes, beginning.length, rest.length);
            return bytes;
        } catch (IOException e) {
            throw DataFiles.unreadable(file, EXPECTED, e);
        }
    }

    private static void requireSize(Path file, byte[] beginning, int height, int width) {
        long foundWidth = size(beginning, SIZES_END - 8);
        long foundHeight = size(beginning, SIZES_END - 4);
        if (foundWidth != width || foundHeight != height) {
            throw new DataException(
                    file,
                    "a picture of " + width + " x " + height + " pixels (width x height)",
                    foundWidth + " x " + foundHeight);
        }
    }

    private static boolean isSigned(byte[] beginning) {
        return Arrays.equals(SIGNATURE, Arrays.copyOf(beginning, SIGNATURE.length));
    }

    static void write(Image image, Path file) {
        BufferedImage picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        int green = image.channels() == 3 ? 1 : 0;
        int blue = image.channels() == 3 ? 2 : 0;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                picture.setRGB(
                        x, y, image.sample(0, y, x) << 16 | image.sample(green, y, x) << 8 | image.sample(blue, y, x));
            }
        }
        DataFiles.requireReplaceable(file, EXPECTED, Png::isSigned);
        DataFiles.write(file, encode(picture));
    }

    private static byte[] encode(BufferedImage picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(stream);
            writer.write(picture);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /**
     * Refuses a header that promises more pixels than the data can be of, for which the decoder would take memory.
     *
     * @param data bytes of compressed pixels
     */
    private static void checkSize(Path file, byte[] bytes, long data) {
        int channels = switch (bytes[SIZES_END + 1]) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
        long pixels = size(bytes, SIZES_END - 8) * size(bytes, SIZES_END - 4);
        if (pixels * channels * bytes[SIZES_END] / Byte.SIZE > EXPANSION * data) {
            throw new DataException(
                    file,
                    "an undamaged PNG file",
                    data + " bytes of data, which cannot be a picture of " + sizes(bytes));
        }
    }

    /** Checks that the file is of whole chunks, and returns the number of bytes that are compressed pixels. */
    private static long checkChunks(Path file, byte[] bytes) {
        long data = 0;
        ByteBuffer chunks = ByteBuffer.wrap(bytes);
        int at = SIGNATURE.length;
        String type = "";
        while (!type.equals("IEND")) {
            int left = bytes.length - at;
            long length = left < CHUNK_OVERHEAD ? 0 : Integer.toUnsignedLong(chunks.getInt(at));
            if (left < length + CHUNK_OVERHEAD) {
                throw new DataException(
                        file,
                        "a whole PNG file",
                        "its first " + bytes.length + " bytes only: it breaks off in the chunk at byte " + at);
            }
            type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
            if (at == SIGNATURE.length && !(type.equals("IHDR") && length == 13)) {
                throw new DataException(
                        file, "a PNG file that begins with its header IHDR", "chunk " + printable(type));
            }
            CRC32 checksum = new CRC32();
            checksum.update(bytes, at + 4, (int) length + 4);
            if ((int) checksum.getValue() != chunks.getInt(at + 8 + (int) length)) {
                throw new DataException(
                        file,
                        "an undamaged PNG file",
                        "a wrong checksum in chunk " + printable(type) + " at byte " + at);
            }
            data += type.equals("IDAT") ? length : 0;
            at += CHUNK_OVERHEAD + (int) length;
        }
        return data;
    }

    static String described(byte[] bytes) {
        if (bytes.length == 0) {
            return "an empty file";
        }
        String text = new String(bytes, 0, Math.min(bytes.length, 12), StandardCharsets.ISO_8859_1);
        return "a file that begins with \"" + printable(text) + "\"";
    }

    private static String printable(String text) {
        return text.replaceAll("[^ -~]", ".");
    }

    private static BufferedImage decode(Path file, byte[] bytes) {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (MemoryCacheImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(stream, true, true);
            return reader.read(0);
        } catch (IOException | RuntimeException e) {
            // The codec answers some malformed headers and palettes with unchecked exceptions.
            throw new DataException(file, "an undamaged PNG file", String.valueOf(e.getMessage()), e);
        } finally {
            reader.dispose();
        }
    }

    /**
     * Reads the stored samples themselves: {@code BufferedImage.getRGB} would convert grey from a linear scale and so
     * brighten it.
     */
    static Image onWhite(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        Raster raster = picture.getRaster();
        ColorModel model = picture.getColorModel();
        int bands = raster.getNumBands();
        int drop = model.getComponentSize(0) - 8;
        byte[] samples = new byte[3 * height * width];
        int[] pixel = new int[bands];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                raster.getPixel(x, y, pixel);
                int alpha = 255;
                int[] colour = new int[3];
                if (model instanceof IndexColorModel palette) {
                    colour[0] = palette.getRed(pixel[0]);
                    colour[1] = palette.getGreen(pixel[0]);
                    colour[2] = palette.getBlue(pixel[0]);
                    alpha = palette.getAlpha(pixel[0]);
                } else {
                    int colours = bands < 3 ? 1 : 3;
                    for (int c = 0; c < 3; c++) {
                        colour[c] = pixel[colours == 1 ? 0 : c] >> drop;
                    }
                    alpha = bands > colours ? pixel[colours] >> drop : 255;
                }
                for (int c = 0; c < 3; c++) {
                    int over = (colour[c] * alpha + 255 * (255 - alpha) + 127) / 255;
                    samples[(c * height + y) * width + x] = (byte) over;
                }
            }
        }
        return new Image(3, height, width, samples);
    }
}
