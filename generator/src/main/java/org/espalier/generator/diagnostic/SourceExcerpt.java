package org.espalier.generator.diagnostic;

import java.util.List;
import org.espalier.generator.source.Printable;
import org.espalier.generator.source.SourceSpan;

/** The source line of a span and the line of carets below it. */
final class SourceExcerpt {
    /** A longer line is cut on both sides of the span. */
    private static final int WIDTH = 160;

    /** The blocks of East Asian wide characters and of pictographs (Unicode Standard Annex 11). */
    private static final List<Block> WIDE = List.of(
            new Block(0x1100, 0x115F),
            new Block(0x2E80, 0xA4CF),
            new Block(0xAC00, 0xD7A3),
            new Block(0xF900, 0xFAFF),
            new Block(0xFE30, 0xFE6F),
            new Block(0xFF00, 0xFF60),
            new Block(0xFFE0, 0xFFE6),
            new Block(0x1F300, 0x1FAFF),
            new Block(0x20000, 0x3FFFD));

    private SourceExcerpt() {}

    /**
     * The two lines. Tabs stand in the caret line as they do in the source line, so the carets meet their characters
     * whatever the width of a tab; characters that terminals draw two columns wide get two carets, and those that are
     * shown by their code points get one for each letter of that. A span over several lines is underlined to the end of
     * its first.
     */
    static List<String> of(SourceSpan span) {
        String line = span.file().lineText(span.line());
        int column = line.offsetByCodePoints(0, Math.min(span.column() - 1, line.codePointCount(0, line.length())));
        int end = Math.min(line.length(), column + span.end() - span.start());
        String before = Printable.keepingTabs(line.substring(0, column));
        String under = Printable.keepingTabs(line.substring(column, end));
        String after = Printable.keepingTabs(line.substring(end));
        if (before.length() + under.length() + after.length() > WIDTH) {
            before = before.length() > WIDTH / 2 ? "…" + lastOf(before, WIDTH / 2) : before;
            under = under.length() > WIDTH / 2 ? firstOf(under, WIDTH / 2) + "…" : under;
            after = after.length() > WIDTH / 4 ? firstOf(after, WIDTH / 4) + "…" : after;
        }
        int carets = Math.max(1, columns(under));
        return List.of(before + under + after, blank(before) + "^".repeat(carets));
    }

    private static String firstOf(String text, int length) {
        return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }

    private static String lastOf(String text, int length) {
        int start = text.length() - length;
        return text.substring(Character.isLowSurrogate(text.charAt(start)) ? start + 1 : start);
    }

    private static String blank(String text) {
        StringBuilder blank = new StringBuilder();
        text.codePoints().forEach(character -> blank.append(character == '\t' ? "\t" : " ".repeat(columns(character))));
        return blank.toString();
    }

    private static int columns(String text) {
        return text.codePoints().map(SourceExcerpt::columns).sum();
    }

    private static int columns(int character) {
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        return isWide(character) ? 2 : 1;
    }

    private static boolean isWide(int character) {
        return WIDE.stream().anyMatch(block -> block.contains(character));
    }

    private record Block(int first, int last) {
        boolean contains(int character) {
            return character >= first && character <= last;
        }
    }
}
