package org.espalier.generator.source;

/** Text of a specification as it is quoted: on one line, without its comments, cut off where it gets long. */
final class Quotation {
    /** Beyond this it is better read in its file. */
    private static final int LONGEST = 200;

    private final String text;
    private final StringBuilder line = new StringBuilder();
    private boolean spaced;
    private boolean commented;

    private Quotation(String text) {
        this.text = text;
    }

    static String of(String text) {
        return shortened(new Quotation(text).oneLine());
    }

    /** The text, or what fits of it, without half of a pair of surrogates, and three dots. */
    static String shortened(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, end) + " ...";
    }

    private String oneLine() {
        int at = 0;
        while (at < text.length() && line.length() <= LONGEST) {
            char c = text.charAt(at);
            if (c == '"' || c == '\'') {
                at = take(at, endOfString(at));
            } else if (text.startsWith("//", at)) {
                at = endOfLine(at);
                commented = true;
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                at = end < 0 ? text.length() : end + 2;
                commented = true;
            } else if (Character.isWhitespace(c) || c == '\uFEFF') {
                at++;
                spaced = true;
            } else {
                at = take(at, at + 1);
            }
        }
        return line.toString();
    }

    private int take(int from, int to) {
        boolean closes = ")],".indexOf(text.charAt(from)) >= 0;
        if (line.length() > 0 && (commented ? !closes : spaced)) {
            line.append(' ');
        }
        spaced = false;
        commented = false;
        line.append(text, from, to);
        return to;
    }

    private int endOfString(int start) {
        int at = start + 1;
        while (at < text.length() && text.charAt(at) != text.charAt(start)) {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(text.length(), at + 1);
    }

    private int endOfLine(int start) {
        int at = start;
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
        return at;
    }
}
