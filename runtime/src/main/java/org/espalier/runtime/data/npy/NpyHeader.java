package org.espalier.runtime.data.npy;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.runtime.data.DataException;
import org.espalier.weights.Excerpt;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The beginning of an NPY file: the format of NumPy's NEP 1, versions 1 to 3. It says how its numbers are written, and
 * their shape.
 *
 * @param type what the numbers become
 * @param kind as NumPy writes it: f, i, u or b
 * @param width bytes of a number in the file
 * @param order of the bytes of a number
 * @param fortran whether the first axis is the fastest
 * @param shape sizes of the axes
 * @param bytes of the header itself, where the numbers begin
 */
record NpyHeader(DataType type, char kind, int width, ByteOrder order, boolean fortran, List<Long> shape, int bytes) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** No array's header is longer. */
    private static final int LONGEST = 1 << 16;

    private static final Pattern DICTIONARY = Pattern.compile(
            "\\s*\\{(?=.*'descr':\\s*'([^']*)')(?=.*'fortran_order':\\s*(True|False))"
                    + "(?=.*'shape':\\s*\\(([0-9, L]*)\\)).*}\\s*",
            Pattern.DOTALL);

    /**
     * Reads it.
     *
     * @param file for messages
     * @throws DataException if it is none, or of numbers that are not read
     */
    static NpyHeader read(Path file, String what, DataInputStream in) throws IOException {
        byte[] magic = in.readNBytes(MAGIC.length);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new DataException(
                    file,
                    "an array of NumPy" + what + ", which begins with \\x93NUMPY",
                    magic.length == 0
                            ? "nothing"
                            : "'" + Excerpt.of(new String(magic, StandardCharsets.ISO_8859_1)) + "'");
        }
        int version = in.readUnsignedByte();
        in.readUnsignedByte();
        if (version < 1 || version > 3) {
            throw new DataException(file, "version 1, 2 or 3 of the NPY format" + what, "version " + version);
        }
        int length = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
        if (version > 1) {
            length |= Short.toUnsignedInt(Short.reverseBytes(in.readShort())) << 16;
        }
        if (length < 0 || length > LONGEST) {
            throw new DataException(file, "a header of at most " + LONGEST + " bytes" + what, String.valueOf(length));
        }
        String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        int bytes = MAGIC.length + (version > 1 ? 6 : 4) + length;
        return parse(file, what, text, bytes);
    }

    private static NpyHeader parse(Path file, String what, String text, int bytes) {
        Matcher dictionary = DICTIONARY.matcher(text);
        if (!dictionary.matches()) {
            throw new DataException(
                    file,
                    "a header with descr, fortran_order and shape, of numbers alone" + what,
                    "'" + Excerpt.of(text.strip()) + "'");
        }
        String descr = dictionary.group(1);
        if (!descr.matches("[<>|=](f[248]|[iu][1248]|b1)")) {
            throw new DataException(
                    file,
                    "numbers of NumPy's types f2, f4, f8, i1 to i8, u1 to u8 or b1" + what,
                    "'" + Excerpt.of(descr) + "'; astype('float32') makes them so");
        }
        char kind = descr.charAt(1);
        int width = descr.charAt(2) - '0';
        return new NpyHeader(
                type(kind, width),
                kind,
                width,
                descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                dictionary.group(2).equals("True"),
                shape(file, what, dictionary.group(3)),
                bytes);
    }

    private static DataType type(char kind, int width) {
        return switch (kind) {
            case 'f' -> width == 8 ? DataType.DOUBLE : DataType.FLOAT;
            case 'b' -> DataType.BOOL;
            default -> width == 8 || (kind == 'u' && width == 4) ? DataType.INT64 : DataType.INT32;
        };
    }

    private static List<Long> shape(Path file, String what, String sizes) {
        try {
            long[] shape = Arrays.stream(sizes.split(",", -1))
                    .map(size -> size.replace("L", "").trim())
                    .filter(size -> !size.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
            long length = 8;
            for (long size : shape) {
                length = Math.multiplyExact(length, size);
            }
            if (length == 0) {
                throw new DataException(file, "an array with elements" + what, Arrays.toString(shape));
            }
            return Arrays.stream(shape).boxed().toList();
        } catch (NumberFormatException | ArithmeticException e) {
            throw new DataException(file, "a shape that an array can have" + what, "(" + Excerpt.of(sizes) + ")", e);
        }
    }

    /** Copies the list. */
    NpyHeader {
        shape = List.copyOf(shape);
    }

    /** Sizes of the axes, in an array of the caller's own. */
    long[] sizes() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /** Number of elements. */
    long length() {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }
}
