package org.espalier.runtime.data.table;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.weights.Excerpt;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A table of numbers: rows are examples, columns are features and labels. */
public final class Table {
    private final Path csv;
    private final List<String> header;
    private final List<Row> rows;
    private final Map<String, List<String>> categories;

    static final class Row {
        /** Number of its line in the file, from 1. */
        final int line;

        final double[] cells;

        Row(int line, double[] cells) {
            this.line = line;
            this.cells = cells;
        }
    }

    Table(Path csv, List<String> header, List<Row> rows, Map<String, List<String>> categories) {
        this.csv = csv;
        this.header = List.copyOf(header);
        this.rows = rows;
        this.categories = categories;
    }

    /**
     * Reads numbers separated by commas, one example a line, below one header line. The header may hold anything (the
     * tables that come with scikit-learn have counts and class names there). Empty lines are passed over.
     *
     * <p>Numbers are written as {@code -12.5} or {@code 1e-3}, with spaces around them or not, in quotation marks or
     * not. What is nearer to 0 than any double is 0.
     *
     * @throws DataException if the file cannot be read, has no numbers, a field that is not a finite number, or a line
     *     with more or fewer fields than the first
     */
    public static Table read(Path csv) {
        return new TableReader().read(csv);
    }

    /** The fields of the first line. */
    public List<String> header() {
        return header;
    }

    /** Number of examples. */
    public int rows() {
        return rows.size();
    }

    /** Number of columns. */
    public int columns() {
        return rows.get(0).cells.length;
    }

    /**
     * Some of the columns, {@code [rows, to - from]}, each number rounded to the nearest that the type has. What is
     * nearer to 0 than any of them is 0.
     *
     * @param from the first, counted from 0
     * @param to the one after the last
     * @param type FLOAT, DOUBLE, or another type of number
     * @throws IllegalArgumentException if there are no such columns, or {@code type} is no type of number
     * @throws DataException if a number is too large for the type, or not whole and the type has whole numbers only
     */
    public INDArray columns(int from, int to, DataType type) {
        if (from < 0 || to > columns() || from >= to) {
            throw new IllegalArgumentException(
                    "expected columns within 0 to " + columns() + ", found " + from + " to " + to);
        }
        return array(IntStream.range(from, to).toArray(), type);
    }

    private INDArray array(int[] places, DataType type) {
        if (!type.isNumerical() && type != DataType.BOOL) {
            throw new IllegalArgumentException("expected a type of number, found " + type);
        }
        return switch (type) {
            case FLOAT -> floats(places);
            case DOUBLE -> doubles(places);
            default -> others(places, type);
        };
    }

    /**
     * The columns of these names, {@code [rows, names]}, in this order. Missing numbers are NaN.
     *
     * @param names as the header has them
     * @param type FLOAT, DOUBLE, or another type of number
     * @throws IllegalArgumentException if there is no name, or {@code type} is no type of number
     * @throws DataException if there is no such column, or several, or the header has not as many fields as the lines
     *     below it, or a number that the type does not have
     */
    public INDArray columns(List<String> names, DataType type) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("expected the name of a column at least, found none");
        }
        if (header.size() != columns()) {
            throw new DataException(
                    csv,
                    "a header with a name for each of the " + columns() + " columns",
                    header.size() + " fields: " + Excerpt.of(String.valueOf(header))
                            + "; columns(from, to, type) takes columns by their places");
        }
        int[] places = names.stream().mapToInt(name -> place(csv, header, name)).toArray();
        return array(places, type);
    }

    /**
     * The column of this name, {@code [rows]}. Missing numbers are NaN.
     *
     * @param name as the header has it
     * @param type FLOAT, DOUBLE, or another type of number
     * @throws IllegalArgumentException if {@code type} is no type of number
     * @throws DataException if there is no such column, or several, or a number that the type does not have
     */
    public INDArray column(String name, DataType type) {
        return columns(List.of(name), type).reshape(rows.size());
    }

    /**
     * The words of a column, in the order of the numbers that stand for them; empty for a column of numbers.
     *
     * @throws DataException if there is no such column
     */
    public List<String> categories(String column) {
        place(csv, header, column);
        return categories.getOrDefault(column, List.of());
    }

    /**
     * One column, {@code [rows]}.
     *
     * @param column counted from 0
     * @param type FLOAT, DOUBLE, or another type of number
     * @throws IllegalArgumentException if there is no such column, or {@code type} is no type of number
     * @throws DataException if a number is too large for the type, or not whole and the type has whole numbers only
     */
    public INDArray column(int column, DataType type) {
        return columns(column, column + 1, type).reshape(rows.size());
    }

    private INDArray floats(int[] places) {
        INDArray array = NdArrays.detached(DataType.FLOAT, rows.size(), places.length);
        FloatPointer to = new FloatPointer(array.data().pointer());
        float[] row = new float[places.length];
        for (int i = 0; i < rows.size(); i++) {
            for (int column = 0; column < places.length; column++) {
                float number = (float) rows.get(i).cells[places[column]];
                if (Float.isInfinite(number)) {
                    throw unfit(i, places[column], DataType.FLOAT);
                }
                row[column] = number;
            }
            to.position((long) i * row.length).put(row, 0, row.length);
        }
        return array;
    }

    private INDArray doubles(int[] places) {
        INDArray array = NdArrays.detached(DataType.DOUBLE, rows.size(), places.length);
        DoublePointer to = new DoublePointer(array.data().pointer());
        double[] row = new double[places.length];
        for (int i = 0; i < rows.size(); i++) {
            for (int column = 0; column < places.length; column++) {
                row[column] = rows.get(i).cells[places[column]];
            }
            to.position((long) i * row.length).put(row, 0, row.length);
        }
        return array;
    }

    private INDArray others(int[] places, DataType type) {
        INDArray wanted = doubles(places);
        INDArray array = wanted.castTo(type);
        INDArray found = array.castTo(DataType.DOUBLE);
        for (int i = 0; i < rows.size(); i++) {
            for (int column = 0; column < places.length; column++) {
                double number = found.getDouble(i, column);
                double cell = rows.get(i).cells[places[column]];
                boolean fits = type.isFPType() ? Double.isFinite(number) || Double.isNaN(cell) : number == cell;
                if (!fits) {
                    throw unfit(i, places[column], type);
                }
            }
        }
        return array;
    }

    private DataException unfit(int row, int column, DataType type) {
        return unfit(csv, rows.get(row), column, type);
    }

    static DataException unfit(Path csv, Row row, int column, DataType type) {
        return new DataException(
                csv,
                "a number that " + type + " can hold in line " + row.line + ", field " + (column + 1),
                Double.isNaN(row.cells[column]) ? "a missing one" : String.valueOf(row.cells[column]));
    }

    /** Advice, if one field looks like several. */
    private static String separated(List<String> header) {
        return header.size() == 1 && header.get(0).matches(".*[;\t].*") ? "; a comma separates fields" : "";
    }

    /** The column of that name. */
    static int place(Path csv, List<String> header, String name) {
        int place = header.indexOf(name);
        if (place < 0 || place != header.lastIndexOf(name)) {
            throw new DataException(
                    csv,
                    "one column '" + name + "'",
                    (place < 0 ? "none; there are " : "several among ") + header + separated(header));
        }
        return place;
    }
}
