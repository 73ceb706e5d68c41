package org.espalier.weights.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NpyArrayTest {
    @TempDir
    private Path folder;

    /** A file of a version with a header and so many bytes behind it, 0, 1, 2 and so on. */
    private Path file(int version, String header, int bytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer content = ByteBuffer.allocate(12 + text.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
        content.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        content = version == 1 ? content.putShort((short) text.length) : content.putInt(text.length);
        content.put(text);
        for (int i = 0; i < bytes; i++) {
            content.put((byte) i);
        }
        byte[] written = new byte[content.position()];
        content.flip().get(written);
        return Files.write(folder.resolve("made.npy"), written);
    }

    private static String header(String descr, boolean fortran, String shape) {
        return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape
                + ", }\n";
    }

    @ParameterizedTest
    @EnumSource(
            names = {"BF16", "F8_E4M3", "F8_E5M2"},
            mode = EnumSource.Mode.EXCLUDE)
    void whatIsWrittenIsReadAgain(TensorType type) {
        ByteBuffer numbers = ByteBuffer.allocate(6 * type.bytes());
        for (int i = 0; i < numbers.capacity(); i++) {
            numbers.put(i, (byte) (type == TensorType.BOOL ? i % 2 : i));
        }
        Path file = folder.resolve("new/array.npy");

        new NpyArray(type, List.of(2L, 3L), numbers).write(file);
        NpyArray read = NpyArray.read(file);

        assertThat(read.type()).isEqualTo(type);
        assertThat(read.shape()).containsExactly(2L, 3L);
        assertThat(read.numbers()).isEqualTo(numbers);
    }

    @Test
    void theHeaderIsThatOfNumpy() {
        String header = new String(NpyHeader.write(TensorType.F32, List.of(3L)), StandardCharsets.ISO_8859_1);

        assertThat(header)
                .hasSize(128)
                .startsWith(
                        "\u0093NUMPY\u0001\u0000\u0076\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }")
                .endsWith(" \n");
        assertThat(new String(NpyHeader.write(TensorType.I64, List.of()), StandardCharsets.ISO_8859_1))
                .contains("'shape': (), }");
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void everyVersionIsRead(int version) throws IOException {
        NpyArray array = NpyArray.read(file(version, header("|i1", false, "(2, 2)"), 4));

        assertThat(array.numbers().array()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void bigEndianNumbersInFortranOrderAreTurned() throws IOException {
        NpyArray array = NpyArray.read(file(1, header(">i2", true, "(2, 3, 2)"), 24));

        short[] numbers = new short[12];
        array.numbers().asShortBuffer().get(numbers);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 2; k++) {
                    int place = i + 2 * j + 6 * k;
                    assertThat(numbers[6 * i + 2 * j + k]).isEqualTo((short) (2 * place << 8 | 2 * place + 1));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(2,)             | 7 | expected 8 bytes of numbers for the shape [2], found 7",
                "(2,)             | 9 | expected 8 bytes of numbers for the shape [2], found 9",
                "(536870912,)     | 8 | expected 2147483648 bytes of numbers for the shape [536870912], found 8",
                "(9999999999999999999,) | 0 | expected a shape that an array can have, found (9999999999999999999,)",
                "(-1,)            | 0 | expected a header with descr, fortran_order and shape, of numbers alone",
            })
    void headersThatPromiseMoreThanThereIsTakeNoMemory(String shape, int bytes, String message) throws IOException {
        Path file = file(1, header("<f4", false, shape), bytes);

        assertThatThrownBy(() -> NpyArray.read(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageStartingWith(file + ": " + message);
    }

    @Test
    void aLongHeaderIsRefused() throws IOException {
        Path file = file(2, header("<f4", false, "(1,)") + " ".repeat(1 << 16), 4);

        assertThatThrownBy(() -> NpyArray.read(file)).hasMessageContaining("a header of at most 65536 bytes");
    }

    @Test
    void objectsAreNotRead() throws IOException {
        Path file = file(1, header("|O", false, "(1,)"), 4);

        assertThatThrownBy(() -> NpyArray.read(file)).hasMessageContaining("numbers of NumPy's types");
        assertThatThrownBy(() -> NpyArray.read(folder)).hasMessageContaining("is no regular file");
        assertThatThrownBy(() -> NpyArray.read(folder.resolve("missing.npy")))
                .hasMessageContaining("there is no such file");
    }

    @Test
    void otherFilesAreNotOverwritten() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.npy"), "my notes");
        NpyArray array = NpyArray.of(new float[] {1}, List.of(1L));

        assertThatThrownBy(() -> array.write(file)).hasMessageContaining("it is not an NPY file");
        assertThat(file).hasContent("my notes");
    }
}
