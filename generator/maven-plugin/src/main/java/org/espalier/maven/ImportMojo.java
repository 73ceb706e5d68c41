package org.espalier.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.maven.model.Resource;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.codehaus.plexus.build.BuildContext;
import org.espalier.generator.report.Findings;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.Printable;
import org.espalier.onnx.ImportOptions;
import org.jspecify.annotations.Nullable;

/**
 * Imports the module's ONNX models: {@code src/main/onnx/com/example/resnet18.onnx} becomes a specification of the
 * network {@code Resnet18} in the package {@code com.example}, which the goal {@code generate} compiles with the
 * others, and the resource {@code com/example/resnet18.safetensors} with its weights.
 *
 * <p>Everything that is not supported in all models is reported at once, and nothing is written if there is anything.
 * Models that have not changed are not imported again; the files of models that no longer exist are deleted.
 */
@Mojo(name = "import", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class ImportMojo extends AbstractMojo {
    /** Skips the goal. What an earlier build imported is still compiled. */
    @Parameter(property = "espalier.skip", defaultValue = "false")
    private boolean skip;

    /** Folder of the models. The folders in it are the packages of the networks. */
    @Parameter(property = "espalier.modelDirectory", defaultValue = "${project.basedir}/src/main/onnx", required = true)
    private File modelDirectory;

    /** Folder that the weights are written to. It is added to the module's resources. */
    @Parameter(
            property = "espalier.weightsDirectory",
            defaultValue = "${project.build.directory}/generated-resources/espalier",
            required = true)
    private File weightsDirectory;

    /** Loss of the networks, as specifications have it: {@code CrossEntropyLoss()}. None unless set. */
    @Parameter(property = "espalier.loss")
    private @Nullable String loss;

    /** Axis of the batch in the models' inputs, counted from 0; −1 for models that compute one sample. */
    @Parameter(property = "espalier.batchAxis", defaultValue = "0")
    private int batchAxis;

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    private MavenProject project;

    @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
    private MojoExecution execution;

    private final BuildContext buildContext;

    /** Made by Maven. */
    @Inject
    public ImportMojo(BuildContext buildContext) {
        this.buildContext = buildContext;
    }

    /** The folder of the specifications that models of a module become. */
    static Path specifications(MavenProject project) {
        return Path.of(project.getBuild().getDirectory()).resolve("espalier").resolve("imported");
    }

    /** Folders of specifications, and that of imported models if there is one. */
    static List<Path> withImported(MavenProject project, List<Path> written) {
        Path imported = specifications(project);
        return Files.isDirectory(imported)
                ? Stream.concat(written.stream(), Stream.of(imported)).toList()
                : written;
    }

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("Skipped: espalier.skip is set");
            addResources();
            return;
        }
        if (batchAxis < ImportOptions.NO_BATCH) {
            throw new MojoFailureException(
                    "expected an axis, or -1 for none, in the parameter 'batchAxis' and found " + batchAxis);
        }
        ImportOptions options = ImportOptions.named("").with(loss).batchedAlong(batchAxis);
        Path memory = Path.of(project.getBuild().getDirectory())
                .resolve("espalier")
                .resolve("import-" + execution.getExecutionId() + ".properties");
        try {
            run(new ModelFolder(
                    modelDirectory.toPath(),
                    specifications(project),
                    weightsDirectory.toPath(),
                    memory,
                    options,
                    ToolVersion.of(execution)));
        } catch (FileProblem e) {
            throw new MojoFailureException(Printable.line(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw new MojoExecutionException("cannot import the models: " + e, e);
        }
        addResources();
    }

    private void run(ModelFolder folder) throws IOException, MojoFailureException {
        ModelFolder.Result result = folder.update();
        result.changed().forEach(file -> buildContext.refresh(file.toFile()));
        if (!result.problems().isEmpty()) {
            throw new MojoFailureException(String.join("\n", result.problems()));
        }
        if (result.models() == 0) {
            getLog().debug("Nothing to import: there is no .onnx file in " + modelDirectory);
        } else if (result.changed().isEmpty()) {
            getLog().info("Nothing to import: all models are up to date");
        } else {
            getLog().info("Imported " + Findings.count(result.models(), "model") + ", "
                    + Findings.count(result.changed().size(), "file") + " changed");
        }
    }

    private void addResources() {
        if (Files.isDirectory(weightsDirectory.toPath())) {
            Resource resource = new Resource();
            resource.setDirectory(weightsDirectory.toString());
            resource.setIncludes(List.of("**/*.safetensors"));
            project.addResource(resource);
        }
    }
}
