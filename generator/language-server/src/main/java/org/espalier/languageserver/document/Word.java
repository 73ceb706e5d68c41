package org.espalier.languageserver.document;

/**
 * A token of a file, comments included and spaces left out.
 *
 * @param type as the grammar numbers it
 * @param text as it is written
 * @param start offset of its first character
 */
public record Word(int type, String text, int start) {
    /** Offset after its last character. */
    public int end() {
        return start + text.length();
    }

    /** Tells whether it is written like this. */
    public boolean is(String other) {
        return text.equals(other);
    }
}
