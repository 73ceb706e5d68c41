package org.espalier.generator.format;

import java.util.List;
import org.espalier.generator.diagnostic.Diagnostic;

/**
 * Result of formatting a file.
 *
 * @param text how it should look; what it was, to the character, if it has mistakes
 * @param diagnostics why it cannot be formatted; empty if it was
 */
public record FormattedFile(String text, List<Diagnostic> diagnostics) {
    /** Copies the list. */
    public FormattedFile {
        diagnostics = List.copyOf(diagnostics);
    }
}
