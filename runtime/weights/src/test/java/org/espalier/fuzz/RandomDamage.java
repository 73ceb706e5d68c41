package org.espalier.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes inputs of others as accidents and attackers do: bytes changed, put in, cut out, repeated, lengths far off. */
final class RandomDamage {
    private static final long[] NUMBERS = {
        0, 1, -1, 127, 128, 255, 256, 65_535, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, 1L << 40
    };
    private static final int LONGEST = 1 << 16;

    private final Random random;
    private final List<byte[]> inputs;

    RandomDamage(long seed, List<byte[]> inputs) {
        this.random = new Random(seed);
        this.inputs = inputs;
    }

    /** One of the inputs with one to five damages. */
    byte[] next() {
        byte[] bytes = pick();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            bytes = bytes.length == 0 || bytes.length > LONGEST ? pick() : damaged(bytes);
        }
        return bytes;
    }

    private byte[] pick() {
        return inputs.get(random.nextInt(inputs.size())).clone();
    }

    private byte[] damaged(byte[] bytes) {
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(16, bytes.length - at));
        switch (random.nextInt(7)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> number(bytes, at);
            case 3 -> {
                return spliced(bytes, at, at + length, new byte[0]);
            }
            case 4 -> {
                return spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            }
            case 5 -> {
                byte[] other = pick();
                int from = other.length == 0 ? 0 : random.nextInt(other.length);
                int to = Math.min(other.length, from + 1 + random.nextInt(32));
                return spliced(bytes, at, at + length, Arrays.copyOfRange(other, from, to));
            }
            default -> {
                return Arrays.copyOf(bytes, at);
            }
        }
        return bytes;
    }

    /** Puts a number of one to eight bytes, of either order, or its digits. */
    private void number(byte[] bytes, int at) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        byte[] written = random.nextInt(3) == 0
                ? String.valueOf(number).getBytes(StandardCharsets.US_ASCII)
                : ByteBuffer.allocate(Long.BYTES)
                        .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                        .putLong(number)
                        .array();
        int from = random.nextInt(written.length);
        int length = Math.min(written.length - from, bytes.length - at);
        System.arraycopy(written, from, bytes, at, length);
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
        return ByteBuffer.allocate(from + between.length + bytes.length - to)
                .put(bytes, 0, from)
                .put(between)
                .put(bytes, to, bytes.length - to)
                .array();
    }
}
