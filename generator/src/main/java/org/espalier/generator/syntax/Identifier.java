package org.espalier.generator.syntax;

import org.espalier.generator.source.SourceSpan;

/** A name where it is written. */
public record Identifier(String text, SourceSpan span) {
    @Override
    public String toString() {
        return text;
    }
}
