package org.espalier.generator.emit;

import java.util.ArrayList;
import java.util.List;

/** Javadoc comments: what may stand in them, and how they are laid out. */
final class Javadoc {
    private Javadoc() {}

    /** Plain text as HTML. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("@", "&#64;")
                .replace("*/", "*&#47;")
                .replace("\\u", "&#92;u");
    }

    /** Plain text in paragraphs divided by blank lines, as lines of Javadoc: one for each paragraph. */
    static List<String> paragraphs(String text) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.strip().split("\\R[ \\t]*\\R", -1)) {
            String words = escape(paragraph.strip().replaceAll("\\s+", " "));
            if (!words.isEmpty()) {
                lines.add(lines.isEmpty() ? words : "<p>" + words);
            }
        }
        return lines;
    }

    /**
     * The comment, filled to 120 columns; on one line if it fits.
     *
     * @param content paragraphs, each on one line, with blank lines between; preformatted blocks as they are
     */
    static List<String> lines(String indent, List<String> content) {
        if (content.size() == 1
                && indent.length() + content.get(0).length() + "/**  */".length() <= LineBreaker.COLUMNS) {
            return List.of(indent + "/** " + content.get(0) + " */");
        }
        List<String> lines = new ArrayList<>();
        lines.add(indent + "/**");
        boolean preformatted = false;
        for (String line : content) {
            preformatted = (preformatted || line.equals("<pre>")) && !line.equals("</pre>");
            if (preformatted) {
                lines.add((indent + " * " + line).stripTrailing());
            } else {
                lines.addAll(LineBreaker.fill(indent + " * ", line));
            }
        }
        lines.add(indent + " */");
        return lines;
    }
}
