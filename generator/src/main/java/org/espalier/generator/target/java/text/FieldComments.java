package org.espalier.generator.target.java.text;

import com.palantir.javapoet.CodeBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * Line comments of fields. JavaPoet knows no comment but Javadoc, and the formatter parts a field with Javadoc from its
 * neighbours by blank lines; so private fields carry their comments as Javadoc only until the tidy pass.
 */
public final class FieldComments {
    /** Marks what stands behind a field. No text of a specification comes through its door with a NUL. */
    private static final String BESIDE = "\0";

    private FieldComments() {}

    /**
     * The comments as JavaPoet takes them.
     *
     * @param above what stands above the field, after a blank line, or nothing
     * @param beside what stands behind the field, or nothing
     */
    public static CodeBlock of(String above, String beside) {
        CodeBlock.Builder comments = CodeBlock.builder();
        if (!above.isEmpty()) {
            comments.add("$L\n", JavaText.inComment(above));
        }
        if (!beside.isEmpty()) {
            comments.add("$L\n", BESIDE + JavaText.inComment(beside));
        }
        return comments.build();
    }

    /** Tells whether a line of a field's Javadoc is what stands behind the field. */
    static boolean isBeside(String line) {
        return line.startsWith(BESIDE);
    }

    /** The field with its comments as they are meant. */
    static List<String> lines(List<String> javadoc, String field) {
        String indent = field.substring(0, field.length() - field.stripLeading().length());
        List<String> lines = new ArrayList<>();
        String behind = "";
        for (String comment : javadoc) {
            if (isBeside(comment)) {
                behind = " // " + comment.substring(BESIDE.length());
            } else {
                lines.add(indent + "// " + comment);
            }
        }
        lines.add(field + behind);
        return lines;
    }
}
