package org.espalier.generator.diagnostic;

/** Severity of a finding: an error stops the compilation of what it was found in, a warning does not. */
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
