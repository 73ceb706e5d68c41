package org.espalier.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.Compilation;
import org.espalier.generator.ir.Program;
import org.espalier.generator.output.OutputFolder;
import org.espalier.generator.report.Findings;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.target.GeneratedSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the classes. */
@Command(
        name = "compile",
        header = "Write a Java class for each network.",
        description = {
            "",
            "Files go into the folders of their packages below the output folder. As long as a specification has an"
                    + " error, nothing is written. A file is written only if it changes, and deleted when its network"
                    + " or its specification is gone. Files that Espalier did not write are neither overwritten nor"
                    + " deleted."
        },
        footer = {"", "Example: espalier compile -o target/generated-sources src/main/net"})
final class CompileCommand extends CompilerCommand {
    private static final String MANIFEST = ".espalier-manifest";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            required = true,
            description = "Where to write: a folder of Java sources.")
    private Path output;

    @Override
    void use(Compilation compilation, Sources sources, Console console) throws FileProblem {
        Map<GeneratedSource, Path> made = new LinkedHashMap<>();
        for (int i = 0; i < compilation.sources().size(); i++) {
            Program program = compilation.programs().get(i);
            made.put(
                    compilation.sources().get(i),
                    sources.pathOf(program.graph().span().file()));
        }
        List<Path> changed = new OutputFolder(output, output.resolve(MANIFEST), sources.encoding())
                .updateFrom(made, sources.specifications());
        Path root = output.toAbsolutePath().normalize();
        changed.forEach(
                file -> console.print(output.resolve(root.relativize(file)).toString()));
        console.note(Findings.count(compilation.sources().size(), "network") + ", "
                + Findings.count(changed.size(), "file") + " changed");
    }
}
