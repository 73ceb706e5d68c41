package org.espalier.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsTest {
    private static byte[] file(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(data)
                .array();
    }

    private static InferenceWeights read(byte[] file) throws IOException {
        return InferenceWeights.read(new ByteArrayInputStream(file), "weights.safetensors");
    }

    private static InferenceWeights one(String type, String shape, byte[] data) throws IOException {
        return read(file(
                "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"" + type + "\",\"shape\":" + shape
                        + ",\"data_offsets\":[0," + data.length + "]}}",
                data));
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void floatsAreReadAsTheyAre() throws IOException {
        byte[] data = bytes(8).putFloat(1.5f).putFloat(-0.0f).array();

        assertThat(one("F32", "[2]", data).tensor("w", 2).toArray()).containsExactly(1.5f, -0.0f);
    }

    @Test
    void doublesAreRounded() throws IOException {
        assertThat(one("F64", "[1]", bytes(8).putDouble(0.1).array())
                        .tensor("w", 1)
                        .toArray())
                .containsExactly(0.1f);
    }

    /** Bits of IEEE 754's half precision: normal, subnormal, infinite numbers, and none. */
    @ParameterizedTest
    @CsvSource({
        "3c00, 1",
        "c000, -2",
        "3555, 0.33325195",
        "0001, 5.9604645E-8",
        "83ff, -6.097555E-5",
        "7c00, Infinity",
        "7e00, NaN",
        "0000, 0",
        "7bff, 65504"
    })
    void halvesAreExact(String bits, float value) throws IOException {
        byte[] data = bytes(2).putShort((short) Integer.parseInt(bits, 16)).array();

        assertThat(one("F16", "[1]", data).tensor("w", 1).toArray()).containsExactly(value);
    }

    @Test
    void brainFloatsAreTheFirstHalvesOfFloats() throws IOException {
        byte[] data = bytes(2).putShort((short) 0x3fc0).array();

        assertThat(one("BF16", "[1]", data).tensor("w", 1).toArray()).containsExactly(1.5f);
    }

    @Test
    void wholeNumbersAreReadFromSeveralFormats() throws IOException {
        assertThat(one("I64", "[1]", bytes(8).putLong(7).array())
                        .indices("w", 1)
                        .data())
                .containsExactly(7);
        assertThat(one("I32", "[1]", bytes(4).putInt(7).array()).indices("w", 1).data())
                .containsExactly(7);
    }

    @Test
    void whatIsNoWholeNumberOf32BitsIsRefusedAsAnIndex() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one(
                                "I64",
                                "[2]",
                                bytes(16).putLong(7).putLong(1L << 32).array())
                        .indices("w", 2))
                .withMessage("weights.safetensors: tensor 'w' has 4294967296 at place 1,"
                        + " where a 32-bit whole number is expected");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> one("F32", "[1]", bytes(4).putFloat(0.5f).array()).indices("w", 1))
                .withMessageContaining("has 0.5 at place 0");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> one("F64", "[1]", bytes(8).putDouble(Double.NaN).array())
                                .indices("w", 1))
                .withMessageContaining("has NaN at place 0");
    }

    @Test
    void aTensorOfAnotherShapeIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one("F32", "[2, 1]", new byte[8]).tensor("w", 2))
                .withMessage("weights.safetensors: tensor 'w' has the shape [2, 1], not [2]");
    }

    @Test
    void aMissingTensorIsNamedWithThoseThatAreThere() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one("F32", "[2]", new byte[8]).tensor("v", 2))
                .withMessage("weights.safetensors: tensor 'v' is missing; there are w");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}x",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}",
                "{\"w\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
                "{\"w\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"v\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[65536,65536,0],\"data_offsets\":[0,0]},\"w\":1}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}"
            })
    void whatIsNoHeaderIsRefused(String header) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(file(header, new byte[4])))
                .withMessageStartingWith("weights.safetensors is no safetensors file: ");
    }

    @Test
    void aFormatThatIsNotReadIsNamedWithThoseThatAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one("F8_E4M3", "[4]", new byte[4]))
                .withMessageContaining(
                        "tensor 'w' has the format 'F8_E4M3', and those that are read are BF16, BOOL, F16");
    }

    @Test
    void aHeaderThatIsLongerThanTheFileTakesNoMoreMemoryThanTheFile() {
        byte[] file = bytes(16).putLong(99_999_999).putLong(0).array();

        assertThatThrownBy(() -> read(file)).isInstanceOf(EOFException.class).hasMessageContaining("in its header");
    }

    /** Bytes that were changed at random: an exception that says so, or tensors; nothing else. */
    @Test
    void damagedFilesAreRefusedOrRead() throws IOException {
        byte[] whole = file(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                        + "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[24,32]}}",
                new byte[32]);
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Throwable thrown = catchThrowable(() -> read(damaged).tensor("a", 2, 3));

            assertThat(thrown)
                    .satisfiesAnyOf(
                            none -> assertThat(none).isNull(),
                            wrong -> assertThat(wrong).isInstanceOf(IllegalArgumentException.class),
                            wrong -> assertThat(wrong).isInstanceOf(IOException.class));
        }
    }
}
