package org.espalier.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Puts the figures of a folder, target/bench, into docs/performance.md, between its two marks: the machine and a table.
 * What was not measured is not in it.
 */
public final class ResultsTable {
    private static final String BEGIN = "<!-- figures: begin -->\n";
    private static final String END = "<!-- figures: end -->";

    private ResultsTable() {}

    /**
     * Rewrites the page.
     *
     * @param args the folder of the figures and the page
     * @throws IOException if it or the figures cannot be read, or it cannot be written
     */
    public static void main(String[] args) throws IOException {
        Path page = Path.of(args[1]);
        Files.writeString(page, replace(Files.readString(page), of(Path.of(args[0]))));
        System.out.println(page.toAbsolutePath().normalize());
    }

    /** The machine and the table of a folder's figures, in Markdown. */
    static String of(Path results) throws IOException {
        List<String> lines = new ArrayList<>();
        Path machine = results.resolve(Bench.MACHINE);
        if (Files.exists(machine)) {
            lines.add("Measured on " + Files.readString(machine).strip() + ".");
            lines.add("");
        }
        lines.add("| benchmark | subject | metric | figure | divided by Espalier's |");
        lines.add("|---|---|---|---:|---:|");
        for (String name : Benchmarks.names()) {
            Path file = results.resolve(name + ".csv");
            if (Files.exists(file)) {
                Csv.read(file).forEach(row -> lines.add(line(row)));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String line(Row row) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s %s | %.2f |",
                row.bench(),
                row.subject(),
                row.metric(),
                Csv.number(row.value()),
                row.unit(),
                row.ratio());
    }

    /** A page with other figures between its marks. */
    static String replace(String page, String figures) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("expected a page with the lines " + BEGIN.strip() + " and " + END);
        }
        return page.substring(0, begin + BEGIN.length()) + figures + page.substring(end);
    }
}
