package org.espalier.languageserver.names;

import org.espalier.generator.source.SourceSpan;

/**
 * A name where it stands.
 *
 * @param definition whether it is defined there, rather than used
 */
public record Occurrence(SourceSpan span, Meaning meaning, boolean definition) {}
