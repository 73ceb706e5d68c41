package org.espalier.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.maven.model.Resource;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.ProjectDependenciesResolver;
import org.codehaus.plexus.build.BuildContext;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.report.Findings;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the {@code .net} specifications of the module and of its tests and reports every finding without writing
 * anything: run {@code mvn espalier:check} for quick feedback while editing, or bind it to a phase.
 */
@Mojo(name = "check", defaultPhase = LifecyclePhase.VALIDATE, threadSafe = true)
public final class CheckMojo extends AbstractNetMojo {
    /** Folders of specifications. {@code src/main/net} by default. */
    @Parameter(property = "espalier.sourceDirectories")
    private @Nullable List<File> sourceDirectories;

    /** Folders of the tests' specifications. {@code src/test/net} by default. */
    @Parameter(property = "espalier.testSourceDirectories")
    private @Nullable List<File> testSourceDirectories;

    /** Made by Maven. */
    @Inject
    public CheckMojo(BuildContext buildContext, ProjectDependenciesResolver resolver) {
        super(buildContext, resolver);
    }

    @Override
    void run(GenerationRequest request) throws IOException, MojoFailureException {
        Generation generation = new Generation(request);
        if (generation.specifications().isEmpty()) {
            reportMissing(request);
            return;
        }
        List<Diagnostic> findings = generation.check().diagnostics();
        report(request, generation, findings);
        getLog().info("Checked " + Findings.count(generation.specifications().size(), "specification") + ": "
                + (findings.isEmpty() ? "nothing to complain of" : Findings.summary(findings)));
    }

    @Override
    List<Path> sourceDirectories() {
        return Stream.concat(
                        paths(sourceDirectories, "src/main/net").stream(),
                        paths(testSourceDirectories, "src/test/net").stream())
                .toList();
    }

    @Override
    List<Path> importDirectories() {
        return List.of();
    }

    @Override
    List<Resource> resources() {
        return Stream.concat(project().getTestResources().stream(), project().getResources().stream())
                .toList();
    }

    @Override
    Set<String> scopes() {
        return Set.of("compile", "provided", "system", "runtime", "test");
    }

    @Override
    Path outputDirectory() {
        return Path.of(project().getBuild().getDirectory());
    }
}
