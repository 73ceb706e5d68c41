package org.espalier.generator.target.java.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes of JavaPoet's output what palantir-java-format would leave alone: fields in groups, Javadoc on one line where
 * it fits, lines of at most 120 columns.
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
            if (isPrivateField(afterJavadoc(at))) {
                at = fields(at);
            } else if (isJavadoc(at)) {
                at = javadoc(at);
            } else {
                at = code(at);
            }
        }
    }

    private boolean isJavadoc(int line) {
        return line < in.size() && in.get(line).strip().equals("/**");
    }

    /** The line of what a Javadoc comment that may be there belongs to. */
    private int afterJavadoc(int start) {
        int line = start;
        if (isJavadoc(line)) {
            while (!in.get(line++).strip().equals("*/")) {}
        }
        return line;
    }

    private List<String> content(int start, int end) {
        return in.subList(start, end).stream()
                .map(String::strip)
                .map(line -> line.equals("*") ? "" : line.substring("* ".length()))
                .toList();
    }

    /** Takes in all fields that follow one another. */
    private int fields(int start) {
        FieldLayout layout = new FieldLayout(indentOf(in.get(start)));
        int at = start;
        int next = start;
        while (isPrivateField(afterJavadoc(next))) {
            int declaration = afterJavadoc(next);
            layout.add(declaration == next ? List.of() : content(next + 1, declaration - 1), in.get(declaration));
            at = declaration + 1;
            next = at;
            while (next < in.size() && in.get(next).isBlank()) {
                next++;
            }
        }
        out.addAll(layout.lines());
        return at;
    }

    private int javadoc(int start) {
        int after = afterJavadoc(start);
        out.addAll(Javadoc.lines(indentOf(in.get(start)), content(start + 1, after - 1)));
        return after;
    }

    private int code(int start) {
        String line = in.get(start);
        int end = start + 1;
        StringBuilder joined = new StringBuilder(line);
        while (LineBreaker.code(joined.toString()).endsWith(",")) {
            joined.append(' ').append(in.get(end++).strip()); // JavaPoet wraps long signatures in a way of its own.
        }
        if (LineBreaker.code(line).endsWith("{")
                && end < in.size()
                && in.get(end).strip().equals("}")) {
            joined.append(in.get(end++).strip());
        }
        out.addAll(LineBreaker.lines(joined.toString()));
        return end;
    }

    private boolean isPrivateField(int at) {
        return at < in.size() && isPrivateField(in.get(at));
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
