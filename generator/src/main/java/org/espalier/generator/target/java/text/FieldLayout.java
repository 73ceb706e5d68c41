package org.espalier.generator.target.java.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lays out the private fields of a class. Neighbours of one type that have one comment are one declaration, so that a
 * comment costs one line: a tensor stands beside its gradient, a weight above its bias. All have Javadoc, since the
 * formatter parts fields that have it from others by blank lines.
 */
final class FieldLayout {
    private static final String CONTINUATION = "        ";

    /**
     * A field.
     *
     * @param heading of the group that begins with it, or nothing
     * @param own what is said of it by itself, or nothing
     * @param start modifiers and type
     * @param name of the field
     * @param initializer of the field, or nothing
     */
    private record Field(String heading, String own, String start, String name, String initializer) {
        boolean isInitialized() {
            return !initializer.isEmpty();
        }

        String declarator() {
            return isInitialized() ? name + " = " + initializer : name;
        }
    }

    /** Neighbours that are declared together. */
    private record Declaration(String comment, boolean first, List<Field> fields) {
        boolean takes(Field field) {
            Field last = fields.get(fields.size() - 1);
            return field.heading().isEmpty()
                    && field.start().equals(last.start())
                    && field.own().equals(last.own())
                    && field.isInitialized() == last.isInitialized();
        }
    }

    /** Length of the shortest declarator, with what stands before and behind it: {@code a;}. */
    private static final int SHORTEST = 3;

    private final String indent;
    private final List<Field> fields = new ArrayList<>();

    /** The layout of the fields of one class, of which each line begins with an indent. */
    FieldLayout(String indent) {
        this.indent = indent;
    }

    /**
     * Adds a field.
     *
     * @param javadoc as {@link FieldComments} has made it
     * @param declaration on one line
     */
    void add(List<String> javadoc, String declaration) {
        String heading = "";
        String own = "";
        for (String line : javadoc) {
            if (FieldComments.isOwn(line)) {
                own = FieldComments.text(line);
            } else {
                heading = line;
            }
        }
        String text = declaration.strip().replaceFirst(";$", "");
        int assignment = LineBreaker.code(text).indexOf(" = ");
        String head = assignment < 0 ? text : text.substring(0, assignment);
        int space = head.lastIndexOf(' ');
        fields.add(new Field(
                heading,
                own,
                head.substring(0, space),
                head.substring(space + 1),
                assignment < 0 ? "" : text.substring(assignment + " = ".length())));
    }

    /** The lines of all fields, with a blank line before each group but the first. */
    List<String> lines() {
        List<Declaration> declarations = new ArrayList<>();
        String heading = "";
        for (Field field : fields) {
            heading = field.heading().isEmpty() ? heading : field.heading();
            Declaration last = declarations.isEmpty() ? null : declarations.get(declarations.size() - 1);
            if (last != null && last.takes(field) && fits(last, field)) {
                last.fields().add(field);
            } else {
                boolean first = !field.heading().isEmpty();
                String own = field.own();
                String above = first || own.isEmpty() ? heading : "";
                String comment = above + (above.isEmpty() || own.isEmpty() ? "" : ", ") + own;
                declarations.add(new Declaration(comment, first, new ArrayList<>(List.of(field))));
            }
        }
        List<String> lines = new ArrayList<>();
        for (Declaration declaration : declarations) {
            if (declaration.first() && !lines.isEmpty()) {
                lines.add("");
            }
            if (!declaration.comment().isEmpty()) {
                lines.addAll(Javadoc.lines(indent, List.of(declaration.comment())));
            }
            lines.addAll(lines(declaration.fields()));
        }
        return lines;
    }

    private boolean fits(Declaration before, Field more) {
        if (before.fields().size() > LineBreaker.COLUMNS / SHORTEST) {
            // It has a line for each of its fields already: to lay them all out again takes time by their square.
            return isWhole(indent + CONTINUATION, more.declarator() + ";");
        }
        List<Field> all = new ArrayList<>(before.fields());
        all.add(more);
        return together(all).isPresent();
    }

    private List<String> lines(List<Field> declared) {
        Field first = declared.get(0);
        return declared.size() == 1
                ? LineBreaker.lines(indent + first.start() + " " + first.declarator() + ";")
                : together(declared).orElseThrow();
    }

    // Example:
    //
    // private final Parameter fcWeight = parameter("fc.weight", uniform(1 / Math.sqrt(512)), l2, 1000, 512),
    //         fcBias = parameter("fc.bias", uniform(1 / Math.sqrt(512)), 1000);
    //
    /** One declaration of several fields; nothing if a line of it would have to be broken. */
    private Optional<List<String>> together(List<Field> all) {
        String start = indent + all.get(0).start();
        StringBuilder one = new StringBuilder(start);
        List<String> each = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            String end = i == all.size() - 1 ? ";" : ",";
            each.add(all.get(i).declarator() + end);
            one.append(' ').append(each.get(i));
        }
        boolean chained = LineBreaker.code(one.toString()).lastIndexOf(").") >= LineBreaker.LAST_CALL;
        if (one.length() <= LineBreaker.COLUMNS && !chained && each.stream().allMatch(line -> isWhole(start, line))) {
            return Optional.of(List.of(one.toString()));
        }
        String deeper = indent + CONTINUATION;
        boolean whole = each.stream().allMatch(line -> isWhole(deeper, line));
        if (!all.get(0).isInitialized() || !whole) {
            return Optional.empty();
        }
        List<String> lines = new ArrayList<>();
        if (isWhole(start + " ", each.get(0))) {
            lines.add(start + " " + each.get(0));
        } else {
            lines.add(start);
            lines.add(deeper + each.get(0));
        }
        each.stream().skip(1).forEach(line -> lines.add(deeper + line));
        return Optional.of(lines);
    }

    private static boolean isWhole(String before, String declarator) {
        return LineBreaker.lines(before + declarator).size() == 1;
    }
}
