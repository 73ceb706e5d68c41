package org.espalier.generator.target.java.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.espalier.generator.ir.Decimal;

/** Writes numbers as one would type them. The same on every JDK, which {@link Double#toString} is not. */
public final class Literals {
    private Literals() {}

    /** {@code 0.5}, {@code 2e-4}, {@code 100.0}: the shortest decimal that reads back as the same number. */
    public static String number(double value) {
        return Decimal.of(value);
    }

    /** {@code 0.1f}, and {@code 2} for what is whole: a number among floats, with no more digits than they have. */
    public static String single(double value) {
        float single = (float) value;
        if (Float.isInfinite(single)) {
            return single < 0 ? "Float.NEGATIVE_INFINITY" : "Float.POSITIVE_INFINITY";
        }
        String text = written(shortest(single));
        return text.matches("-?\\d+") ? text : text + "f";
    }

    /** The number of fewest digits that is this one in single precision. */
    private static double shortest(float single) {
        BigDecimal exact = new BigDecimal(single);
        int digits = 1;
        while (exact.round(new MathContext(digits)).floatValue() != single) {
            digits++;
        }
        return exact.round(new MathContext(digits)).doubleValue();
    }

    /** A number as the {@code .net} has it: without a point where it is whole, {@code 100}. */
    public static String written(double value) {
        return Decimal.written(value);
    }

    /** The n of a number that is 1/√n, where that says more than the number's own digits. */
    public static OptionalInt inverseSquareRootOf(double value) {
        double n = Math.rint(1 / (value * value));
        boolean isRoot = n >= 1 && n <= Integer.MAX_VALUE && 1 / Math.sqrt(n) == value;
        boolean isShort = number(value).length() <= "0.0625".length();
        return isRoot && !isShort ? OptionalInt.of((int) n) : OptionalInt.empty();
    }

    /** {@code 203_530}: an {@code int} literal, or a {@code long} one where it must be. */
    public static String count(long value) {
        String digits = grouped(value, '_');
        return value > Integer.MAX_VALUE ? digits + "L" : digits;
    }

    /** Whole numbers, separated by commas: {@code 0, 2, 1, 3}. */
    public static String counts(List<? extends Number> values) {
        return values.stream().map(value -> count(value.longValue())).collect(Collectors.joining(", "));
    }

    /** {@code 12_345L}. */
    public static String elements(long value) {
        return grouped(value, '_') + "L";
    }

    /** {@code 203,530}, for prose. */
    public static String prose(long value) {
        return grouped(value, ',');
    }

    /** The digits in threes, by hand: a large network has some hundred thousand numbers, too many for a formatter. */
    private static String grouped(long value, char separator) {
        StringBuilder digits = new StringBuilder(Long.toString(value));
        int first = value < 0 ? 1 : 0;
        for (int at = digits.length() - 3; at > first; at -= 3) {
            digits.insert(at, separator);
        }
        return digits.toString();
    }
}
