package org.espalier.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The files that results are kept in. */
final class Csv {
    static final String HEADER = "bench,subject,metric,value,unit,ratio_to_espalier";

    private Csv() {}

    /** Writes a file, and its folder if need be. */
    static void write(Path file, List<Row> rows) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        for (Row row : rows) {
            lines.add(String.join(
                    ",",
                    row.bench(),
                    row.subject(),
                    row.metric(),
                    number(row.value()),
                    row.unit(),
                    String.format(Locale.ROOT, "%.3f", row.ratio())));
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, lines);
    }

    /**
     * Reads a file that {@link #write} wrote.
     *
     * @throws IOException if it cannot be read or is another kind of file
     */
    static List<Row> read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            throw new IOException(file + ": expected a file that starts with " + HEADER);
        }
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            if (cells.length != 6) {
                throw new IOException(file + ": expected 6 cells, found " + cells.length + " in " + line);
            }
            rows.add(new Row(
                    cells[0],
                    cells[1],
                    cells[2],
                    Double.parseDouble(cells[3]),
                    cells[4],
                    Double.parseDouble(cells[5])));
        }
        return rows;
    }

    /** With four digits that count, so that small figures keep theirs. */
    static String number(double value) {
        int decimals = value == 0 ? 0 : Math.max(0, 3 - (int) Math.floor(Math.log10(Math.abs(value))));
        return String.format(Locale.ROOT, "%." + Math.min(decimals, 9) + "f", value);
    }
}
