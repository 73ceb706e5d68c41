package org.espalier.maven;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.model.Resource;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.project.ProjectDependenciesResolver;
import org.codehaus.plexus.build.BuildContext;
import org.espalier.generator.Targets;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.report.Findings;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.Printable;
import org.jspecify.annotations.Nullable;

/** Base class of the goals: parameters in, an immutable request out, findings into the log. */
abstract class AbstractNetMojo extends AbstractMojo {
    /**
     * Generates and checks nothing if set. What an earlier build generated is compiled all the same: the output folder
     * stays one of the module's source folders.
     */
    @Parameter(property = "espalier.skip", defaultValue = "false")
    private boolean skip;

    /**
     * The files of the source folders that are specifications, as Ant patterns relative to their folder. Every file
     * whose name ends in {@code .net} unless set.
     */
    @Parameter(property = "espalier.includes")
    private @Nullable List<String> includes;

    /** Those of these files that are none, as Ant patterns. They are not compiled, but they can be imported. */
    @Parameter(property = "espalier.excludes")
    private @Nullable List<String> excludes;

    /** Encoding of the specifications and of the generated Java. UTF-8 where the project does not say. */
    @Parameter(property = "espalier.encoding", defaultValue = "${project.build.sourceEncoding}")
    private @Nullable String encoding;

    /** True if a module without any specification fails, for projects where that can only be a mistake. */
    @Parameter(property = "espalier.failOnMissingSources", defaultValue = "false")
    private boolean failOnMissingSources;

    /** True if warnings fail the build as errors do. Nothing is written then. */
    @Parameter(property = "espalier.failOnWarning", defaultValue = "false")
    private boolean failOnWarning;

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    private MavenProject project;

    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    private MavenSession session;

    @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
    private MojoExecution execution;

    private final BuildContext buildContext;
    private final ProjectDependenciesResolver resolver;

    AbstractNetMojo(BuildContext buildContext, ProjectDependenciesResolver resolver) {
        this.buildContext = buildContext;
        this.resolver = resolver;
    }

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("Skipped: espalier.skip is set");
            skipped();
            return;
        }
        try {
            run(request());
        } catch (FileProblem e) {
            // Without its cause, of which Maven would print a second line.
            throw new MojoFailureException(Printable.line(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw failure("cannot compile the specifications: " + e, e);
        }
    }

    /** Makes a failure of a text and its cause, which Maven prints too: one that is not printable stays behind. */
    private static MojoExecutionException failure(String text, Exception cause) {
        String printable = Printable.line(text);
        return printable.equals(text) ? new MojoExecutionException(text, cause) : new MojoExecutionException(printable);
    }

    /** Does what has to be done also if the goal is skipped. */
    void skipped() {}

    /** Does what the goal is for. */
    abstract void run(GenerationRequest request) throws IOException, MojoFailureException;

    /** The folders of specifications. */
    abstract List<Path> sourceDirectories();

    /** The folders to import from besides. */
    abstract List<Path> importDirectories();

    /** The resources of this module, which publish specifications as libraries do. */
    abstract List<Resource> resources();

    /** The targets of generation, by name. */
    List<String> targets() throws MojoFailureException {
        return List.of(Targets.JAVA);
    }

    /** The scopes of dependencies that can be imported from. */
    abstract Set<String> scopes();

    /** Root of the packages that are generated. */
    abstract Path outputDirectory();

    final MavenProject project() {
        return project;
    }

    final MojoExecution execution() {
        return execution;
    }

    final BuildContext buildContext() {
        return buildContext;
    }

    /** Paths of a parameter, or the default one if it is not set. */
    final List<Path> paths(@Nullable List<File> parameter, String byDefault) {
        Path basedir = project.getBasedir().toPath();
        return parameter == null || parameter.isEmpty()
                ? List.of(basedir.resolve(byDefault))
                : parameter.stream().map(file -> basedir.resolve(file.toPath())).toList();
    }

    /** Says that there is nothing to compile, and fails if that can only be a mistake. */
    final void reportMissing(GenerationRequest request) throws MojoFailureException {
        List<Path> missing =
                request.sourceDirectories().stream().filter(Files::notExists).toList();
        String found = missing.equals(request.sourceDirectories())
                ? "there is no folder " + (missing.size() == 1 ? missing.get(0) : "of " + missing)
                : "no file matches " + request.includes() + " in " + request.sourceDirectories();
        if (failOnMissingSources) {
            throw new MojoFailureException("expected specifications, but " + Printable.line(found)
                    + "; put one there or set failOnMissingSources to false");
        }
        getLog().debug("Nothing to compile: " + found);
    }

    /** Marks findings in the IDE, and fails with all of them if there is one to fail for; otherwise logs them. */
    final void report(GenerationRequest request, Generation generation, List<Diagnostic> unsorted)
            throws MojoFailureException {
        List<Diagnostic> findings = Findings.sorted(unsorted);
        new Markers(buildContext, session).show(generation.specifications(), findings, generation.sourcePath());
        if (findings.stream().anyMatch(request::isFailure)) {
            throw new MojoFailureException(Findings.block(findings));
        }
        findings.forEach(finding -> getLog().warn(finding.render()));
    }

    private GenerationRequest request() throws MojoFailureException {
        return new GenerationRequest(
                Path.of(session.getExecutionRootDirectory()),
                sourceDirectories(),
                includes == null || includes.isEmpty() ? List.of("**/*.net") : includes,
                excludes == null ? List.of() : excludes,
                importDirectories(),
                () -> new Dependencies(resolver, session, project).find(resources(), scopes()),
                charset(),
                failOnWarning,
                targets(),
                ToolVersion.of(execution),
                outputDirectory(),
                Path.of(project.getBuild().getDirectory())
                        .resolve("espalier")
                        .resolve(execution.getGoal() + "-" + execution.getExecutionId() + ".manifest"));
    }

    private Charset charset() throws MojoFailureException {
        if (encoding == null || encoding.isBlank()) {
            return StandardCharsets.UTF_8;
        }
        try {
            return Charset.forName(encoding);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new MojoFailureException(
                    "expected an encoding, such as UTF-8, in the parameter 'encoding' and found '" + encoding + "'", e);
        }
    }
}
