package org.espalier.maven;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.inject.Inject;
import org.apache.maven.model.Resource;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.ProjectDependenciesResolver;
import org.codehaus.plexus.build.BuildContext;
import org.espalier.generator.Compilation;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.output.GoldenFolder;
import org.espalier.generator.output.GoldenFolder.Difference;
import org.espalier.generator.report.Findings;
import org.espalier.generator.report.NetworkReport;
import org.espalier.generator.source.Printable;
import org.espalier.generator.target.GeneratedSource;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the compiler makes of the module's networks with golden files under version control, so that a review
 * shows what a change of a specification, or of Espalier, does to the code: the generated class, the operations it was
 * made of ({@code .ir}), and layers, resolved regularizers and memory ({@code .txt}). Fails with the differences;
 * {@code mvn espalier:verify -Dgolden.update} writes the files.
 */
@Mojo(name = "verify", defaultPhase = LifecyclePhase.VERIFY, threadSafe = true)
public final class VerifyMojo extends AbstractNetMojo {
    private static final int CONTEXT = 3;

    /** Lines of differences that a failure shows of one file. */
    private static final int SHOWN = 60;

    /** Folders of specifications. {@code src/main/net} by default. */
    @Parameter(property = "espalier.sourceDirectories")
    private @Nullable List<File> sourceDirectories;

    /** Folder of the golden files. */
    @Parameter(
            property = "espalier.goldenDirectory",
            defaultValue = "${project.basedir}/src/golden/espalier",
            required = true)
    private File goldenDirectory;

    /** Writes the golden files instead of comparing with them, and deletes those of networks that no longer exist. */
    @Parameter(property = "golden.update", defaultValue = "false")
    private boolean update;

    /** Targets whose classes are compared: {@code java}, {@code inference}, or both. {@code java} by default. */
    @Parameter(property = "espalier.targets")
    private @Nullable List<String> targets;

    /** Made by Maven. */
    @Inject
    public VerifyMojo(BuildContext buildContext, ProjectDependenciesResolver resolver) {
        super(buildContext, resolver);
    }

    @Override
    void run(GenerationRequest request) throws IOException, MojoFailureException {
        Generation generation = new Generation(request);
        if (generation.specifications().isEmpty()) {
            reportMissing(request);
        }
        Compilation compilation = generation.check();
        List<Diagnostic> findings = compilation.diagnostics();
        if (findings.stream().anyMatch(request::isFailure)) {
            report(request, generation, findings);
        }
        GoldenFolder folder = new GoldenFolder(goldenDirectory.toPath(), Set.of(".java", ".ir", ".txt"));
        Map<String, String> texts = texts(compilation);
        List<Difference> differences = folder.differences(texts);
        if (update) {
            folder.update(differences);
            getLog().info("Updated " + Findings.count(differences.size(), "golden file") + " of " + texts.size());
        } else if (differences.isEmpty()) {
            getLog().info("Verified " + Findings.count(texts.size(), "golden file"));
        } else {
            throw new MojoFailureException(describe(differences, request.shownFrom()));
        }
    }

    private static Map<String, String> texts(Compilation compilation) {
        Map<String, String> texts = new TreeMap<>();
        for (GeneratedSource source : compilation.sources()) {
            texts.put(source.path(), source.text());
        }
        for (Program program : compilation.programs()) {
            Graph graph = program.graph();
            String path = graph.packageName().isEmpty()
                    ? graph.name()
                    : graph.packageName().replace('.', '/') + "/" + graph.name();
            String header = GoldenFolder.header(graph.span().file().fileName());
            texts.put(path + ".ir", header + IrPrinter.print(program));
            texts.put(path + ".txt", header + report(new NetworkReport(program)));
        }
        return texts;
    }

    private static String report(NetworkReport report) {
        StringBuilder text = new StringBuilder(report.summary()).append('\n');
        section("Layers", report.layers(), text);
        section("Regularizers", report.regularizers(), text);
        section("Memory", report.memory(), text);
        return text.toString();
    }

    private static void section(String title, List<String> lines, StringBuilder text) {
        text.append('\n').append(title).append('\n');
        lines.forEach(line -> text.append("  ").append(line).append('\n'));
    }

    private static String describe(List<Difference> differences, Path shownFrom) {
        List<String> lines = new ArrayList<>();
        lines.add(Findings.count(differences.size(), "golden file")
                + " differ; run with -Dgolden.update if that is meant");
        for (Difference difference : differences) {
            Path file = shownFrom.toAbsolutePath().normalize().relativize(difference.file());
            if (difference.golden().isEmpty()) {
                lines.add(file + ": is not there");
            } else if (difference.actual().isEmpty()) {
                lines.add(file + ": no network makes this file any more");
            } else {
                lines.addAll(diff(
                        file.toString(),
                        difference.golden().get(),
                        difference.actual().get()));
            }
        }
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(Printable.line(line)).append('\n'));
        return text.toString().stripTrailing();
    }

    private static List<String> diff(String file, String golden, String actual) {
        List<String> before = golden.lines().toList();
        List<String> lines = UnifiedDiffUtils.generateUnifiedDiff(
                file,
                file + " (now)",
                before,
                DiffUtils.diff(before, actual.lines().toList()),
                CONTEXT);
        if (lines.size() <= SHOWN) {
            return lines;
        }
        List<String> shown = new ArrayList<>(lines.subList(0, SHOWN));
        shown.add("(" + (lines.size() - SHOWN) + " more lines)");
        return shown;
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
    List<String> targets() throws MojoFailureException {
        return known(targets);
    }

    @Override
    Set<String> scopes() {
        return Set.of("compile", "provided", "system");
    }

    @Override
    Path outputDirectory() {
        return Path.of(project().getBuild().getDirectory());
    }
}
