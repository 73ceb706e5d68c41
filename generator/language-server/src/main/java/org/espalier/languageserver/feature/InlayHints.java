package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.lsp4j.InlayHint;
import org.eclipse.lsp4j.InlayHintKind;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;
import org.espalier.languageserver.document.Positions;

/**
 * Writes shapes behind expressions: for each line the shape of the widest expression that ends there, so that a list of
 * layers has one behind each.
 */
public final class InlayHints {
    private InlayHints() {}

    /** The hints for the expressions that end in a stretch of a file. */
    public static List<InlayHint> within(int start, int end, Context context) {
        SourceFile file = context.document().file();
        Map<Integer, Map.Entry<SourceSpan, Set<String>>> byLine = new HashMap<>();
        for (Map.Entry<SourceSpan, Set<String>> made : context.shapes().entrySet()) {
            SourceSpan span = made.getKey();
            if (span.end() < start || span.end() > end || isHead(span, context)) {
                continue;
            }
            byLine.merge(
                    file.line(span.end()), made, (one, other) -> isWider(other.getKey(), one.getKey()) ? other : one);
        }
        List<InlayHint> hints = new ArrayList<>();
        byLine.values().forEach(made -> hints.add(hint(made.getKey(), made.getValue())));
        hints.sort(Comparator.comparingInt(hint -> hint.getPosition().getLine()));
        return hints;
    }

    /** Tells whether something has the head of a declaration for its place, since its result is that of the body. */
    private static boolean isHead(SourceSpan span, Context context) {
        return context.document()
                .names()
                .declarationAt(span.start())
                .filter(declaration -> span.end() <= declaration.span().end())
                .isPresent();
    }

    /** Tells whether an expression ends later, or begins earlier and ends at the same place. */
    private static boolean isWider(SourceSpan one, SourceSpan other) {
        return one.end() > other.end() || (one.end() == other.end() && one.start() < other.start());
    }

    private static InlayHint hint(SourceSpan span, Set<String> shapes) {
        InlayHint hint =
                new InlayHint(Positions.of(span.file(), span.end()), Either.forLeft("→ " + LayerTexts.shapes(shapes)));
        hint.setKind(InlayHintKind.Type);
        hint.setPaddingLeft(true);
        if (shapes.size() > 1) {
            hint.setTooltip(String.join("\n", shapes));
        }
        return hint;
    }
}
