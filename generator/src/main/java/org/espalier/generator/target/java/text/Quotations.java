package org.espalier.generator.target.java.text;

import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.source.SourceSpan;

/** Quotations of the {@code .net} for the comments of the class made from it. */
public final class Quotations {
    private Quotations() {}

    /**
     * {@code ConvTranspose2d(1024, 512, kernel_size=4) (unet.net:33)}: the call of a layer with its values, or where it
     * was written with these, its statement.
     */
    public static String layer(Graph graph, Origin origin) {
        String call = graph.calls().get(origin.layer());
        return call == null
                ? statement(origin.span())
                : call + "  (" + origin.span().citation() + ")";
    }

    /** {@code hidden = Linear(784, 256) (digits.net:6)}, on one line. */
    public static String statement(SourceSpan span) {
        return span.quotation() + "  (" + span.citation() + ")";
    }
}
