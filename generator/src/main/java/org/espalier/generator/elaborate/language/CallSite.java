package org.espalier.generator.elaborate.language;

import java.util.Optional;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceSpan;

/**
 * Place of a call, with its context.
 *
 * @param session limits and findings
 * @param scope whose names a layer made here may get
 * @param frame the calls that led here
 * @param trace what the calling body does with tensors, if it does
 * @param span the whole call
 */
public record CallSite(Session session, Scope scope, Frame frame, Optional<Trace> trace, SourceSpan span) {
    public Site site() {
        return new Site(scope, frame, span);
    }

    /** Reports a finding together with the calls that led here. */
    public Datum.Unknown report(Diagnostic diagnostic) {
        return session.report(diagnostic, frame);
    }
}
