package org.espalier.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.weights.DecimalText;
import org.espalier.weights.Excerpt;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A table of numbers: rows are examples, columns are features and labels. */
public final class Table {
    private final Path csv;
    private final List<String> header;
    private final List<Row> rows;

    private static final class Row {
        /** Number of its line in the file, from 1. */
        final int line;

        final double[] cells;

        Row(int line, double[] cells) {
            this.line = line;
            this.cells = cells;
        }
    }

    private Table(Path csv, List<String> header, List<Row> rows) {
        this.csv = csv;
        this.header = List.copyOf(header);
        this.rows = rows;
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
        try (CsvReader reader = new CsvReader(csv)) {
            List<String> header = reader.read().orElse(List.of());
            List<Row> rows = new ArrayList<>();
            for (Optional<List<String>> fields = reader.read(); fields.isPresent(); fields = reader.read()) {
                if (!isEmpty(fields.get())) {
                    Row row = row(csv, reader.line(), fields.get());
                    if (!rows.isEmpty() && row.cells.length != rows.get(0).cells.length) {
                        throw new DataException(
                                csv,
                                rows.get(0).cells.length + " fields in line " + row.line + " as above it",
                                row.cells.length + "");
                    }
                    rows.add(row);
                }
            }
            if (rows.isEmpty()) {
                throw new DataException(csv, "lines of numbers below a header line", "none");
            }
            return new Table(csv, header, rows);
        }
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
        if (!type.isNumerical() && type != DataType.BOOL) {
            throw new IllegalArgumentException("expected a type of number, found " + type);
        }
        return switch (type) {
            case FLOAT -> floats(from, to);
            case DOUBLE -> doubles(from, to);
            default -> others(from, to, type);
        };
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

    private INDArray floats(int from, int to) {
        INDArray array = NdArrays.detached(DataType.FLOAT, rows.size(), to - from);
        FloatPointer place = new FloatPointer(array.data().pointer());
        float[] row = new float[to - from];
        for (int i = 0; i < rows.size(); i++) {
            for (int column = from; column < to; column++) {
                float number = (float) rows.get(i).cells[column];
                if (Float.isInfinite(number)) {
                    throw unfit(i, column, DataType.FLOAT);
                }
                row[column - from] = number;
            }
            place.position((long) i * row.length).put(row, 0, row.length);
        }
        return array;
    }

    private INDArray doubles(int from, int to) {
        INDArray array = NdArrays.detached(DataType.DOUBLE, rows.size(), to - from);
        DoublePointer place = new DoublePointer(array.data().pointer());
        for (int i = 0; i < rows.size(); i++) {
            place.position((long) i * (to - from)).put(rows.get(i).cells, from, to - from);
        }
        return array;
    }

    private INDArray others(int from, int to, DataType type) {
        INDArray wanted = doubles(from, to);
        INDArray array = wanted.castTo(type);
        INDArray found = array.castTo(DataType.DOUBLE);
        for (int i = 0; i < rows.size(); i++) {
            for (int column = from; column < to; column++) {
                double number = found.getDouble(i, column - from);
                boolean fits = type.isFPType() ? Double.isFinite(number) : number == rows.get(i).cells[column];
                if (!fits) {
                    throw unfit(i, column, type);
                }
            }
        }
        return array;
    }

    private DataException unfit(int row, int column, DataType type) {
        return new DataException(
                csv,
                "a number that " + type + " can hold in line " + rows.get(row).line + ", field " + (column + 1),
                String.valueOf(rows.get(row).cells[column]));
    }

    private static boolean isEmpty(List<String> fields) {
        return fields.size() == 1 && fields.get(0).isBlank();
    }

    private static Row row(Path csv, int line, List<String> fields) {
        double[] cells = new double[fields.size()];
        for (int i = 0; i < cells.length; i++) {
            OptionalDouble number = DecimalText.parse(fields.get(i).trim());
            if (number.isEmpty()) {
                throw new DataException(
                        csv,
                        "a finite number in line " + line + ", field " + (i + 1),
                        "'" + Excerpt.of(fields.get(i)) + "'");
            }
            cells[i] = number.getAsDouble();
        }
        return new Row(line, cells);
    }
}
