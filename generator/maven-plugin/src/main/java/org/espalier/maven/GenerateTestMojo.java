package org.espalier.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
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
import org.espalier.generator.Targets;
import org.espalier.generator.report.Findings;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the {@code .net} specifications of the module's tests to Java, as {@code generate} does for the module
 * itself. They can import from its specifications too.
 */
@Mojo(name = "generate-test", defaultPhase = LifecyclePhase.GENERATE_TEST_SOURCES, threadSafe = true)
public final class GenerateTestMojo extends AbstractGenerateMojo {
    /** Folders of the tests' specifications. {@code src/test/net} by default. */
    @Parameter(property = "espalier.testSourceDirectories")
    private @Nullable List<File> sourceDirectories;

    /** Folders that can be imported from besides: those of the module itself. {@code src/main/net} unless set. */
    @Parameter(property = "espalier.sourceDirectories")
    private @Nullable List<File> importDirectories;

    /** Folder of the generated Java. It is added to the module's test source folders. */
    @Parameter(
            property = "espalier.testOutputDirectory",
            defaultValue = "${project.build.directory}/generated-test-sources/espalier",
            required = true)
    private File outputDirectory;

    /**
     * Also generates a JUnit 5 test for each network of the module itself: shapes, the same numbers for the same seed,
     * weights that a file keeps, and gradients beside central differences. They need {@code espalier-testing},
     * {@code espalier-runtime-cpu} and JUnit among the dependencies.
     */
    @Parameter(property = "espalier.generateTests", defaultValue = "false")
    private boolean generateTests;

    /** Made by Maven. */
    @Inject
    public GenerateTestMojo(BuildContext buildContext, ProjectDependenciesResolver resolver) {
        super(buildContext, resolver);
    }

    @Override
    void run(GenerationRequest request) throws IOException, MojoFailureException {
        super.run(request);
        Path manifest = request.manifest()
                .resolveSibling("tests-of-" + request.manifest().getFileName());
        if (!generateTests && Files.notExists(manifest)) {
            return;
        }
        List<Path> tested = generateTests ? ImportMojo.withImported(project(), importDirectories()) : List.of();
        Generation generation = new Generation(request.of(tested, List.of(Targets.TESTS), manifest));
        Generation.Result result = generation.generate();
        result.changed().forEach(file -> buildContext().refresh(file.toFile()));
        if (result.outcome() == Generation.Outcome.FAILED) {
            report(request, generation, result.compilation().diagnostics());
        }
        if (result.outcome() == Generation.Outcome.GENERATED) {
            addSourceRoot(request.outputDirectory().toString());
            getLog().info("Generated tests of "
                    + Findings.count(result.compilation().programs().size(), "network") + ", "
                    + Findings.count(result.changed().size(), "file") + " changed");
        } else if (result.outcome() == Generation.Outcome.UP_TO_DATE) {
            addSourceRoot(request.outputDirectory().toString());
        }
    }

    @Override
    List<Path> sourceDirectories() {
        return paths(sourceDirectories, "src/test/net");
    }

    @Override
    List<Path> importDirectories() {
        return paths(importDirectories, "src/main/net");
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
        return outputDirectory.toPath();
    }

    @Override
    void addSourceRoot(String folder) {
        project().addTestCompileSourceRoot(folder);
    }
}
