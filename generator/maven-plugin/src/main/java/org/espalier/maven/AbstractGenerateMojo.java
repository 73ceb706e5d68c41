package org.espalier.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.ProjectDependenciesResolver;
import org.codehaus.plexus.build.BuildContext;
import org.espalier.generator.ir.Program;
import org.espalier.generator.report.Findings;
import org.espalier.generator.report.NetworkReport;
import org.jspecify.annotations.Nullable;

/** Base class of the goals that generate sources: runs the compiler and tells the log, Maven and the IDE. */
abstract class AbstractGenerateMojo extends AbstractNetMojo {
    /**
     * Targets of the generation, of which each network gets a class: {@code java}, a class on ND4J that trains and
     * predicts; {@code inference}, a class that predicts, and needs the JDK and {@code espalier-inference} alone; or
     * both. {@code java} unless set.
     */
    @Parameter(property = "espalier.targets")
    private @Nullable List<String> targets;

    AbstractGenerateMojo(BuildContext buildContext, ProjectDependenciesResolver resolver) {
        super(buildContext, resolver);
    }

    @Override
    final List<String> targets() throws MojoFailureException {
        return known(targets);
    }

    /** Makes a folder one of the module's source folders. */
    abstract void addSourceRoot(String folder);

    @Override
    final void skipped() {
        addExistingSourceRoot();
    }

    @Override
    void run(GenerationRequest request) throws IOException, MojoFailureException {
        Generation generation = new Generation(request);
        Generation.Result result = generation.generate();
        result.changed().forEach(file -> buildContext().refresh(file.toFile()));
        logDeleted(request, result.changed());
        if (result.outcome() == Generation.Outcome.NO_SPECIFICATIONS) {
            addExistingSourceRoot();
            reportMissing(request);
            return;
        }
        addSourceRoot(request.outputDirectory().toString());
        if (result.outcome() == Generation.Outcome.UP_TO_DATE) {
            refuseOtherNetworks(generation.outputs());
            getLog().info("Nothing to generate: all networks are up to date");
            return;
        }
        report(request, generation, result.compilation().diagnostics());
        refuseOtherNetworks(generation.outputs());
        for (Program program : result.compilation().programs()) {
            NetworkReport network = new NetworkReport(program);
            getLog().info(network.summary());
            network.regularizers().forEach(line -> getLog().info("  " + line));
        }
        getLog().info("Generated "
                + Findings.count(result.compilation().programs().size(), "network") + " from "
                + Findings.count(generation.specifications().size(), "specification") + ", "
                + Findings.count(result.changed().size(), "file") + " changed");
    }

    /** Adds the output folder, if it exists, to the source roots, whether or not there is anything to generate. */
    private void addExistingSourceRoot() {
        if (Files.isDirectory(outputDirectory())) {
            addSourceRoot(outputDirectory().toString());
        }
    }

    private void logDeleted(GenerationRequest request, List<Path> changed) {
        Path root = request.outputDirectory().toAbsolutePath().normalize();
        changed.stream()
                .filter(Files::notExists)
                .forEach(file -> getLog().info("Deleted " + root.relativize(file) + ": its network is gone"));
    }

    /** Fails if another execution of this build generated one of these files, but not the same bytes. */
    private void refuseOtherNetworks(Map<Path, String> outputs) throws MojoFailureException {
        @SuppressWarnings("unchecked") // Maven's contexts are raw; this plugin alone writes this one.
        Map<Path, Generated> context = getPluginContext();
        for (Map.Entry<Path, String> output : outputs.entrySet()) {
            Generated mine = new Generated(execution().getExecutionId(), output.getValue());
            Generated other = context.put(output.getKey(), mine);
            if (other != null
                    && !other.execution().equals(mine.execution())
                    && !other.digest().equals(mine.digest())) {
                throw new MojoFailureException("the executions '" + other.execution() + "' and '" + mine.execution()
                        + "' both generate " + output.getKey()
                        + ", but not the same: rename a network, or give one of them another output folder");
            }
        }
    }

    private record Generated(String execution, String digest) {}
}
