package org.espalier.generator.diagnostic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.espalier.generator.source.SourceSpan;

/**
 * Collects findings. One place has at most one finding of a code: a block that is applied ten times has its mistake
 * reported once, with the first chain of calls that led there.
 */
public final class Diagnostics {
    private record Place(DiagnosticCode code, SourceSpan span) {}

    private final List<Diagnostic> found = new ArrayList<>();
    private final Set<Place> places = new HashSet<>();

    /** Takes a finding, unless its place has one of its code already. */
    public void report(Diagnostic diagnostic) {
        if (places.add(new Place(diagnostic.code(), diagnostic.span()))) {
            found.add(diagnostic);
        }
    }

    /** Takes several findings. */
    public void reportAll(List<Diagnostic> diagnostics) {
        diagnostics.forEach(this::report);
    }

    /** Whether any of the findings is an error. */
    public boolean hasErrors() {
        return found.stream().anyMatch(Diagnostic::isError);
    }

    /** Number of findings so far. */
    public int size() {
        return found.size();
    }

    /** The findings in the order they were made. */
    public List<Diagnostic> toList() {
        return List.copyOf(found);
    }
}
