package org.espalier.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class IdxTest {
    private static final byte[] TWO_PICTURES = {
        0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 51, (byte) 255, 102, 0, 0
    };
    private static final byte[] THREE_LABELS = {0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9};

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void chooseFile() {
        file = folder.resolve("file-idx-ubyte");
    }

    @Test
    void picturesAreReadAsShadesFromZeroToOne() throws IOException {
        Files.write(file, TWO_PICTURES);

        INDArray images = Idx.images(file);

        assertThat(images.shape()).containsExactly(2, 1, 1, 3);
        assertThat(images.dup().data().asFloat()).containsExactly(0f, 0.2f, 1f, 0.4f, 0f, 0f);
    }

    @Test
    void labelsAreReadAsClassNumbers() throws IOException {
        Files.write(file, THREE_LABELS);

        INDArray labels = Idx.labels(file);

        assertThat(labels.shape()).containsExactly(3);
        assertThat(labels.dup().data().asFloat()).containsExactly(7f, 0f, 9f);
    }

    @Test
    void gzipIsRecognizedByItsContent() throws IOException {
        Files.write(file, gzip(TWO_PICTURES));

        assertThat(Idx.images(file).shape()).containsExactly(2, 1, 1, 3);
    }

    @Test
    void picturesAreNotLabels() throws IOException {
        Files.write(file, TWO_PICTURES);

        assertThatThrownBy(() -> Idx.labels(file))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected an IDX file of labels [count] as unsigned bytes "
                        + "(first four bytes 00000801), found 00000803: pictures, which Idx.images reads");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> Idx.images(file))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected an IDX file of pictures [count, height, width] as unsigned bytes, "
                        + "found nothing there");
    }

    @Test
    void aFileCutOffAnywhereIsRefused() throws IOException {
        for (int length = 0; length < TWO_PICTURES.length; length++) {
            Files.write(file, Arrays.copyOf(TWO_PICTURES, length));
            assertThatThrownBy(() -> Idx.images(file))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(file + ": expected ")
                    .hasMessageContaining("breaks off");
        }
    }

    @Test
    void aGzipFileCutOffAnywhereIsRefused() throws IOException {
        byte[] whole = gzip(TWO_PICTURES);
        for (int length = 0; length < whole.length - 8; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Idx.images(file))
                    .as("cut to %d of %d bytes", length, whole.length)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(file + ": expected ");
        }
    }

    @Test
    void aDamagedGzipFileIsRefused() throws IOException {
        byte[] damaged = gzip(TWO_PICTURES);
        damaged[damaged.length - 6] ^= 1;
        Files.write(file, damaged);

        assertThatThrownBy(() -> Idx.images(file))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ": expected an undamaged gzip file, found ");
    }

    @Test
    void bytesLeftOverAreNoticed() throws IOException {
        Files.write(file, Arrays.copyOf(THREE_LABELS, THREE_LABELS.length + 1));

        assertThatThrownBy(() -> Idx.labels(file))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected 3 bytes of data after the header, found more");
    }

    @Test
    void sizesThatCannotBeAreRefused() throws IOException {
        byte[] huge = TWO_PICTURES.clone();
        huge[4] = 0x7F;
        huge[8] = 0x7F;
        Files.write(file, huge);

        assertThatThrownBy(() -> Idx.images(file))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected sizes of at least 1, and at most 2147483639 bytes in all, "
                        + "found sizes [2130706434, 2130706433]");
    }

    @Test
    void countsOfMoreThanTheFileHasTakeNoMemory() throws IOException {
        byte[] many = TWO_PICTURES.clone();
        // 2 x 1 x 1,073,741,819.
        many[12] = 0x3F;
        many[13] = many[14] = (byte) 0xFF;
        many[15] = (byte) 0xFB;
        Files.write(file, many);

        assertThatThrownBy(() -> Idx.images(file))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected 2147483638 bytes of data after the header, found 6: it breaks off");
        Files.write(file, gzip(many));
        assertThatThrownBy(() -> Idx.images(file)).hasMessageContaining("found 6: it breaks off");
    }

    @Test
    void manyPicturesAreReadInPieces() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16 + 3 * 50_000)
                .putInt(0x803)
                .putInt(3)
                .putInt(100)
                .putInt(500);
        for (int i = 0; bytes.hasRemaining(); i++) {
            bytes.put((byte) (i % 251));
        }
        Files.write(file, gzip(bytes.array()));

        float[] read = Idx.images(file).dup().data().asFloat();

        for (int i = 0; i < read.length; i++) {
            assertThat(read[i]).isEqualTo(i % 251 / 255f);
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(bytes);
        }
        return compressed.toByteArray();
    }
}
