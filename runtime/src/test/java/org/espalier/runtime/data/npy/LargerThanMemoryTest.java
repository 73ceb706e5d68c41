package org.espalier.runtime.data.npy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.augment.StandardScaler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading of a set that is larger than all memory that the process may have, in a process of its own. */
class LargerThanMemoryTest {
    private static final int ROWS = 24_576;
    private static final int COLUMNS = 1_024;
    private static final int MEBIBYTES = 40;

    /** The application: reads ahead two epochs in another order, and adds up what it sees. */
    static final class Application {
        public static void main(String[] files) {
            Batches batches = Npy.dataset(Path.of(files[0]), Path.of(files[1]))
                    .batches(64)
                    .shuffled(42);
            StandardScaler scale = StandardScaler.fit(batches);
            System.out.printf("mean %.1f%n", scale.mean()[7]);
            for (int epoch = 1; epoch <= 2; epoch++) {
                long sum = 0;
                int right = 0;
                for (Batch batch : batches.prefetch(2).epoch(epoch)) {
                    for (int i = 0; i < batch.size(); i++) {
                        int row = batch.target().getInt(i);
                        sum += row;
                        right += batch.input().getFloat(i, COLUMNS - 1) == row ? 1 : 0;
                    }
                }
                System.out.println("sum " + sum + ", right " + right);
            }
        }
    }

    @TempDir
    private Path folder;

    /** Every number of a row is the row's. */
    private Path rows(String name, String type, int columns) throws IOException {
        Path file = folder.resolve(name);
        String shape = columns == 1 ? "(" + ROWS + ",)" : "(" + ROWS + ", " + columns + ")";
        byte[] header = ("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length, 0});
            out.write(header);
            byte[] row = new byte[4 * columns];
            for (int i = 0; i < ROWS; i++) {
                int bits = type.equals("<f4") ? Float.floatToIntBits(i) : i;
                for (int at = 0; at < row.length; at++) {
                    row[at] = (byte) (bits >> 8 * (at % 4));
                }
                out.write(row);
            }
        }
        return file;
    }

    @Test
    void aSetLargerThanHeapAndNativeMemoryIsReadToTheEnd() throws IOException, InterruptedException {
        Path inputs = rows("inputs.npy", "<f4", COLUMNS);
        Path targets = rows("targets.npy", "<i4", 1);
        assertThat(Files.size(inputs)).isGreaterThan(2L * MEBIBYTES << 20);

        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + MEBIBYTES + "m",
                        "-Dorg.bytedeco.javacpp.maxbytes=" + MEBIBYTES + "m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Application.class.getName(),
                        inputs.toString(),
                        targets.toString()))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        long sum = (ROWS - 1L) * ROWS / 2;
        assertThat(output.lines().filter(line -> !line.startsWith("WARNING")))
                .containsExactly(
                        "mean " + (ROWS - 1) / 2.0, "sum " + sum + ", right " + ROWS, "sum " + sum + ", right " + ROWS);
    }
}
