package org.espalier.inference;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.espalier.fuzz.FuzzTarget;
import org.espalier.fuzz.FuzzTargets;

/** Weights of strangers, as classes of the target {@code inference} read them. */
class InferenceFuzzTest extends FuzzTargets {
    @Override
    protected List<FuzzTarget> targets() {
        return List.of(new FuzzTarget("inference", InferenceFuzzTest::seeds, InferenceFuzzTest::read));
    }

    private static void read(byte[] input) throws IOException {
        try {
            InferenceWeights weights = InferenceWeights.read(new ByteArrayInputStream(input), "input");
            weights.tensor("a", 2, 3);
            weights.indices("b", 2);
        } catch (EOFException | IllegalArgumentException documented) {
            return;
        }
    }

    private static List<byte[]> seeds() {
        return List.of(
                file(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                                + "\"b\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[24,40]}}",
                        40),
                file(
                        "{\"__metadata__\":{\"a\\u0041\":\"\"}, \"a\" : {\"dtype\":\"F16\",\"shape\":[2,3],"
                                + "\"data_offsets\":[0,12]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[12,14]}}",
                        14));
    }

    private static byte[] file(String header, int data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }
}
