package org.espalier.languageserver.document;

import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;

/**
 * Converts between offsets and the positions of the protocol: lines counted from 0, and UTF-16 units within the line,
 * which is how Java counts as well. A position behind the end of a line or of the file means that end.
 */
public final class Positions {
    private Positions() {}

    /** The position of an offset. */
    public static Position of(SourceFile file, int offset) {
        int within = Math.max(0, Math.min(offset, file.text().length()));
        int line = file.line(within);
        return new Position(line - 1, within - file.lineStart(line));
    }

    /** The range of a stretch of a file. */
    public static Range of(SourceFile file, int start, int end) {
        return new Range(of(file, start), of(file, end));
    }

    /** The range of a span. */
    public static Range of(SourceSpan span) {
        return of(span.file(), span.start(), span.end());
    }

    /** The offset of a position. */
    public static int offset(SourceFile file, Position position) {
        if (position.getLine() < 0) {
            return 0;
        }
        if (position.getLine() >= file.lines()) {
            return file.text().length();
        }
        int start = file.lineStart(position.getLine() + 1);
        int length = file.lineText(position.getLine() + 1).length();
        return start + Math.max(0, Math.min(position.getCharacter(), length));
    }
}
