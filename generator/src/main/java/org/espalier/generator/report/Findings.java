package org.espalier.generator.report;

import java.util.List;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.Diagnostic;

/** Findings as builds and the command show them. */
public final class Findings {
    private Findings() {}

    /** All of them, one below the other, under a line that counts them. */
    public static String block(List<Diagnostic> findings) {
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
