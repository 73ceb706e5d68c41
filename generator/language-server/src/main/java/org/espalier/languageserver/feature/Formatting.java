package org.espalier.languageserver.feature;

import java.util.List;
import org.eclipse.lsp4j.TextEdit;
import org.espalier.generator.format.FormattedFile;
import org.espalier.generator.format.NetFormatter;
import org.espalier.generator.source.SourceFile;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.document.Positions;

/** Formats files as {@code espalier fmt} does. */
public final class Formatting {
    private Formatting() {}

    /** One edit of what lies between the first and the last difference; none for a file with mistakes in its syntax. */
    public static List<TextEdit> of(Document document) {
        SourceFile file = document.file();
        FormattedFile formatted = NetFormatter.format(file);
        String before = file.text();
        String after = formatted.text();
        if (!formatted.diagnostics().isEmpty() || before.equals(after)) {
            return List.of();
        }
        int shorter = Math.min(before.length(), after.length());
        int start = 0;
        while (start < shorter && before.charAt(start) == after.charAt(start)) {
            start++;
        }
        int same = 0;
        while (same < shorter - start
                && before.charAt(before.length() - 1 - same) == after.charAt(after.length() - 1 - same)) {
            same++;
        }
        // Neither between the two units of a character nor between the two of a line end.
        start -= start > 0 && isInside(before, start) ? 1 : 0;
        same -= same > 0 && isInside(before, before.length() - same) ? 1 : 0;
        return List.of(new TextEdit(
                Positions.of(file, start, before.length() - same), after.substring(start, after.length() - same)));
    }

    private static boolean isInside(String text, int at) {
        return at < text.length()
                && ((Character.isHighSurrogate(text.charAt(at - 1)) && Character.isLowSurrogate(text.charAt(at)))
                        || (text.charAt(at - 1) == '\r' && text.charAt(at) == '\n'));
    }
}
