package org.espalier.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.weights.KilledWriters;

/** Golden files of 100 kB that are written anew. */
class KilledGoldenFileTest extends KilledWriters {
    private static final int LINES = 20_000;

    @Override
    protected void write(Path into, int version) {
        String update = System.setProperty("golden.update", "true");
        try {
            GoldenFile.of(into.resolve("golden.txt")).verify((version + "\n").repeat(LINES) + "end\n".repeat(LINES));
        } finally {
            if (update == null) {
                System.clearProperty("golden.update");
            } else {
                System.setProperty("golden.update", update);
            }
        }
    }

    @Override
    protected int version(Path in) throws IOException {
        List<String> lines = Files.readAllLines(in.resolve("golden.txt"));
        assertThat(lines).hasSize(2 * LINES);
        assertThat(lines.subList(0, LINES)).containsOnly(lines.get(0));
        assertThat(lines.subList(LINES, 2 * LINES)).containsOnly("end");
        return Integer.parseInt(lines.get(0));
    }
}
