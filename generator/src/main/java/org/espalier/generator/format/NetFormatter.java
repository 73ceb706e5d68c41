package org.espalier.generator.format;

import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.syntax.LineAwareParser;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.grammar.NetLexer;
import org.espalier.grammar.NetParser;

/** Lays specifications out. */
public final class NetFormatter {
    private NetFormatter() {}

    /**
     * Lays a file out anew: the same words and comments in the same order, with other spaces and line ends. Only commas
     * behind a last element come and go. What has a mistake in its syntax is left as it is. Formatting twice changes
     * nothing more.
     */
    public static FormattedFile format(SourceFile file) {
        List<Diagnostic> mistakes = NetSyntax.parse(file).diagnostics();
        return mistakes.isEmpty()
                ? new FormattedFile(laidOut(file.text()), List.of())
                : new FormattedFile(file.text(), mistakes);
    }

    private static String laidOut(String text) {
        CommonTokenStream tokens = new CommonTokenStream(new NetLexer(CharStreams.fromString(text)));
        NetParser.FileContext tree = LineAwareParser.of(tokens).file();
        return Layout.print(new FileLayout(new Gaps(tokens)).lay(tree));
    }
}
