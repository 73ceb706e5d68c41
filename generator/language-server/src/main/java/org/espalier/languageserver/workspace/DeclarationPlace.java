package org.espalier.languageserver.workspace;

import java.util.Optional;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.languageserver.document.Document;

/**
 * A stretch of a declaration, which stays where it is in the declaration while the text around that changes.
 *
 * @param uri the file
 * @param declaration the declaration's name
 * @param start from the declaration's keyword on
 * @param end from there on as well
 */
public record DeclarationPlace(String uri, String declaration, int start, int end) {
    /** The place of a span; empty if it lies in no declaration, or in a second one of the same name. */
    static Optional<DeclarationPlace> of(SourceSpan span, WorkspaceView view) {
        Optional<Document> document = view.of(span.file());
        if (document.isEmpty()) {
            return Optional.empty();
        }
        Document found = document.get();
        return found.names()
                .declarationAt(span.start())
                .filter(declaration ->
                        found.names().declarations().get(declaration.name().text()) == declaration)
                .map(declaration -> {
                    int from = declaration.span().start();
                    return new DeclarationPlace(
                            found.uri(), declaration.name().text(), span.start() - from, span.end() - from);
                });
    }

    /** The span there now; empty if the declaration is gone. */
    public Optional<SourceSpan> in(Document document) {
        Declaration found = document.names().declarations().get(declaration);
        if (found == null || found.span().start() + end > document.file().text().length()) {
            return Optional.empty();
        }
        int from = found.span().start();
        return Optional.of(document.file().span(from + start, from + end));
    }
}
