package org.espalier.weights.npy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.weights.Excerpt;
import org.espalier.weights.TensorType;

/**
 * The beginning of an array in an NPY file: the format of NumPy's NEP 1, versions 1 to 3. It says how its numbers are
 * written, and their shape.
 *
 * @param type format of the numbers, but for the order of their bytes
 * @param order of the bytes of a number
 * @param fortran whether the first axis is the fastest
 * @param shape sizes of the axes
 * @param bytes of the header itself, where the numbers begin
 */
public record NpyHeader(TensorType type, ByteOrder order, boolean fortran, List<Long> shape, int bytes) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** No array's header is longer. */
    private static final int LONGEST = 1 << 16;

    /** Numbers begin at a multiple of it. */
    private static final int ALIGNMENT = 64;

    private static final Pattern DICTIONARY = Pattern.compile(
            "\\s*\\{(?=.*'descr':\\s*'([^']*)')(?=.*'fortran_order':\\s*(True|False))"
                    + "(?=.*'shape':\\s*\\(([0-9, L]*)\\)).*}\\s*",
            Pattern.DOTALL);

    /** Copies the list. */
    public NpyHeader {
        shape = List.copyOf(shape);
    }

    /**
     * Reads a header and nothing behind it.
     *
     * @throws NpyFormatException if it is none, or of numbers that are not read
     * @throws java.io.EOFException if it breaks off
     */
    public static NpyHeader read(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(from);
        byte[] magic = in.readNBytes(MAGIC.length);
        if (!isBeginning(magic)) {
            throw new NpyFormatException(
                    "an array of NumPy, which begins with \\x93NUMPY",
                    magic.length == 0
                            ? "nothing"
                            : "'" + Excerpt.of(new String(magic, StandardCharsets.ISO_8859_1)) + "'");
        }
        int version = in.readUnsignedByte();
        in.readUnsignedByte();
        if (version < 1 || version > 3) {
            throw new NpyFormatException("version 1, 2 or 3 of the NPY format", "version " + version);
        }
        int length = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
        if (version > 1) {
            length |= Short.toUnsignedInt(Short.reverseBytes(in.readShort())) << 16;
        }
        if (length < 0 || length > LONGEST) {
            throw new NpyFormatException("a header of at most " + LONGEST + " bytes", Integer.toUnsignedString(length));
        }
        String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return parse(text, MAGIC.length + (version > 1 ? 6 : 4) + length);
    }

    /** Tells by the first bytes of a file if it is of an array. */
    public static boolean isBeginning(byte[] start) {
        return start.length >= MAGIC.length && Arrays.equals(Arrays.copyOf(start, MAGIC.length), MAGIC);
    }

    private static NpyHeader parse(String text, int bytes) throws NpyFormatException {
        Matcher dictionary = DICTIONARY.matcher(text);
        if (!dictionary.matches()) {
            throw new NpyFormatException(
                    "a header with descr, fortran_order and shape, of numbers alone",
                    "'" + Excerpt.of(text.strip()) + "'");
        }
        String descr = dictionary.group(1);
        if (!descr.matches("[<>|=](f[248]|[iu][1248]|b1)")) {
            throw new NpyFormatException(
                    "numbers of NumPy's types f2, f4, f8, i1 to i8, u1 to u8 or b1",
                    "'" + Excerpt.of(descr) + "'; astype('float32') makes them so");
        }
        return new NpyHeader(
                type(descr.charAt(1), descr.charAt(2) - '0'),
                descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                dictionary.group(2).equals("True"),
                shape(dictionary.group(3)),
                bytes);
    }

    private static TensorType type(char kind, int width) {
        return switch (kind) {
            case 'f' -> width == 2 ? TensorType.F16 : width == 4 ? TensorType.F32 : TensorType.F64;
            case 'b' -> TensorType.BOOL;
            default -> TensorType.valueOf((kind == 'i' ? "I" : "U") + width * Byte.SIZE);
        };
    }

    private static List<Long> shape(String sizes) throws NpyFormatException {
        try {
            List<Long> shape = Arrays.stream(sizes.split(",", -1))
                    .map(size -> size.replace("L", "").trim())
                    .filter(size -> !size.isEmpty())
                    .map(Long::valueOf)
                    .toList();
            long length = Long.BYTES;
            for (long size : shape) {
                length = Math.multiplyExact(length, size);
            }
            return shape;
        } catch (NumberFormatException | ArithmeticException e) {
            NpyFormatException unfit =
                    new NpyFormatException("a shape that an array can have", "(" + Excerpt.of(sizes) + ")");
            unfit.initCause(e);
            throw unfit;
        }
    }

    /**
     * The header of an array as NumPy writes it: version 1, little-endian, in C order.
     *
     * @throws IllegalArgumentException if NumPy has no such numbers
     */
    public static byte[] write(TensorType type, List<Long> shape) {
        String sizes = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
        String dictionary = "{'descr': '" + descr(type) + "', 'fortran_order': False, 'shape': (" + sizes
                + (shape.size() == 1 ? ",)" : ")") + ", }";
        int start = MAGIC.length + 4;
        int whole = (start + dictionary.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
        if (whole - start > LONGEST - 1) {
            throw new IllegalArgumentException("an array of " + shape.size() + " axes");
        }
        byte[] header = new byte[whole];
        Arrays.fill(header, (byte) ' ');
        ByteBuffer bytes = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (whole - start));
        bytes.put(dictionary.getBytes(StandardCharsets.US_ASCII));
        header[whole - 1] = '\n';
        return header;
    }

    private static String descr(TensorType type) {
        return switch (type) {
            case F64, F32, F16 -> "<f" + type.bytes();
            case I64, I32, I16 -> "<i" + type.bytes();
            case U64, U32, U16 -> "<u" + type.bytes();
            case I8 -> "|i1";
            case U8 -> "|u1";
            case BOOL -> "|b1";
            case BF16, F8_E4M3, F8_E5M2 -> throw new IllegalArgumentException("NumPy has no numbers of " + type);
        };
    }

    /** Number of elements. */
    public long length() {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    /** Bytes of the numbers. */
    public long numberBytes() {
        return length() * type.bytes();
    }

    /** Turns whole numbers of the file to little-endian, in their place. */
    public ByteBuffer littleEndian(ByteBuffer numbers) {
        if (order == ByteOrder.BIG_ENDIAN) {
            ByteBuffer big = numbers.duplicate().order(ByteOrder.BIG_ENDIAN);
            ByteBuffer little = numbers.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            while (big.remaining() >= type.bytes()) {
                switch (type.bytes()) {
                    case 8 -> little.putLong(big.getLong());
                    case 4 -> little.putInt(big.getInt());
                    case 2 -> little.putShort(big.getShort());
                    default -> little.put(big.get());
                }
            }
        }
        return numbers.order(ByteOrder.LITTLE_ENDIAN);
    }
}
