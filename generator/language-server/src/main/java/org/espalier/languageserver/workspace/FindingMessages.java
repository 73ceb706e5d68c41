package org.espalier.languageserver.workspace;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.DiagnosticTag;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.source.Printable;
import org.espalier.generator.source.SourceSpan;
import org.espalier.languageserver.document.Positions;

/** Says findings of the compiler as the protocol does. */
final class FindingMessages {
    /** By which the editor names whose they are. */
    static final String SOURCE = "espalier";

    /** A line of a file in a message, which moves when lines are added above it. */
    private static final Pattern CITATION = Pattern.compile("\\.net:\\d+");

    private FindingMessages() {}

    /** A finding at a place. */
    static org.eclipse.lsp4j.Diagnostic at(SourceSpan span, Diagnostic finding) {
        org.eclipse.lsp4j.Diagnostic said = new org.eclipse.lsp4j.Diagnostic(Positions.of(span), message(finding));
        said.setSeverity(finding.isError() ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning);
        said.setCode(finding.code().toString());
        said.setSource(SOURCE);
        if (finding.code() == DiagnosticCode.UNUSED_DECLARATION || finding.code() == DiagnosticCode.UNUSED_VALUE) {
            said.setTags(List.of(DiagnosticTag.Unnecessary));
        }
        return said;
    }

    /** Headline, notes and help, a line each; not the line of the source, which the editor shows. */
    private static String message(Diagnostic finding) {
        Stream<String> help = finding.help().map(text -> "help: " + text).stream();
        return Stream.of(Stream.of(finding.message()), help, notes(finding).stream())
                .flatMap(lines -> lines)
                .map(Printable::line)
                .collect(Collectors.joining("\n"));
    }

    /** The notes; a mistake that stands in the network itself needs not be told which that is. */
    private static List<String> notes(Diagnostic finding) {
        boolean here = finding.notes().size() == 1
                && finding.notes().get(0).startsWith("in ")
                && !finding.notes().get(0).contains("called at");
        return here ? List.of() : finding.notes();
    }

    /** Tells whether it mentions lines, so that it must be said anew where those have moved. */
    static boolean citesLines(Diagnostic finding) {
        return CITATION.matcher(message(finding)).find();
    }

    /** The name that a finding suggests for what stands at its place. */
    static Optional<String> suggestion(Diagnostic finding) {
        return finding.suggestion();
    }
}
