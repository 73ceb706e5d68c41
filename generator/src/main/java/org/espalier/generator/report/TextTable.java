package org.espalier.generator.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.source.Printable;

/**
 * Cells in columns, which are as wide as their widest cell, fit to be printed. Columns without any text are left out.
 */
final class TextTable {
    private static final String GAP = "  ";

    private record Column(String title, boolean numbers) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** Adds a column of texts, which begin below each other. */
    TextTable texts(String title) {
        columns.add(new Column(title, false));
        return this;
    }

    /** Adds a column of numbers, which end below each other. */
    TextTable numbers(String title) {
        columns.add(new Column(title, true));
        return this;
    }

    /** Adds a row, with a cell for each column. */
    void row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException("expected " + columns.size() + " cells and found " + cells.length);
        }
        rows.add(Stream.of(cells).map(Printable::line).toList());
    }

    /** The lines: titles, if any column has one, and rows. */
    List<String> lines() {
        List<StringBuilder> lines = new ArrayList<>();
        boolean titled = columns.stream().anyMatch(column -> !column.title().isEmpty());
        List<List<String>> all = new ArrayList<>();
        if (titled) {
            all.add(columns.stream().map(Column::title).toList());
        }
        all.addAll(rows);
        all.forEach(row -> lines.add(new StringBuilder()));
        for (int i = 0; i < columns.size(); i++) {
            append(i, all, lines);
        }
        return lines.stream().map(line -> line.toString().stripTrailing()).toList();
    }

    private void append(int index, List<List<String>> all, List<StringBuilder> lines) {
        if (rows.stream().allMatch(row -> row.get(index).isEmpty())) {
            return;
        }
        int width = all.stream().mapToInt(row -> row.get(index).length()).max().orElse(0);
        for (int i = 0; i < lines.size(); i++) {
            String cell = all.get(i).get(index);
            String padding = " ".repeat(width - cell.length());
            StringBuilder line = lines.get(i);
            line.append(line.isEmpty() ? "" : GAP);
            line.append(columns.get(index).numbers() ? padding + cell : cell + padding);
        }
    }
}
