package org.espalier.maven;

import java.nio.file.Path;
import java.util.List;
import org.apache.maven.execution.MavenSession;
import org.codehaus.plexus.build.BuildContext;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.Printable;
import org.espalier.generator.source.SourcePath;

/** Reports findings as markers in an IDE's editors. */
final class Markers {
    private final BuildContext buildContext;
    private final boolean inIde;

    /**
     * Marks where there is an IDE. On the command line a build context would only log every finding a second time, in a
     * form of its own.
     */
    Markers(BuildContext buildContext, MavenSession session) {
        this.buildContext = buildContext;
        this.inIde = session.getUserProperties().containsKey("m2e.version")
                || session.getSystemProperties().containsKey("m2e.version");
    }

    /** Replaces the marks of these files. */
    void show(List<Path> specifications, List<Diagnostic> findings, SourcePath sourcePath) {
        if (!inIde) {
            return;
        }
        specifications.forEach(file -> buildContext.removeMessages(file.toFile()));
        for (Diagnostic finding : findings) {
            sourcePath
                    .pathOf(finding.span().file())
                    .ifPresent(file -> buildContext.addMessage(
                            file.toFile(),
                            finding.span().line(),
                            finding.span().column(),
                            Printable.line(finding.code() + ": " + finding.message()),
                            finding.isError() ? BuildContext.SEVERITY_ERROR : BuildContext.SEVERITY_WARNING,
                            null));
        }
    }
}
