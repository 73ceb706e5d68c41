package org.espalier.generator.report;

import java.util.Locale;

/** Large numbers with three digits that count and a unit: {@code 6.05 G}. */
final class Amount {
    private static final String UNITS = "kMGTPE";

    private Amount() {}

    /** {@code 999}, {@code 1.23 k}, {@code 45.6 M}, {@code 6.05 G}. */
    static String of(long number) {
        if (number < 1000) {
            return Long.toString(number);
        }
        double value = number;
        int unit = -1;
        while (value >= 999.5) {
            value /= 1000;
            unit++;
        }
        int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f %c", value, UNITS.charAt(unit));
    }

    /** The same, with nothing for 0. */
    static String orNothing(long number) {
        return number == 0 ? "" : of(number);
    }
}
