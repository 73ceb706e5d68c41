package org.espalier.generator.target.java.text;

import org.espalier.generator.source.SourceSpan;

/** What the {@code .net} says, for the comments of the class made from it. */
public final class Quotations {
    private Quotations() {}

    /** {@code hidden = Linear(784, 256) (digits.net:6)}, on one line. */
    public static String statement(SourceSpan span) {
        return span.quotation() + "  (" + span.citation() + ")";
    }
}
