package org.espalier.generator.target.java.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.source.SourceSpan;

/** Quotations of the {@code .net} for the comments of the class made from it. */
public final class Quotations {
    /** A whole number that is an argument, and none of a word or a decimal. */
    private static final Pattern SIZE = Pattern.compile("(?<![\\w.'-])\\d{1,9}(?![\\w.'])");

    /** The names that a statement gives its results, which the call below a comment has anyway. */
    private static final Pattern NAMES = Pattern.compile("^(?:output )?\\w+(?:, \\w+)* = ");

    private Quotations() {}

    /** {@code Linear(784, 256) (digits.net:6)}: the call of a layer as comments above its kernels have it. */
    public static String call(Graph graph, Origin origin) {
        return NAMES.matcher(layer(graph, origin)).replaceFirst("");
    }

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

    /**
     * The same of a layer that each object of a block has: where they differ in sizes, these are quantities. Where
     * objects differ in more than has a name, their statement is quoted, which is the same for all.
     */
    public static Text ofEach(Graph graph, Origin origin) {
        String unnamed = NAMES.matcher(statement(origin.span())).replaceFirst("");
        Text statement = Text.of(JavaText.inComment(unnamed));
        if (!graph.calls().containsKey(origin.layer())) {
            return statement;
        }
        String quotation = JavaText.inComment(call(graph, origin));
        int end = quotation.lastIndexOf(" (");
        List<Object> pieces = new ArrayList<>();
        Matcher size = SIZE.matcher(quotation).region(0, end);
        int from = 0;
        while (size.find()) {
            pieces.add(quotation.substring(from, size.start()));
            pieces.add(Quantity.size(Long.parseLong(size.group()), "size"));
            from = size.end();
        }
        pieces.add(quotation.substring(from));
        return Text.of(pieces.toArray()).orElse(statement);
    }

    /** {@code hidden = Linear(784, 256) (digits.net:6)}, on one line. */
    public static String statement(SourceSpan span) {
        return span.quotation() + "  (" + span.citation() + ")";
    }
}
