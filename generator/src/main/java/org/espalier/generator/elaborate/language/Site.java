package org.espalier.generator.elaborate.language;

import org.espalier.generator.source.SourceSpan;

/**
 * Place where a layer is made: scope, calls and source position.
 *
 * @param scope whose names it may get
 * @param frame the calls that led there
 * @param span the expression that makes it
 */
public record Site(Scope scope, Frame frame, SourceSpan span) {}
