package org.espalier.generator.ir;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as one would type them. The same on every JDK, which {@link Double#toString} is not. */
public final class Decimal {
    private static final int DIGITS_OF_A_DOUBLE = 17;
    private static final int DIGITS_FREE_OF_ROUNDING = 15;
    private static final int DIGITS_OF_A_TIDY_NUMBER = 12;

    private Decimal() {}

    /** {@code 0.5}, {@code 2e-4}, {@code 100.0}: the shortest decimal that reads back as the same number. */
    public static String of(double value) {
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
    public static String written(double value) {
        String number = of(value);
        return number.endsWith(".0") ? number.substring(0, number.length() - 2) : number;
    }

    /**
     * A number in a sentence: without last digits that only the rounding of doubles put there, {@code 0.1} for 1.1 - 1,
     * where it is tidy without them.
     */
    public static String inProse(double value) {
        BigDecimal rounded = new BigDecimal(value)
                .round(new MathContext(DIGITS_FREE_OF_ROUNDING, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
        return written(rounded.precision() <= DIGITS_OF_A_TIDY_NUMBER ? rounded.doubleValue() : value);
    }
}
