package org.espalier.inference;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.IntTensor;

/**
 * The tensors of a safetensors file: eight bytes with the length of a header, little-endian, the header in JSON, then
 * the elements. Formats F32, F64, F16 and BF16 become floats, I32 and I64 whole numbers. Optimizer states and other
 * entries of checkpoints are left alone.
 */
public final class InferenceWeights {
    /** Bytes of a header, as the format limits them. */
    private static final int LONGEST_HEADER = 100_000_000;

    /** Bytes of numbers, as the arrays of a JVM limit them. */
    private static final int LARGEST = Integer.MAX_VALUE - 8;

    private final String source;
    private final byte[] data;
    private final Map<String, SafetensorsHeader.Entry> entries;
    private final Set<String> taken = new HashSet<>();

    private InferenceWeights(String source, byte[] data, Map<String, SafetensorsHeader.Entry> entries) {
        this.source = source;
        this.data = data;
        this.entries = entries;
    }

    /**
     * Reads a stream to its end.
     *
     * @param source what messages call it
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is not a safetensors file; the message says where
     */
    static InferenceWeights read(InputStream in, String source) throws IOException {
        byte[] length = in.readNBytes(Long.BYTES);
        if (length.length < Long.BYTES) {
            throw new EOFException(source + " is no safetensors file: it has " + length.length + " bytes");
        }
        long size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (size < 2 || size > LONGEST_HEADER) {
            throw new IllegalArgumentException(source + " is no safetensors file: its header would have "
                    + Long.toUnsignedString(size) + " bytes");
        }
        byte[] header = read(in, (int) size, source);
        byte[] data = in.readNBytes(LARGEST);
        if (data.length == LARGEST && in.read() >= 0) {
            throw new IllegalArgumentException(source + " has more than " + LARGEST
                    + " bytes of numbers, which an array cannot hold; the class of the java target reads it");
        }
        return new InferenceWeights(source, data, SafetensorsHeader.parse(text(header, source), data.length, source));
    }

    /** Reads as many bytes as there are, so that a wrong length takes no more memory than the stream has. */
    private static byte[] read(InputStream in, int length, String source) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.min(length, 1 << 16));
        byte[] buffer = new byte[1 << 16];
        while (bytes.size() < length) {
            int count = in.read(buffer, 0, Math.min(buffer.length, length - bytes.size()));
            if (count < 0) {
                throw new EOFException(
                        source + " ends in its header, after " + bytes.size() + " of " + length + " bytes");
            }
            bytes.write(buffer, 0, count);
        }
        return bytes.toByteArray();
    }

    private static String text(byte[] header, String source) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(header))
                    .toString();
        } catch (CharacterCodingException wrong) {
            throw new IllegalArgumentException(source + " is no safetensors file: its header is not UTF-8", wrong);
        }
    }

    /**
     * Returns a tensor.
     *
     * @throws IllegalArgumentException if it is missing, or has another shape or format
     */
    public FloatTensor tensor(String name, int... sizes) {
        SafetensorsHeader.Entry entry = entry(name, sizes);
        float[] values = new float[FloatTensor.product(sizes)];
        ByteBuffer bytes = bytes(entry);
        switch (entry.type()) {
            case "F32" -> bytes.asFloatBuffer().get(values);
            case "F64" -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) bytes.getDouble();
                }
            }
            case "BF16" -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.intBitsToFloat(bytes.getShort() << 16);
                }
            }
            case "F16" -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = half(bytes.getShort());
                }
            }
            default -> throw wrong(name, "has the format " + entry.type() + ", which is no floating-point number");
        }
        return FloatTensor.of(values, sizes);
    }

    /**
     * Returns a tensor of whole numbers.
     *
     * @throws IllegalArgumentException if it is missing, has another shape or format, or a number that is no 32-bit
     *     whole number
     */
    public IntTensor indices(String name, int... sizes) {
        SafetensorsHeader.Entry entry = entry(name, sizes);
        int[] values = new int[FloatTensor.product(sizes)];
        ByteBuffer bytes = bytes(entry);
        switch (entry.type()) {
            case "I32" -> bytes.asIntBuffer().get(values);
            case "I64" -> {
                for (int i = 0; i < values.length; i++) {
                    long value = bytes.getLong();
                    values[i] = (int) value;
                    requireWhole(name, i, value == values[i], value);
                }
            }
            case "F32", "F64" -> {
                for (int i = 0; i < values.length; i++) {
                    double value = entry.type().equals("F32") ? bytes.getFloat() : bytes.getDouble();
                    values[i] = (int) value;
                    requireWhole(name, i, value == values[i], value);
                }
            }
            default -> throw wrong(name, "has the format " + entry.type() + ", which is no whole number");
        }
        return IntTensor.of(values, sizes);
    }

    private void requireWhole(String name, int place, boolean isWhole, Number found) {
        if (!isWhole) {
            throw wrong(name, "has " + found + " at place " + place + ", where a 32-bit whole number is expected");
        }
    }

    private ByteBuffer bytes(SafetensorsHeader.Entry entry) {
        return ByteBuffer.wrap(data, entry.begin(), entry.end() - entry.begin()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private SafetensorsHeader.Entry entry(String name, int... sizes) {
        SafetensorsHeader.Entry entry = entries.get(name);
        if (entry == null) {
            throw wrong(name, "is missing; there are " + shown(entries.keySet()));
        }
        if (!entry.sizes().equals(Arrays.stream(sizes).boxed().toList())) {
            throw wrong(name, "has the shape " + entry.sizes() + ", not " + Arrays.toString(sizes));
        }
        taken.add(name);
        return entry;
    }

    private static String shown(Set<String> names) {
        int most = 10;
        String first =
                String.join(", ", new TreeSet<>(names).stream().limit(most).toList());
        return names.size() > most ? first + " and " + (names.size() - most) + " more" : first;
    }

    private IllegalArgumentException wrong(String name, String problem) {
        return new IllegalArgumentException(source + ": tensor '" + name + "' " + problem);
    }

    /** Names of the tensors that nothing has asked for. */
    Set<String> left() {
        Set<String> left = new HashSet<>(entries.keySet());
        left.removeAll(taken);
        return left;
    }

    /** A number of IEEE 754's half precision. */
    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float value = fraction * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 112;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
