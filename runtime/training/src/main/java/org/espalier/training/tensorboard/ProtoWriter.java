package org.espalier.training.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One message of protocol buffers, field by field, in the format that protobuf.dev/programming-guides/encoding
 * describes: a key, which is the field's number and its wire type, and the value.
 */
final class ProtoWriter {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;
    private static final int PAYLOAD = 0x7f;
    private static final int MORE = 0x80;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** A whole number; negative ones take ten bytes. */
    ProtoWriter number(int field, long value) {
        key(field, VARINT);
        varint(value);
        return this;
    }

    ProtoWriter number(int field, double value) {
        key(field, FIXED_64);
        little(Double.doubleToLongBits(value), Double.BYTES);
        return this;
    }

    ProtoWriter number(int field, float value) {
        key(field, FIXED_32);
        little(Float.floatToIntBits(value), Float.BYTES);
        return this;
    }

    ProtoWriter text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtoWriter message(int field, ProtoWriter value) {
        return bytes(field, value.toBytes());
    }

    ProtoWriter bytes(int field, byte[] value) {
        key(field, BYTES);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    /** A list of numbers, one behind the other in one field. */
    ProtoWriter packed(int field, List<Double> values) {
        key(field, BYTES);
        varint((long) values.size() * Double.BYTES);
        values.forEach(value -> little(Double.doubleToLongBits(value), Double.BYTES));
        return this;
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    private void little(long bits, int size) {
        for (int i = 0; i < size; i++) {
            bytes.write((int) (bits >>> (Byte.SIZE * i)));
        }
    }

    private void key(int field, int wireType) {
        varint((long) field << 3 | wireType);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~PAYLOAD) != 0) {
            bytes.write((int) (rest & PAYLOAD) | MORE);
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }
}
