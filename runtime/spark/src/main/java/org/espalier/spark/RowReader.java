package org.espalier.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import scala.collection.Iterable;
import scala.collection.Iterator;

/** Reads examples from rows of a data frame. */
final class RowReader implements Serializable {
    private static final long serialVersionUID = 1;

    private final ExampleFields fields;

    /** Places of each field's columns. */
    private final int[][] columns;

    /**
     * Of rows of a schema.
     *
     * @throws IllegalArgumentException if a field has no columns, or one is missing
     */
    RowReader(ExampleFields fields, StructType schema) {
        this.fields = fields;
        this.columns = requireColumns(fields, schema);
    }

    /** The places of each field's columns. */
    static int[][] requireColumns(ExampleFields fields, StructType schema) {
        List<String> names = Arrays.asList(schema.fieldNames());
        int[][] columns = fields.all().stream()
                .map(field -> field.columns().stream()
                        .mapToInt(column -> place(names, column))
                        .toArray())
                .toArray(int[][]::new);
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].length == 0) {
                throw new IllegalArgumentException("expected columns of " + names + " for each field, found none for "
                        + fields.all().get(i) + "; name them with from(…)");
            }
        }
        return columns;
    }

    private static int place(List<String> names, String column) {
        if (!names.contains(column)) {
            throw new IllegalArgumentException("expected a column '" + column + "', found " + names);
        }
        return names.indexOf(column);
    }

    Example example(Row row) {
        int inputs = fields.inputs().size();
        List<Field> all = fields.all();
        Object[] arrays = new Object[columns.length];
        for (int i = 0; i < arrays.length; i++) {
            double[] numbers = columns[i].length == 1
                    ? numbers(row, columns[i][0])
                    : Arrays.stream(columns[i])
                            .mapToDouble(column -> number(row, column, row.get(column)))
                            .toArray();
            arrays[i] = all.get(i).type() == DataType.FLOAT ? floats(numbers) : ints(row, columns[i][0], numbers);
        }
        List<Object> list = Arrays.asList(arrays);
        return Example.of(list.subList(0, inputs), list.subList(inputs, arrays.length));
    }

    private static float[] floats(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }

    private static int[] ints(Row row, int column, double[] numbers) {
        int[] ints = new int[numbers.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) numbers[i];
            if (ints[i] != numbers[i]) {
                throw wrong(row, column, "whole numbers", numbers[i]);
            }
        }
        return ints;
    }

    private static double[] numbers(Row row, int column) {
        Object value = row.get(column);
        if (value instanceof Iterable<?> elements) {
            double[] numbers = new double[elements.size()];
            Iterator<?> iterator = elements.iterator();
            for (int i = 0; iterator.hasNext(); i++) {
                numbers[i] = number(row, column, iterator.next());
            }
            return numbers;
        }
        return value instanceof Number || value == null
                ? new double[] {number(row, column, value)}
                : vector(row, column, value);
    }

    /**
     * Reads a vector of Spark ML, whose classes are asked for here alone: data frames without vectors do without them.
     */
    private static double[] vector(Row row, int column, Object value) {
        if (value instanceof Vector vector) {
            return vector.toArray();
        }
        throw wrong(row, column, "a number, an array of numbers or a vector", value);
    }

    private static double number(Row row, int column, @Nullable Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(row, column, "a number", value);
    }

    private static IllegalArgumentException wrong(Row row, int column, String expected, @Nullable Object found) {
        String kind = found == null ? "" : " (" + found.getClass().getSimpleName() + ")";
        return new IllegalArgumentException("expected " + expected + " in column '"
                + row.schema().fieldNames()[column] + "', found " + found + kind);
    }
}
