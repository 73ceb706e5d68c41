package org.espalier.runtime;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.espalier.fuzz.FuzzTarget;
import org.espalier.fuzz.FuzzTargets;
import org.espalier.fuzz.InputFile;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.data.Idx;
import org.espalier.runtime.data.Image;
import org.espalier.runtime.data.augment.StandardScaler;
import org.espalier.runtime.data.npy.Npy;
import org.espalier.runtime.data.table.TableReader;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.weights.WeightsFileException;
import org.espalier.weights.npy.NpyArray;
import org.nd4j.linalg.api.buffer.DataType;

/** Pictures, tables, arrays and checkpoints of strangers. */
class RuntimeFuzzTest extends FuzzTargets {
    /** A byte of a PNG that is all of one colour can stand for 8,000 pixels of one bit, which become three bytes. */
    private static final long OF_A_PICTURE = 8 * 1_032 * 9;

    private static final long FIXED = 64L << 20;

    @Override
    protected List<FuzzTarget> targets() {
        InputFile png = new InputFile(".png");
        InputFile jpeg = new InputFile(".jpg");
        InputFile idx = new InputFile(".idx");
        InputFile csv = new InputFile(".csv");
        InputFile npy = new InputFile(".npy");
        InputFile checkpoint = new InputFile(".checkpoint");
        return List.of(
                new FuzzTarget(
                        "png",
                        RuntimeFuzzTest::pngs,
                        FIXED,
                        OF_A_PICTURE,
                        200,
                        input -> readData(() -> Image.read(png.with(repaired(input))))),
                new FuzzTarget(
                        "jpeg",
                        RuntimeFuzzTest::jpegs,
                        FIXED,
                        OF_A_PICTURE,
                        200,
                        input -> readData(() -> Image.read(jpeg.with(input)))),
                new FuzzTarget("idx", RuntimeFuzzTest::idx, input -> {
                    Path file = idx.with(input);
                    readData(() -> Idx.images(file).close());
                    readData(() -> Idx.labels(file).close());
                }),
                new FuzzTarget(
                        "csv",
                        RuntimeFuzzTest::tables,
                        input -> readData(
                                () -> new TableReader().missing("", "NA").read(csv.with(input)))),
                new FuzzTarget(
                        "array",
                        RuntimeFuzzTest::arrays,
                        input -> readData(() -> Npy.read(npy.with(input)).close())),
                new FuzzTarget(
                        "checkpoint",
                        RuntimeFuzzTest::checkpoints,
                        FIXED,
                        4_096,
                        50,
                        input -> readCheckpoint(checkpoint.with(input))),
                new FuzzTarget("scaler", RuntimeFuzzTest::scalers, RuntimeFuzzTest::readScaler));
    }

    /** Reads something of a file. */
    private interface Reading {
        void read() throws IOException;
    }

    private static void readData(Reading reading) throws IOException {
        try {
            reading.read();
        } catch (DataException documented) {
            return;
        }
    }

    private static void readCheckpoint(Path file) {
        try (TinyNetwork network = TinyNetwork.create(DataType.FLOAT, Init.seed(1), new Adam(1e-2))) {
            network.resume(file);
        } catch (WeightsFileException documented) {
            return;
        }
    }

    private static void readScaler(byte[] input) {
        try {
            StandardScaler.parse(new String(input, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException documented) {
            return;
        }
    }

    /** The same chunks with right checksums, which no search would find. */
    private static byte[] repaired(byte[] input) {
        byte[] repaired = input.clone();
        ByteBuffer chunks = ByteBuffer.wrap(repaired);
        int at = 8;
        while (at >= 0 && at + 12 <= repaired.length) {
            int length = chunks.getInt(at);
            if (length < 0 || length > repaired.length - at - 12) {
                return repaired;
            }
            CRC32 checksum = new CRC32();
            checksum.update(repaired, at + 4, length + 4);
            chunks.putInt(at + 8 + length, (int) checksum.getValue());
            at += length + 12;
        }
        return repaired;
    }

    private static List<byte[]> pngs() {
        List<byte[]> pictures = new ArrayList<>();
        for (int type : new int[] {
            BufferedImage.TYPE_BYTE_GRAY,
            BufferedImage.TYPE_INT_RGB,
            BufferedImage.TYPE_INT_ARGB,
            BufferedImage.TYPE_BYTE_BINARY,
            BufferedImage.TYPE_BYTE_INDEXED,
            BufferedImage.TYPE_USHORT_GRAY
        }) {
            pictures.add(picture(type, "png"));
        }
        return pictures;
    }

    private static List<byte[]> jpegs() {
        return List.of(picture(BufferedImage.TYPE_BYTE_GRAY, "jpeg"), picture(BufferedImage.TYPE_INT_RGB, "jpeg"));
    }

    private static byte[] picture(int type, String format) {
        BufferedImage picture = new BufferedImage(5, 3, type);
        picture.setRGB(1, 1, 0xFF8040C0);
        return written(out -> {
            if (!ImageIO.write(picture, format, out)) {
                throw new IOException("no " + format + " of " + picture);
            }
        });
    }

    private static List<byte[]> idx() {
        byte[] pictures = ByteBuffer.allocate(16 + 8)
                .putInt(0x803)
                .putInt(2)
                .putInt(2)
                .putInt(2)
                .put(new byte[] {1, 2, 3, 4, -1, -2, -3, -4})
                .array();
        byte[] labels = ByteBuffer.allocate(8 + 3)
                .putInt(0x801)
                .putInt(3)
                .put(new byte[] {1, 2, 3})
                .array();
        byte[] packed = written(out -> {
            try (OutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(pictures);
            }
        });
        return List.of(pictures, labels, packed);
    }

    private static List<byte[]> tables() {
        return List.of(
                bytes("a,b,\"c \"\"d\"\"\"\n1,2,3\n4,NA,\"5\"\n"),
                bytes("\uFEFFx, y\r\n1e3,-2.5\r\n,Infinity\r"),
                bytes("1,2\n3,4\n"));
    }

    private static List<byte[]> arrays() {
        Path file = new InputFile(".npy").path();
        NpyArray.of(new float[] {1, 2, 3, 4, 5, 6}, List.of(2L, 3L)).write(file);
        return List.of(bytes(file));
    }

    private static List<byte[]> checkpoints() {
        Path file = new InputFile(".checkpoint").path();
        try (TinyNetwork network = TinyNetwork.create(DataType.FLOAT, Init.seed(7), new Adam(1e-2))) {
            Examples examples = Examples.of(network.dataType(), 4, 1);
            network.trainStep(examples.images(), examples.labels());
            network.saveCheckpoint(file);
        }
        return List.of(bytes(file));
    }

    private static List<byte[]> scalers() {
        return List.of(bytes(
                StandardScaler.of(new double[] {1, 2}, new double[] {3, 4}).text()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Path file) {
        return written(out -> Files.copy(file, out));
    }

    /** Writes something to memory. */
    private interface Writing {
        void to(OutputStream out) throws IOException;
    }

    private static byte[] written(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writing.to(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
