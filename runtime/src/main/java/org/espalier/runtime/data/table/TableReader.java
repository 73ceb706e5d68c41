package org.espalier.runtime.data.table;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.DataException;
import org.espalier.weights.DecimalText;
import org.espalier.weights.Excerpt;

/**
 * Reads tables that have gaps, or words for classes. An immutable plan, whose methods return another.
 *
 * <pre>
 *   Table table = new TableReader().missing("", "NA").categories("species").read(csv);
 * </pre>
 */
public final class TableReader {
    private final Set<String> missing;
    private final Map<String, List<String>> categories;

    /** Of tables of numbers alone, none of which is missing. */
    public TableReader() {
        this(Set.of(), Map.of());
    }

    private TableReader(Set<String> missing, Map<String, List<String>> categories) {
        this.missing = missing;
        this.categories = categories;
    }

    /**
     * Takes fields that read so, with spaces around them or not, for missing: they are NaN, which
     * {@code StandardScaler} fills in.
     */
    public TableReader missing(String... fields) {
        return new TableReader(Set.of(fields), categories);
    }

    /**
     * Takes a column for one of words, each of which becomes its place in the sorted list of those that are there, from
     * 0; see {@link Table#categories}.
     */
    public TableReader categories(String column) {
        return categories(column, List.of());
    }

    /**
     * Takes a column for one of these words, each of which becomes its place in the list, from 0. A table to test with
     * is so read as the one that was trained on.
     */
    public TableReader categories(String column, List<String> words) {
        Map<String, List<String>> all = new LinkedHashMap<>(categories);
        all.put(column, List.copyOf(words));
        return new TableReader(missing, all);
    }

    /**
     * Reads a table into memory, as {@link Table#read} does.
     *
     * @throws DataException if the file cannot be read, has no rows, no such column, a field that is neither a finite
     *     number, nor missing, nor a word of its column, or a line with more or fewer fields than the first
     */
    public Table read(Path csv) {
        try (CsvReader reader = new CsvReader(csv)) {
            Fields fields = new Fields(csv, reader.read().orElse(List.of()));
            List<Table.Row> rows = new ArrayList<>();
            for (Optional<Table.Row> row = fields.next(reader); row.isPresent(); row = fields.next(reader)) {
                rows.add(row.get());
            }
            if (rows.isEmpty()) {
                throw new DataException(csv, "lines of numbers below a header line", "none");
            }
            return new Table(csv, fields.header, rows, fields.sortedCategories(rows));
        }
    }

    /**
     * Reads a table that is larger than memory batch by batch, in the order of its lines, anew in every epoch. The
     * lines are counted, and checked, once ahead. Columns of words need their list.
     *
     * @param inputs columns of the inputs, {@code [batch, columns]} float
     * @param target column of the targets, {@code [batch]} float
     * @throws DataException as {@link #read}
     * @throws IllegalArgumentException for a batch size below 1, or a column of words without their list
     */
    public Batches batches(Path csv, List<String> inputs, String target, int batchSize) {
        categories.forEach((column, words) -> {
            if (words.isEmpty()) {
                throw new IllegalArgumentException("expected the words of column '" + column
                        + "', which batches cannot collect ahead; give categories(column, words)");
            }
        });
        return TableBatches.of(csv, this, inputs, target, batchSize);
    }

    Fields fields(Path csv, List<String> header) {
        return new Fields(csv, header);
    }

    /** Makes rows of one file's fields. */
    final class Fields {
        private final Path csv;
        private final List<String> header;

        /** Words of each column of words by the column's place. */
        private final Map<Integer, List<String>> words = new LinkedHashMap<>();

        private final Map<Integer, Map<String, Integer>> found = new LinkedHashMap<>();
        private int width;

        Fields(Path csv, List<String> header) {
            this.csv = csv;
            this.header = header.stream().map(String::trim).toList();
            requireNames();
            categories.forEach((column, list) -> words.put(Table.place(csv, this.header, column), list));
        }

