package org.espalier.generator.target.java.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes of JavaPoet's output what palantir-java-format would leave alone: comments of fields beside them, no blank line
 * between fields of a group, Javadoc on one line where it fits, lines of at most 120 columns.
 */
public final class Tidy {
    private final List<String> in;
    private final List<String> out = new ArrayList<>();

    private Tidy(String text) {
        this.in = text.lines().toList();
    }

    /** The whole file, tidied. */
    public static String tidy(String text) {
        Tidy tidy = new Tidy(text);
        tidy.run();
        return String.join("\n", tidy.out) + "\n";
    }

    private void run() {
        int at = 0;
        while (at < in.size()) {
            if (in.get(at).strip().equals("/**")) {
                at = javadoc(at);
            } else {
                at = code(at);
            }
        }
    }

    /** Takes in a Javadoc comment, and the field it belongs to if it is one of those. */
    private int javadoc(int start) {
        String indent = indentOf(in.get(start));
        int end = start;
        List<String> content = new ArrayList<>();
        while (!in.get(++end).strip().equals("*/")) {
            String line = in.get(end).strip();
            content.add(line.equals("*") ? "" : line.substring("* ".length()));
        }
        String declaration = in.get(end + 1);
        if (isPrivateField(declaration)) {
            if (FieldComments.isBeside(content.get(0))) {
                dropBlankLineBetweenFields(indent);
            }
            FieldComments.lines(content, declaration).forEach(line -> out.addAll(LineBreaker.lines(line)));
            return end + 2;
        }
        out.addAll(Javadoc.lines(indent, content));
        return end + 1;
    }

    private int code(int start) {
        String line = in.get(start);
        if (isPrivateField(line)) {
            dropBlankLineBetweenFields(indentOf(line));
        }
        int end = start + 1;
        StringBuilder joined = new StringBuilder(line);
        while (LineBreaker.code(joined.toString()).endsWith(",")) {
            joined.append(' ').append(in.get(end++).strip()); // JavaPoet wraps long signatures in a way of its own.
        }
        out.addAll(LineBreaker.lines(joined.toString()));
        return end;
    }

    private void dropBlankLineBetweenFields(String indent) {
        int last = out.size() - 1;
        if (last > 0 && out.get(last).isEmpty() && isEndOfField(last - 1, indent)) {
            out.remove(last);
        }
    }

    private boolean isEndOfField(int line, String indent) {
        int start = line;
        while (indentOf(out.get(start)).length() > indent.length()) {
            start--; // A continuation.
        }
        return isPrivateField(out.get(start));
    }

    private static boolean isPrivateField(String line) {
        if (!line.stripLeading().startsWith("private ") || line.endsWith("{")) {
            return false;
        }
        int parenthesis = line.indexOf('(');
        int assignment = line.indexOf('=');
        return parenthesis < 0 || (assignment >= 0 && assignment < parenthesis);
    }

    private static String indentOf(String line) {
        return line.substring(0, line.length() - line.stripLeading().length());
    }
}
