package org.espalier.generator.source;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The text of one {@code .net} file and the name by which messages call it.
 *
 * <p>Lines end in {@code \n}, {@code \r\n} or a lone {@code \r}. Offsets count UTF-16 units, as Java strings do;
 * columns shown to people count code points. A byte order mark at the beginning is no part of the text.
 */
public final class SourceFile {
    /** Maximum number of characters in a file, and of bytes. */
    public static final int LARGEST = 16 << 20;

    /** Number of characters up to which it takes no time to quote them. */
    private static final int SHORT = 1_000;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String name;
    private final boolean marked;
    private final String text;
    private final int[] lineStarts;

    /** Quotations of spans that take time to read: a list of 3,000 layers has one call with one comment. */
    private final Map<Long, String> quotations = new ConcurrentHashMap<>();

    /**
     * A file with its text.
     *
     * @param name the path as the user would write it, with forward slashes
     * @param text the whole content
     */
    public SourceFile(String name, String text) {
        this.name = name;
        this.marked = text.startsWith(BYTE_ORDER_MARK);
        this.text = marked ? text.substring(BYTE_ORDER_MARK.length()) : text;
        this.lineStarts = lineStarts(this.text);
    }

    private static int[] lineStarts(String text) {
        int[] starts = new int[16];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean lineFeedFollows = i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (c == '\n' || (c == '\r' && !lineFeedFollows)) {
                starts = count == starts.length ? Arrays.copyOf(starts, 2 * count) : starts;
                starts[count++] = i + 1;
            }
        }
        return Arrays.copyOf(starts, count);
    }

    /** The path as the user would write it. */
    public String name() {
        return name;
    }

    /** The last segment of {@link #name()}, which generated comments use. */
    public String fileName() {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** The whole content, without a byte order mark. */
    public String text() {
        return text;
    }

    /** A part of the text as it is quoted. */
    String quotation(int start, int end) {
        return end - start <= SHORT
                ? Quotation.of(text.substring(start, end))
                : quotations.computeIfAbsent(
                        (long) start << Integer.SIZE | end, key -> Quotation.of(text.substring(start, end)));
    }

    /** Another text as the content of this file, with a byte order mark if it has one. */
    public String withMark(String other) {
        return marked ? BYTE_ORDER_MARK + other : other;
    }

    /** The 1-based line of an offset. */
    public int line(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** Number of lines; one that ends in a line end is followed by an empty one. */
    public int lines() {
        return lineStarts.length;
    }

    /** Offset of the first character of a 1-based line. */
    public int lineStart(int line) {
        return lineStarts[line - 1];
    }

    /** The 1-based column of an offset, in code points. */
    public int column(int offset) {
        int start = lineStarts[line(offset) - 1];
        return text.codePointCount(start, offset) + 1;
    }

    /** The text of a 1-based line, without its line end. */
    public String lineText(int line) {
        int start = lineStarts[line - 1];
        int end = line < lineStarts.length ? lineStarts[line] : text.length();
        while (end > start && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(start, end);
    }

    /** A span of this file. */
    public SourceSpan span(int start, int end) {
        return new SourceSpan(this, start, end);
    }

    @Override
    public String toString() {
        return name;
    }
}
