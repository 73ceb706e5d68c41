package org.espalier.generator.format;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.syntax.LineAwareParser;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.grammar.NetLexer;
import org.espalier.grammar.NetParser;

/** Formats specifications. */
public final class NetFormatter {
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

    private NetFormatter() {}

    /**
     * Lays a file out anew: the same words and comments in the same order, with other spaces and line ends. Only commas
     * behind a last element come and go. Lines end as the first one does, in {@code \n} or {@code \r\n}. What has a
     * mistake in its syntax is left as it is. Formatting twice changes nothing more.
     */
    public static FormattedFile format(SourceFile file) {
        List<Diagnostic> mistakes = NetSyntax.parse(file).diagnostics();
        return mistakes.isEmpty()
                ? new FormattedFile(withLineEndsOf(file.text(), laidOut(file.text())), List.of())
                : new FormattedFile(file.text(), mistakes);
    }

    private static String withLineEndsOf(String original, String laidOut) {
        Matcher first = LINE_END.matcher(original);
        return first.find() && first.group().equals("\r\n") ? laidOut.replace("\n", "\r\n") : laidOut;
    }

    private static String laidOut(String text) {
        CommonTokenStream tokens = new CommonTokenStream(new NetLexer(CharStreams.fromString(text)));
        NetParser.FileContext tree = LineAwareParser.of(tokens).file();
        return Layout.print(new FileLayout(new Gaps(tokens)).lay(tree));
    }
}
