package org.espalier.weights;

import java.util.OptionalDouble;

/** Numbers as text files write them: {@code -12.5e-3}. */
public final class DecimalText {
    private DecimalText() {}

    /**
     * The number that a text is, or empty if it is anything else or beyond a double. What Java alone takes for a number
     * is none: {@code 1f}, {@code 0x1p3}, {@code NaN}, {@code Infinity}.
     */
    public static OptionalDouble parse(String text) {
        if (!isDecimal(text)) {
            return OptionalDouble.empty();
        }
        double value = Double.parseDouble(text);
        return Double.isInfinite(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Looks for {@code [+-] digits [. digits] [e [+-] digits]}, with a digit on one side of the point at least. */
    private static boolean isDecimal(String text) {
        int whole = digits(text, sign(text, 0));
        int end = whole;
        int figures = whole - sign(text, 0);
        if (end < text.length() && text.charAt(end) == '.') {
            end = digits(text, whole + 1);
            figures += end - whole - 1;
        }
        if (figures == 0) {
            return false;
        }
        if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
            int start = sign(text, end + 1);
            end = digits(text, start);
            return end > start && end == text.length();
        }
        return end == text.length();
    }

    private static int sign(String text, int at) {
        return at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-') ? at + 1 : at;
    }

    private static int digits(String text, int at) {
        int end = at;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }
}
