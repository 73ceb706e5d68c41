package org.espalier.maven;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.inject.Inject;
import org.apache.maven.model.Resource;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.ProjectDependenciesResolver;
import org.codehaus.plexus.build.BuildContext;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the module's {@code .net} specifications to Java, one class for each network.
 *
 * <p>A specification can import from others of its folder, and from {@code META-INF/net} of the module's resources and
 * dependencies. All errors of all specifications are reported at once, and nothing is written if there is one. Networks
 * that are up to date are not generated again; files of networks that no longer exist are deleted.
 */
@Mojo(name = "generate", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class GenerateMojo extends AbstractGenerateMojo {
    /**
     * Folders of specifications. {@code src/main/net} by default. What the goal {@code import} made of models is
     * compiled too.
     */
    @Parameter(property = "espalier.sourceDirectories")
    private @Nullable List<File> sourceDirectories;

    /** Folder of the generated Java. It is added to the module's source folders. */
    @Parameter(
            property = "espalier.outputDirectory",
            defaultValue = "${project.build.directory}/generated-sources/espalier",
            required = true)
    private File outputDirectory;

    /** Made by Maven. */
    @Inject
    public GenerateMojo(BuildContext buildContext, ProjectDependenciesResolver resolver) {
        super(buildContext, resolver);
    }

    @Override
    List<Path> sourceDirectories() {
        return ImportMojo.withImported(project(), paths(sourceDirectories, "src/main/net"));
    }

    @Override
    List<Path> importDirectories() {
        return List.of();
    }

    @Override
    List<Resource> resources() {
        return project().getResources();
    }

    @Override
    Set<String> scopes() {
        return Set.of("compile", "provided", "system");
    }

    @Override
    Path outputDirectory() {
        return outputDirectory.toPath();
    }

    @Override
    void addSourceRoot(String folder) {
        project().addCompileSourceRoot(folder);
    }
}
