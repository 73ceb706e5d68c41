package org.espalier.runtime.data;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A table of numbers: rows are examples, columns are features and labels. */
public final class Table {
    private final List<String> header;
    private final double[][] rows;

    private Table(List<String> header, double[][] rows) {
        this.header = header;
        this.rows = rows;
    }

    /**
     * Reads numbers separated by commas, one example a line, below one header line. The header may hold anything (the
     * tables that come with scikit-learn have counts and class names there). Empty lines are passed over.
     *
     * @throws DataException if the file cannot be read, has no numbers, a field that is not a finite number, or a line
     *     with more or fewer fields than the first
     */
    public static Table read(Path csv) {
        List<String> lines = lines(csv);
        List<double[]> rows = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                double[] row = row(csv, i + 1, lines.get(i));
                if (!rows.isEmpty() && row.length != rows.get(0).length) {
                    throw new DataException(
                            csv, rows.get(0).length + " fields in line " + (i + 1) + " as above it", row.length + "");
                }
                rows.add(row);
            }
        }
        if (rows.isEmpty()) {
            throw new DataException(csv, "lines of numbers below a header line", "none");
        }
        return new Table(List.of(lines.get(0).split(",", -1)), rows.toArray(new double[0][]));
    }

    /** The fields of the first line. */
    public List<String> header() {
        return header;
    }

    /** Number of examples. */
    public int rows() {
        return rows.length;
    }

    /** Number of columns. */
    public int columns() {
        return rows[0].length;
    }

    /**
     * Some of the columns, {@code [rows, to - from]}.
     *
     * @param from the first, counted from 0
     * @param to the one after the last
     * @param type FLOAT or DOUBLE
     * @throws IllegalArgumentException if there are no such columns
     */
    public INDArray columns(int from, int to, DataType type) {
        if (from < 0 || to > columns() || from >= to) {
            throw new IllegalArgumentException(
                    "expected columns within 0 to " + columns() + ", found " + from + " to " + to);
        }
        double[][] part = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            part[i] = Arrays.copyOfRange(rows[i], from, to);
        }
        return Nd4j.create(part).castTo(type);
    }

    /**
     * One column, {@code [rows]}.
     *
     * @param column counted from 0
     * @param type FLOAT or DOUBLE
     * @throws IllegalArgumentException if there is no such column
     */
    public INDArray column(int column, DataType type) {
        return columns(column, column + 1, type).reshape(rows.length);
    }

    private static List<String> lines(Path csv) {
        byte[] bytes = DataFiles.read(csv, "a CSV file");
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.lines().toList();
        } catch (CharacterCodingException e) {
            throw new DataException(csv, "a text file in UTF-8", "other bytes", e);
        }
    }

    private static double[] row(Path csv, int line, String text) {
        String[] fields = text.split(",", -1);
        double[] row = new double[fields.length];
        for (int i = 0; i < fields.length; i++) {
            try {
                row[i] = Double.parseDouble(fields[i]);
            } catch (NumberFormatException e) {
                row[i] = Double.NaN;
            }
            if (!Double.isFinite(row[i])) {
                throw new DataException(
                        csv, "a finite number in line " + line + ", field " + (i + 1), "'" + fields[i] + "'");
            }
        }
        return row;
    }
}
