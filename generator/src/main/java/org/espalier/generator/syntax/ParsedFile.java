package org.espalier.generator.syntax;

import java.util.List;
import org.espalier.generator.diagnostic.Diagnostic;

/**
 * Syntax tree of what could be read of a file, and everything wrong with its syntax.
 *
 * @param words how many tokens were read
 */
public record ParsedFile(FileDecl file, int words, List<Diagnostic> diagnostics) {
    /** Copies the list. */
    public ParsedFile {
        diagnostics = List.copyOf(diagnostics);
    }
}
