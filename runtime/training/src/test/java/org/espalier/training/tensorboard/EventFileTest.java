package org.espalier.training.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads back what was written, by a reader of its own, and by TensorBoard itself if it is there. */
class EventFileTest {
    private static final EventFile.Histogram HISTOGRAM =
            new EventFile.Histogram(-1, 2, 3, 1.5, 5.25, List.of(0.0, 1.0, 2.0), List.of(1.0, 1.0, 1.0));

    @TempDir
    Path folder;

    @Test
    void theChecksumIsThatOfTheDocumentation() {
        // RFC 3720, B.4: the CRC-32C of 32 zeros is 0x8a9136aa; turned by 15 bits, plus 0xa282ead8.
        assertThat(EventFile.masked(new byte[32])).isEqualTo(0x0fd7fffa);
    }

    @Test
    void whatIsWrittenIsThereToBeReadAtOnce() throws IOException {
        try (EventFile events = EventFile.begin(folder)) {
            events.scalar(3, "loss", 0.25);
            events.scalar(1L << 40, "loss", -2);
            events.histogram(4, "weights", HISTOGRAM);
            events.picture(5, "sample", 2, 3, new byte[] {1, 2, 3});

            List<Map<Integer, Object>> read =
                    records(events.file()).stream().map(EventFileTest::message).toList();

            assertThat(read).hasSize(5);
            assertThat(new String((byte[]) read.get(0).get(3), StandardCharsets.UTF_8))
                    .isEqualTo("brain.Event:2");
            assertThat((Double) read.get(1).get(1)).isCloseTo(System.currentTimeMillis() / 1e3, within(600.0));
            assertThat(read.get(1)).containsEntry(2, 3L);
            assertThat(value(read.get(1))).containsEntry(2, 0.25f);
            assertThat(text(value(read.get(1)), 1)).isEqualTo("loss");
            assertThat(read.get(2)).containsEntry(2, 1L << 40);
            assertThat(value(read.get(2))).containsEntry(2, -2f);
            Map<Integer, Object> histogram = message((byte[]) value(read.get(3)).get(5));
            assertThat(histogram).containsEntry(1, -1.0).containsEntry(2, 2.0).containsEntry(3, 3.0);
            assertThat(histogram).containsEntry(4, 1.5).containsEntry(5, 5.25);
            assertThat(doubles((byte[]) histogram.get(6))).containsExactly(0.0, 1.0, 2.0);
            assertThat(doubles((byte[]) histogram.get(7))).containsExactly(1.0, 1.0, 1.0);
            Map<Integer, Object> picture = message((byte[]) value(read.get(4)).get(4));
            assertThat(picture).containsEntry(1, 2L).containsEntry(2, 3L).containsEntry(3, 3L);
            assertThat((byte[]) picture.get(4)).containsExactly(1, 2, 3);
        }
    }

    @Test
    void aSecondFileDoesNotReplaceTheFirst() throws IOException {
        for (int run = 0; run < 2; run++) {
            EventFile.begin(folder).close();
        }
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void tensorBoardReadsIt() throws IOException, InterruptedException {
        String python = System.getenv().getOrDefault("ESPALIER_TENSORBOARD_PYTHON", "python3");
        assumeThat(code(python, "import tensorboard")).isZero();
        try (EventFile events = EventFile.begin(folder)) {
            events.scalar(3, "loss", 0.25);
            events.histogram(4, "weights", HISTOGRAM);
        }

        assertThat(code(python, """
                import sys
                from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
                events = EventAccumulator(sys.argv[1])
                events.Reload()
                assert [(e.step, e.value) for e in events.Scalars('loss')] == [(3, 0.25)]
                histogram = events.Histograms('weights')[0]
                assert histogram.step == 4
                assert list(histogram.histogram_value.bucket) == [1, 1, 1]
                assert histogram.histogram_value.sum == 1.5
                """)).isZero();
    }

    private int code(String python, String script) throws InterruptedException {
        try {
            return new ProcessBuilder(python, "-c", script, folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException noPython) {
            return -1;
        }
    }

    private static Map<Integer, Object> value(Map<Integer, Object> event) {
        return message((byte[]) message((byte[]) event.get(5)).get(1));
    }

    private static String text(Map<Integer, Object> message, int field) {
        return new String((byte[]) message.get(field), StandardCharsets.UTF_8);
    }

    private static double[] doubles(byte[] packed) {
        double[] numbers = new double[packed.length / Double.BYTES];
        ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(numbers);
        return numbers;
    }

    /** The data of each record, whose checksums are right. */
    private static Collection<byte[]> records(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> records = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] length = new byte[Long.BYTES];
            bytes.get(length);
            assertThat(bytes.getInt()).isEqualTo(checksum(length));
            byte[] data = new byte
                    [(int) ByteBuffer.wrap(length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong()];
            bytes.get(data);
            assertThat(bytes.getInt()).isEqualTo(checksum(data));
            records.add(data);
        }
        return records;
    }

    private static int checksum(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        long value = crc.getValue();
        return (int) (((value >>> 15) | (value << 17)) + 0xa282ead8L);
    }

    /** The fields of a message, none of which is repeated. */
    private static Map<Integer, Object> message(byte[] data) {
        ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Object> fields = new TreeMap<>();
        while (bytes.hasRemaining()) {
            long key = varint(bytes);
            int field = (int) (key >>> 3);
            Object before = fields.put(
                    field,
                    switch ((int) (key & 7)) {
                        case 0 -> varint(bytes);
                        case 1 -> bytes.getDouble();
                        case 5 -> bytes.getFloat();
                        default -> {
                            byte[] inner = new byte[(int) varint(bytes)];
                            bytes.get(inner);
                            yield inner;
                        }
                    });
            assertThat(before).isNull();
        }
        return fields;
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
