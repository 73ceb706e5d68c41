package org.espalier.generator.report;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.Diagnostic;

/** Findings as builds and the command show them. */
public final class Findings {
    private Findings() {}

    /** Errors before warnings; of each, by file and from its top; what would be said twice, once. */
    public static List<Diagnostic> sorted(List<Diagnostic> findings) {
        Set<String> told = new HashSet<>();
        return findings.stream()
                .sorted(Comparator.comparing((Diagnostic finding) -> !finding.isError())
                        .thenComparing(finding -> finding.span().file().name())
                        .thenComparing(finding -> finding.span().start()))
                .filter(finding -> told.add(finding.render()))
                .toList();
    }

    /** All of them, sorted, one below the other, under a line that counts them. */
    public static String block(List<Diagnostic> unsorted) {
        List<Diagnostic> findings = sorted(unsorted);
        return findings.stream()
                .map(Diagnostic::render)
                .collect(Collectors.joining("\n\n", summary(findings) + "\n\n", "\n"));
    }

    /** {@code 3 errors and 1 warning in 2 files}. */
    public static String summary(List<Diagnostic> findings) {
        long errors = findings.stream().filter(Diagnostic::isError).count();
        long warnings = findings.size() - errors;
        long files = findings.stream()
                .map(finding -> finding.span().file().name())
                .distinct()
                .count();
        String counted = errors == 0
                ? count(warnings, "warning")
                : count(errors, "error") + (warnings == 0 ? "" : " and " + count(warnings, "warning"));
        return counted + " in " + count(files, "file");
    }

    /** {@code 1 file}, {@code 2 files}. */
    public static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
