package org.espalier.onnx.text;

import java.math.BigDecimal;

/** Writes numbers as one would by hand. */
final class Numerals {
    private Numerals() {}

    static String of(Number number) {
        return number instanceof Long whole ? Long.toString(whole) : real(number.doubleValue());
    }

    /** The shortest text that is the same number in single precision. */
    static String real(double number) {
        String shortest = Float.toString((float) number);
        if (!Float.isFinite((float) number)) {
            return number > 0 ? "3.4028235e38" : "-3.4028235e38";
        }
        BigDecimal decimal = new BigDecimal(shortest).stripTrailingZeros();
        if (decimal.signum() == 0) {
            return "0";
        }
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent <= 9) {
            return decimal.toPlainString();
        }
        BigDecimal mantissa = decimal.movePointLeft(exponent).stripTrailingZeros();
        return mantissa.toPlainString() + "e" + exponent;
    }
}
