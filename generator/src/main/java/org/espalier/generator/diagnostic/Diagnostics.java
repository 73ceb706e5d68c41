package org.espalier.generator.diagnostic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.generator.source.SourceFile;
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

    /** The findings, file by file as the files first had one, and from the top of each. */
    public List<Diagnostic> toList() {
        Map<SourceFile, List<Diagnostic>> byFile = new LinkedHashMap<>();
        found.forEach(diagnostic -> byFile.computeIfAbsent(diagnostic.span().file(), file -> new ArrayList<>())
                .add(diagnostic));
        return byFile.values().stream()
                .flatMap(diagnostics -> diagnostics.stream()
                        .sorted(Comparator.comparingInt(
                                diagnostic -> diagnostic.span().start())))
                .toList();
    }
}
