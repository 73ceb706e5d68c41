package org.espalier.generator.emit;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalInt;

/** Numbers and strings as one would type them. The same on every JDK, which {@link Double#toString} is not. */
final class Literals {
    private static final int DIGITS_OF_A_DOUBLE = 17;

    private Literals() {}

    /** {@code 0.5}, {@code 2e-4}, {@code 100.0}: the shortest decimal that reads back as the same number. */
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("no literal for " + value);
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(value);
        String digits = shortest.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        String sign = value < 0 ? "-" : "";
        if (exponent >= -3 && exponent <= 6) {
            String plain = shortest.abs().toPlainString();
            return sign + (plain.contains(".") ? plain : plain + ".0");
        }
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return sign + mantissa + "e" + exponent;
    }

    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < DIGITS_OF_A_DOUBLE; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                return rounded.stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(DIGITS_OF_A_DOUBLE, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
    }

    /** A number as the {@code .net} has it: without a point where it is whole, {@code 100}. */
    static String written(double value) {
        String number = number(value);
        return number.endsWith(".0") ? number.substring(0, number.length() - 2) : number;
    }

    /** The n of a number that is 1/√n, where that says more than the number's own digits. */
    static OptionalInt inverseSquareRootOf(double value) {
        double n = Math.rint(1 / (value * value));
        boolean isRoot = n >= 1 && n <= Integer.MAX_VALUE && 1 / Math.sqrt(n) == value;
        boolean isShort = number(value).length() <= "0.0625".length();
        return isRoot && !isShort ? OptionalInt.of((int) n) : OptionalInt.empty();
    }

    /** {@code 203_530}: an {@code int} literal, or a {@code long} one where it must be. */
    static String count(long value) {
        String digits = String.format(Locale.ROOT, "%,d", value).replace(',', '_');
        return value > Integer.MAX_VALUE ? digits + "L" : digits;
    }

    /** {@code 12_345L}. */
    static String elements(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', '_') + "L";
    }

    /** {@code 203,530}, for prose. */
    static String prose(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** {@code "text"}. */
    static String string(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
