package org.espalier.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.espalier.runtime.storage.Numbers;

/**
 * Computes the sparsity and the norms of a parameter.
 *
 * @param parameter its path
 * @param shape its shape
 * @param zeros share of its numbers that are exactly 0, from 0 to 1
 * @param below what the next share counts up to
 * @param small share of its numbers whose absolute value is less than {@code below}; exact zeros are among them
 * @param l1 sum of absolute values
 * @param l2 root of the sum of squares
 * @param max greatest absolute value
 */
public record Magnitudes(
        String parameter,
        List<Long> shape,
        double zeros,
        double below,
        double small,
        double l1,
        double l2,
        double max) {
    private static final String GAP = "  ";

    /** Copies the list. */
    public Magnitudes {
        shape = List.copyOf(shape);
    }

    static Magnitudes of(Parameter parameter, double below) {
        if (!(below >= 0)) {
            throw new IllegalArgumentException("below must be a number of at least 0, but is " + below);
        }
        Numbers numbers = Numbers.of(parameter.numbers());
        long zeros = 0;
        long small = 0;
        double sum = 0;
        double squares = 0;
        double max = 0;
        for (long i = 0; i < parameter.count(); i++) {
            double size = Math.abs(numbers.get(i));
            zeros += size == 0 ? 1 : 0;
            small += size < below ? 1 : 0;
            sum += size;
            squares += size * size;
            max = Math.max(max, size);
        }
        boolean holdsSquares = squares >= 1e-250 && squares <= 1e250;
        double norm = holdsSquares ? Math.sqrt(squares) : scaledNorm(numbers, parameter.count(), max);
        double count = (double) parameter.count();
        List<Long> shape = Arrays.stream(parameter.shape()).boxed().toList();
        double share = zeros / count;
        return new Magnitudes(parameter.name(), shape, share, below, Math.max(share, small / count), sum, norm, max);
    }

    /** The norm of numbers whose squares are too small or too large for a double. */
    private static double scaledNorm(Numbers numbers, long count, double max) {
        if (max == 0 || !Double.isFinite(max)) {
            return max;
        }
        double squares = 0;
        for (long i = 0; i < count; i++) {
            double share = numbers.get(i) / max;
            squares += share * share;
        }
        return max * Math.sqrt(squares);
    }

    static List<Integer> zerosAlong(Parameter parameter, int axis) {
        long[] shape = parameter.shape();
        if (axis < 0 || axis >= shape.length) {
            throw new IllegalArgumentException(parameter + " has no axis " + axis);
        }
        long inner = Arrays.stream(shape, axis + 1, shape.length).reduce(1, (a, b) -> a * b);
        boolean[] lives = new boolean[Math.toIntExact(shape[axis])];
        Numbers numbers = Numbers.of(parameter.numbers());
        for (long i = 0; i < parameter.count(); i++) {
            lives[(int) (i / inner % lives.length)] |= numbers.get(i) != 0;
        }
        return IntStream.range(0, lives.length)
                .filter(index -> !lives[index])
                .boxed()
                .toList();
    }

    /**
     * A table for people, a row for each parameter:
     *
     * <pre>
     *   parameter    shape         zeros  below 0.001     l1     l2    max
     *   conv.weight  [8, 1, 5, 5]  62.5%        70.0%  4.127  1.034  0.312
     * </pre>
     *
     * @param rows all with the same {@code below}, or none of the column's heads would be right
     * @throws IllegalArgumentException if they differ in it
     */
    public static String table(List<Magnitudes> rows) {
        if (rows.stream().mapToDouble(Magnitudes::below).distinct().count() > 1) {
            throw new IllegalArgumentException("a table needs rows with the same below, but they have "
                    + rows.stream().map(Magnitudes::below).distinct().toList());
        }
        boolean counted = !rows.isEmpty() && rows.get(0).below() > 0;
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of(
                "parameter", "shape", "zeros", counted ? "below " + rows.get(0).below() : "", "l1", "l2", "max"));
        for (Magnitudes row : rows) {
            cells.add(List.of(
                    row.parameter(),
                    row.shape().toString(),
                    percent(row.zeros()),
                    counted ? percent(row.small()) : "",
                    digits(row.l1()),
                    digits(row.l2()),
                    digits(row.max())));
        }
        return aligned(cells);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** The first two columns begin below each other, the others, which are numbers, end there. */
    private static String aligned(List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(other -> other.get(at).length())
                        .max()
                        .orElse(0);
                String cell = row.get(column);
                String padding = " ".repeat(width - cell.length());
                line.append(column < 2 ? cell + padding : padding + cell).append(width == 0 ? "" : GAP);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
