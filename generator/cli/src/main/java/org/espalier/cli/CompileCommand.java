package org.espalier.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.Sources;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Targets;
import org.espalier.generator.ir.Program;
import org.espalier.generator.output.OutputFolder;
import org.espalier.generator.report.Findings;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.target.GeneratedSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compiles specifications to Java classes: {@code espalier compile}. */
@Command(
        name = "compile",
        header = "Generate a Java class for each network.",
        description = {
            "",
            "Files go into the folders of their packages below the output folder. If any specification has an error,"
                    + " nothing is written. A file is written only if it changes, and deleted when its network or its"
                    + " specification no longer exists. Files that Espalier did not write are never overwritten or"
                    + " deleted."
        },
        footer = {"", "Example: espalier compile -o target/generated-sources src/main/net"})
final class CompileCommand extends CompilerCommand {
    private static final String MANIFEST = ".espalier-manifest";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            required = true,
            description = "Folder for the generated Java sources.")
    private Path output;

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            split = ",",
            description = {
                "What to write for each network: java, a class on ND4J that trains and predicts; inference, a class that"
                        + " predicts and needs the JDK and espalier-inference alone; or both, with a comma between."
                        + " java unless given."
            })
    private List<String> targets = List.of();

    @Spec
    private CommandSpec spec;

    @Override
    CompilationRequest prepared(CompilationRequest request) {
        try {
            return request.with(Targets.of(targets));
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), unknown.getMessage(), unknown);
        }
    }

    @Override
    void use(Compilation compilation, Sources sources, Console console) throws FileProblem {
        Map<GeneratedSource, Path> made = new LinkedHashMap<>();
        for (GeneratedSource source : compilation.sources()) {
            Program program = compilation.programOf(source);
            made.put(source, sources.pathOf(program.graph().span().file()));
        }
        List<Path> changed = new OutputFolder(output, output.resolve(MANIFEST), sources.encoding())
                .updateFrom(made, sources.specifications());
        Path root = output.toAbsolutePath().normalize();
        changed.forEach(
                file -> console.print(output.resolve(root.relativize(file)).toString()));
        console.note(Findings.count(compilation.programs().size(), "network") + ", "
                + Findings.count(changed.size(), "file") + " changed");
    }
}
