package org.espalier.generator.format;

import org.espalier.generator.format.Doc.Comment;

/** Lines as they are written. No line ends with a space, and no two empty lines follow each other. */
final class Page {
    private final StringBuilder text = new StringBuilder();
    private int margin;
    private int column;
    private boolean lineEmpty = true;
    private boolean mustEndLine;
    private boolean afterComment;

    /** Tells whether the line ends with a comment that takes all that follows. */
    boolean mustEndLine() {
        return mustEndLine;
    }

    /** Returns the column of the next character. A line that has to end does so now. */
    int column(int indent) {
        if (mustEndLine) {
            endLine(indent, false);
        }
        return lineEmpty ? margin : column;
    }

    /** Returns the column in which the line began. */
    int margin() {
        return margin;
    }

    /** Ends the line, unless it has just begun. */
    void endLine(int indent, boolean blank) {
        if (!lineEmpty) {
            while (text.charAt(text.length() - 1) == ' ') {
                text.setLength(text.length() - 1);
            }
            text.append('\n');
        }
        if (blank && text.length() > 1 && text.charAt(text.length() - 2) != '\n') {
            text.append('\n');
        }
        margin = indent;
        lineEmpty = true;
        mustEndLine = false;
        afterComment = false;
    }

    /** A space, unless the line has just begun. */
    void space() {
        afterComment = false;
        if (!lineEmpty && last() != ' ') {
            append(" ");
        }
    }

    /** A token, or spaces. */
    void write(String token, int indent) {
        if (mustEndLine) {
            endLine(indent, false);
        }
        if (afterComment && !token.equals(")") && !token.equals("]") && !token.equals(",")) {
            space();
        }
        afterComment = false;
        append(token);
    }

    /** A comment. */
    void write(Comment comment, int indent) {
        if (mustEndLine || (comment.startsLine() && comment.endsLine())) {
            endLine(indent, comment.blank());
        }
        if (comment.endsLine() || !(last() == '(' || last() == '[')) {
            space();
        }
        write(comment);
        mustEndLine = comment.endsLine();
        afterComment = true;
    }

    private void write(Comment comment) {
        int start = lineEmpty ? margin : column;
        append(comment.lines().get(0));
        boolean stars =
                comment.lines().stream().skip(1).allMatch(line -> line.strip().startsWith("*"));
        for (String line : comment.lines().subList(1, comment.lines().size())) {
            String content = line.stripLeading();
            int moved = Gaps.columns(line.substring(0, line.length() - content.length())) + start - comment.column();
            text.append('\n');
            margin = stars ? start + 1 : Math.max(0, moved);
            lineEmpty = true;
            append(content);
        }
    }

    private char last() {
        return lineEmpty ? ' ' : text.charAt(text.length() - 1);
    }

    private void append(String string) {
        if (string.isEmpty()) {
            return;
        }
        if (lineEmpty) {
            text.append(" ".repeat(margin));
            column = margin;
            lineEmpty = false;
        }
        text.append(string);
        column += string.codePointCount(0, string.length());
    }

    /** The whole text. */
    String finished() {
        endLine(0, false);
        return text.toString();
    }
}
