package org.espalier.generator.target.java.text;

import com.palantir.javapoet.CodeBlock;

/**
 * Javadoc of private fields, as JavaPoet takes it. The tidy pass declares neighbours together that have one comment,
 * and needs to tell the comment of a group from that of a field.
 */
public final class FieldComments {
    /** Marks what is said of a field by itself. No text of a specification comes through its door with a NUL. */
    private static final String OWN = "\0";

    private FieldComments() {}

    /**
     * The comments of a field.
     *
     * @param heading of the group that begins with it, after a blank line; nothing for a field of the group before
     * @param own what is said of the field by itself, such as its shape, or nothing
     */
    public static CodeBlock of(String heading, String own) {
        CodeBlock.Builder comments = CodeBlock.builder();
        if (!heading.isEmpty()) {
            comments.add("$L\n", escaped(heading));
        }
        if (!own.isEmpty()) {
            comments.add("$L\n", OWN + escaped(own));
        }
        return comments.build();
    }

    private static String escaped(String text) {
        return JavaText.inJavadoc(text).replaceAll("\\s+", " ").strip();
    }

    /** Tells whether a line of a field's Javadoc is about the field by itself. */
    static boolean isOwn(String line) {
        return line.startsWith(OWN);
    }

    /** The line without what marks it. */
    static String text(String line) {
        return isOwn(line) ? line.substring(OWN.length()) : line;
    }
}
