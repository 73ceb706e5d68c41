package org.espalier.generator.elaborate.language;

import java.util.List;
import org.espalier.generator.source.SourceSpan;

/** Writes counts, lists and quotations for messages. */
public final class Words {
    private static final int SHOWN = 3;

    private Words() {}

    /** {@code 1 tensor}, {@code 2 tensors}. */
    public static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /** {@code a, b, c and 4 more}. */
    public static String some(List<String> names) {
        return names.size() <= SHOWN
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, SHOWN)) + " and " + (names.size() - SHOWN) + " more";
    }

    /** Quotes a place of a source on one line. */
    public static String oneLine(SourceSpan span) {
        return span.quotation();
    }
}
