package org.espalier.generator.source;

import java.util.Locale;

/**
 * The door for text that goes to a terminal or a log. What does something there instead of showing, or cannot be seen,
 * is shown by its code point, {@code <U+001B>}: specifications and the names of files come from elsewhere, and none may
 * move the cursor, forge a line of a log, or run from right to left.
 */
public final class Printable {
    private Printable() {}

    /** The text on one line. */
    public static String line(String text) {
        return of(text, false);
    }

    /** A line of a file, its tabs kept. */
    public static String keepingTabs(String line) {
        return of(line, true);
    }

    private static String of(String text, boolean keepingTabs) {
        if (text.codePoints().allMatch(character -> shows(character, keepingTabs))) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(character -> {
            if (shows(character, keepingTabs)) {
                shown.appendCodePoint(character);
            } else {
                shown.append(String.format(Locale.ROOT, "<U+%04X>", character));
            }
        });
        return shown.toString();
    }

    private static boolean shows(int character, boolean keepingTabs) {
        return (character == '\t' && keepingTabs)
                || !(Character.isISOControl(character)
                        || isLoneSurrogate(character)
                        || isDirection(character)
                        || isInvisible(character)
                        || isNoCharacter(character));
    }

    private static boolean isLoneSurrogate(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    /** Bidi_Control of the Unicode Character Database (see Trojan Source, arXiv:2111.00169). */
    private static boolean isDirection(int character) {
        return character == 0x061C
                || character == 0x200E
                || character == 0x200F
                || (character >= 0x202A && character <= 0x202E)
                || (character >= 0x2066 && character <= 0x2069);
    }

    /** Ends of lines and paragraphs, and marks without width; not the joiners that scripts and pictographs need. */
    private static boolean isInvisible(int character) {
        return character == 0x180E
                || character == 0x200B
                || character == 0x2028
                || character == 0x2029
                || (character >= 0x2060 && character <= 0x2065)
                || (character >= 0x206A && character <= 0x206F)
                || character == 0xFEFF
                || (character >= 0xFFF9 && character <= 0xFFFB)
                || (character >= 0xE0000 && character <= 0xE007F);
    }

    private static boolean isNoCharacter(int character) {
        return (character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
    }
}
