package org.espalier.generator.diagnostic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
    /** Maximum number of errors of a file that are shown, and of warnings. Nobody reads more. */
    static final int MOST = 100;

    private record Place(DiagnosticCode code, SourceSpan span) {}

    private record Kind(SourceFile file, boolean isError) {}

    private final List<Diagnostic> found = new ArrayList<>();
    private final Set<Place> places = new HashSet<>();
    private final Map<Kind, Integer> counts = new HashMap<>();
    private final Map<Kind, Diagnostic> firstHidden = new LinkedHashMap<>();

    /** Takes a finding, unless its place has one of its code already. */
    public void report(Diagnostic diagnostic) {
        if (!places.add(new Place(diagnostic.code(), diagnostic.span()))) {
            return;
        }
        Kind kind = new Kind(diagnostic.span().file(), diagnostic.isError());
        if (counts.merge(kind, 1, Integer::sum) <= MOST) {
            found.add(diagnostic);
        } else {
            firstHidden.putIfAbsent(kind, diagnostic);
        }
    }

    /** Tells whether a file has as many errors as are shown, so that nobody will read the next one. */
    public boolean isFull(SourceFile file) {
        return counts.getOrDefault(new Kind(file, true), 0) >= MOST;
    }

    /** Takes several findings. */
    public void reportAll(List<Diagnostic> diagnostics) {
        diagnostics.forEach(this::report);
    }

    /**
     * The findings, file by file as the files first had one, and from the top of each; last, how many more there are.
     */
    public List<Diagnostic> toList() {
        Map<SourceFile, List<Diagnostic>> byFile = new LinkedHashMap<>();
        found.forEach(diagnostic -> byFile.computeIfAbsent(diagnostic.span().file(), file -> new ArrayList<>())
                .add(diagnostic));
        List<Diagnostic> all = new ArrayList<>();
        byFile.forEach((file, diagnostics) -> {
            diagnostics.sort(
                    Comparator.comparingInt(diagnostic -> diagnostic.span().start()));
            all.addAll(diagnostics);
            addHidden(all, new Kind(file, true), DiagnosticCode.MORE_ERRORS);
            addHidden(all, new Kind(file, false), DiagnosticCode.MORE_WARNINGS);
        });
        return all;
    }

    private void addHidden(List<Diagnostic> all, Kind kind, DiagnosticCode code) {
        Diagnostic first = firstHidden.get(kind);
        if (first != null) {
            all.add(code.at(first.span(), counts.getOrDefault(kind, 0) - MOST));
        }
    }
}
