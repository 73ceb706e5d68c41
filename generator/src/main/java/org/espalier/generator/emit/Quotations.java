package org.espalier.generator.emit;

import org.espalier.generator.source.SourceSpan;

/** What the {@code .net} says, for the comments of the class made from it. */
final class Quotations {
    /** Where a statement is cut off: beyond this it is better read in its file. */
    private static final int LONGEST = 200;

    private Quotations() {}

    /** {@code hidden = Linear(784, 256) (digits.net:6)}, on one line. */
    static String statement(SourceSpan span) {
        return oneLine(span.text()) + "  (" + span.citation() + ")";
    }

    /** The text without its comments and line ends, fit to stand in a comment of Java. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        for (String part : text.lines().toList()) {
            line.append(withoutComment(part)).append(' ');
        }
        String words = line.toString().strip().replaceAll("\\s+", " ");
        return harmless(words.length() <= LONGEST ? words : words.substring(0, LONGEST) + " ...");
    }

    private static String withoutComment(String line) {
        boolean quoted = false;
        for (int i = 0; i + 1 < line.length(); i++) {
            if (line.charAt(i) == '"') {
                quoted = !quoted;
            } else if (!quoted && line.startsWith("//", i)) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    /** Without what means something to javac even in a comment: a Unicode escape. */
    private static String harmless(String comment) {
        return comment.replace("\\u", "\\\\u");
    }
}
