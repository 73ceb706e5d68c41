package org.espalier.languageserver.workspace;

import org.espalier.generator.source.SourceSpan;
import org.espalier.languageserver.document.Document;

/**
 * A place where a name is defined.
 *
 * @param document the file
 * @param span the name where it is defined; an empty span at the beginning for a whole file
 */
public record DefinedName(Document document, SourceSpan span) {
    /** Tells whether two names mean the same. */
    boolean isSame(DefinedName other) {
        return document.uri().equals(other.document.uri())
                && span.start() == other.span.start()
                && span.end() == other.span.end();
    }
}
