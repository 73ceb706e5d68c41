package org.espalier.generator.diagnostic;

/** Whether a finding stops the compilation of what it was found in. */
public enum Severity {
    /** The network yields no source. */
    ERROR("error"),
    /** The source is made; the author should look. */
    WARNING("warning");

    private final String word;

    Severity(String word) {
        this.word = word;
    }

    /** The word that messages use. */
    @Override
    public String toString() {
        return word;
    }
}