        /** Refuses a first line that must be one of numbers, and not of names that count columns. */
        private void requireNames() {
            List<Double> numbers = new ArrayList<>();
            try {
                header.forEach(name -> numbers.add(Double.valueOf(name)));
            } catch (NumberFormatException name) {
                return;
            }
            double first = numbers.isEmpty() ? 0 : numbers.get(0);
            for (int i = 0; i < numbers.size(); i++) {
                if ((first != 0 && first != 1) || numbers.get(i) != first + i) {
                    throw new DataException(
                            csv,
                            "a header line, which names the columns, above the lines of numbers",
                            "numbers " + header + " in line 1; add a line such as 'a,b,c' above them");
                }
            }
        }

        /** The header, without the spaces around its fields. */
        List<String> header() {
            return header;
        }

        /** The next row that is not empty, if there is one. */
        Optional<Table.Row> next(CsvReader reader) {
            for (Optional<List<String>> fields = reader.read(); fields.isPresent(); fields = reader.read()) {
                if (fields.get().size() > 1 || !fields.get().get(0).isBlank()) {
                    return Optional.of(row(reader.line(), fields.get()));
                }
                if (header.size() == 1 && missing.contains("")) {
                    // In a table of one column an empty line is a missing number.
                    return Optional.of(row(reader.line(), fields.get()));
                }
            }
            return Optional.empty();
        }

        private Table.Row row(int line, List<String> fields) {
            double[] cells = new double[fields.size()];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = cell(line, i, fields.get(i));
            }
            if (width != 0 && cells.length != width) {
                throw new DataException(csv, width + " fields in line " + line + " as above it", cells.length + "");
            }
            width = cells.length;
            return new Table.Row(line, cells);
        }

        private double cell(int line, int place, String field) {
            String text = field.trim();
            if (missing.contains(text)) {
                return Double.NaN;
            }
            List<String> column = words.get(place);
            if (column != null) {
                return column.isEmpty() ? collected(place, text) : known(line, place, column, text);
            }
            OptionalDouble number = DecimalText.parse(text);
            if (number.isEmpty()) {
                throw new DataException(
                        csv,
                        "a finite number in " + place(line, place),
                        "'" + Excerpt.of(field) + "'; " + advice(place, text));
            }
            return number.getAsDouble();
        }

        private String advice(int place, String text) {
            if (text.matches("[^,]*[;\t][^,]*") && width == 0) {
                return "a comma separates fields";
            }
            String gap = "missing(\"" + Excerpt.of(text) + "\") of a TableReader takes it for a missing number";
            return text.isEmpty() || place >= header.size()
                    ? gap
                    : gap + ", categories(\"" + Excerpt.of(header.get(place)) + "\") the column for one of words";
        }

        private String place(int line, int place) {
            return "line " + line + ", field " + (place + 1);
        }

        private int known(int line, int place, List<String> column, String text) {
            int index = column.indexOf(text);
            if (index < 0) {
                throw new DataException(
                        csv, "one of " + column + " in " + place(line, place), "'" + Excerpt.of(text) + "'");
            }
            return index;
        }

        /** The word's place in the order in which words were found, for now. */
        private int collected(int place, String text) {
            Map<String, Integer> column = found.computeIfAbsent(place, key -> new LinkedHashMap<>());
            return column.computeIfAbsent(text, word -> column.size());
        }

        /** Sorts the words that were found, and puts their places there into the rows. */
        private Map<String, List<String>> sortedCategories(List<Table.Row> rows) {
            Map<String, List<String>> sorted = new LinkedHashMap<>(categories);
            found.forEach((place, column) -> {
                List<String> inOrder = column.keySet().stream().sorted().toList();
                int[] places =
                        column.keySet().stream().mapToInt(inOrder::indexOf).toArray();
                for (Table.Row row : rows) {
                    double cell = row.cells[place];
                    row.cells[place] = Double.isNaN(cell) ? cell : places[(int) cell];
                }
                sorted.put(header.get(place), inOrder);
            });
            return sorted;
        }
    }
}
