package org.espalier.generator.source;

import java.util.Objects;

/**
 * A stretch of a source file: what a node was written as, and what a message points at.
 *
 * @param file the file
 * @param start offset of the first character
 * @param end offset after the last character
 */
public record SourceSpan(SourceFile file, int start, int end) {
    /** Checks that the stretch lies within the file. */
    public SourceSpan {
        Objects.requireNonNull(file, "file");
        if (start < 0 || end < start || end > file.text().length()) {
            throw new IllegalArgumentException("span " + start + ".." + end + " outside " + file + " of "
                    + file.text().length() + " characters");
        }
    }

    /** The 1-based line where it starts. */
    public int line() {
        return file.line(start);
    }

    /** The 1-based column where it starts, in code points. */
    public int column() {
        return file.column(start);
    }

    /** Returns the source text of the span. */
    public String text() {
        return file.text().substring(start, end);
    }

    /** The same as it is quoted: on one line, without comments, cut off behind 200 characters. */
    public String quotation() {
        return file.quotation(start, end);
    }

    /** A text made of what was written, as that would be quoted. */
    public static String quoted(String text) {
        return Quotation.of(text);
    }

    /** A text that long quotations are cut off as. */
    public static String shortened(String text) {
        return Quotation.shortened(text);
    }

    /** {@code unet.net:12}, as generated comments cite it. */
    public String citation() {
        return file.fileName() + ":" + line();
    }

    /** {@code src/main/net/unet.net:12:5}, as messages cite it. */
    public String location() {
        return file.name() + ":" + line() + ":" + column();
    }

    /** From the start of this span to the end of another one of the same file. */
    public SourceSpan to(SourceSpan last) {
        return new SourceSpan(file, start, Math.max(end, last.end));
    }

    @Override
    public String toString() {
        return location();
    }
}
