package org.espalier.weights.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzFileTest {
    @TempDir
    private Path folder;

    private Path written() {
        Path file = folder.resolve("weights.npz");
        new NpzWriter()
                .add("fc.weight", NpyArray.of(new float[] {1, 2, 3, 4, 5, 6}, List.of(2L, 3L)))
                .add(
                        "steps",
                        new NpyArray(
                                TensorType.I64,
                                List.of(),
                                ByteBuffer.allocate(8).put(0, (byte) 7)))
                .write(file);
        return file;
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        try (NpzFile file = NpzFile.open(written())) {
            assertThat(file.tensors())
                    .containsExactly(
                            new TensorInfo("fc.weight", TensorType.F32, List.of(2L, 3L)),
                            new TensorInfo("steps", TensorType.I64, List.of()));
            float[] numbers = new float[6];
            file.numbers("fc.weight").asFloatBuffer().get(numbers);
            assertThat(numbers).containsExactly(1, 2, 3, 4, 5, 6);
            file.copy(
                    "steps",
                    TensorType.F64,
                    piece -> assertThat(piece.getDouble()).isEqualTo(7));
            assertThatThrownBy(() -> file.numbers("other")).hasMessageContaining("has no array 'other'");
        }
    }

    @Test
    void theSameArraysBecomeTheSameBytes() throws IOException {
        byte[] first = Files.readAllBytes(written());

        assertThat(Files.readAllBytes(written())).isEqualTo(first);
    }

    @Test
    void anArchiveOfOtherThingsIsNamed() throws IOException {
        Path file = folder.resolve("other.npz");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("readme.txt"));
            zip.write('a');
        }

        assertThatThrownBy(() -> NpzFile.open(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessage(file + ": expected arrays alone, found 'readme.txt'");
    }

    /** Shortens files and changes bytes; {@code -Dweights.mutations=100000} does more of it than the build. */
    @Test
    void damageIsReportedAndNeverMore() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        Random random = new Random(3);
        for (int i = 0; i < Integer.getInteger("weights.mutations", 2_000); i++) {
            byte[] damaged = i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int change = 0; change < i % 5; change++) {
                if (damaged.length > 0) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
            }
            Path file = Files.write(folder.resolve("damaged.npz"), damaged);
            try (NpzFile read = NpzFile.open(file)) {
                read.tensors().forEach(tensor -> read.numbers(tensor.name()));
            } catch (WeightsFileException expected) {
                assertThat(expected).hasMessageStartingWith(file.toString());
            }
        }
    }
}
