package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.Overwriting;
import org.espalier.generator.ir.Block;
import org.espalier.generator.ir.Program;
import org.espalier.generator.output.AtomicWrite;
import org.espalier.generator.report.diagram.Diagram;
import org.espalier.generator.report.diagram.DiagramBuilder;
import org.espalier.generator.report.diagram.DiagramFormat;
import org.espalier.generator.source.FileProblem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Draws networks as SVG, DOT or Mermaid: {@code espalier diagram}. */
@Command(
        name = "diagram",
        header = "Draw networks as SVG, DOT or Mermaid.",
        description = {
            "",
            "A box is a layer with the activations and normalizations that follow it, or a closed block; an arrow says"
                    + " the shape of what goes along it, without the batch. A network whose resolution falls and rises"
                    + " again is drawn as a U, any other from top to bottom, with shortcuts beside it. A red outline and"
                    + " λ mark regularized weights. Pointing at a box of an SVG shows its layers with all arguments."
        },
        footer = {
            "",
            "Examples:",
            "  espalier diagram -o unet.svg unet.net                    a picture",
            "  espalier diagram -o docs --format mermaid src/main/net   a file for each network",
            "  espalier diagram --close Bottleneck,Stem -o net.svg net.net   some blocks as one box each"
        })
final class DiagramCommand extends NetworkCommand {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            description = "A file that ends in .svg, .dot or .mmd, or a folder, which gets a file for each network."
                    + " Standard output unless given.")
    private @Nullable Path output;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "svg, dot or mermaid. After the file's name unless given, else svg.")
    private @Nullable DiagramFormat format;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = "Blocks within blocks to open: 0 draws each block as one box. As many as leave the picture"
                    + " readable unless given.")
    private @Nullable Integer depth;

    @Option(
            names = "--close",
            paramLabel = "BLOCK",
            split = ",",
            description = "Names of blocks to draw as one box wherever they are, with a comma between.")
    private Set<String> closed = Set.of();

    @Mixin
    private Overwriting overwriting;

    @Spec
    private CommandSpec command;

    @Override
    void showAll(List<Program> programs, Console console) throws FileProblem {
        DiagramFormat byName =
                output == null ? null : DiagramFormat.ofFile(output.toString()).orElse(null);
        if (depth != null && depth < 0) {
            throw usage("--depth is a number of blocks, at least 0");
        }
        Set<String> blocks = programs.stream()
                .flatMap(program -> program.graph().blocks().stream())
                .map(Block::name)
                .collect(Collectors.toCollection(TreeSet::new));
        for (String name : closed) {
            if (!blocks.contains(name)) {
                throw usage("no block '" + name + "' in these networks"
                        + (blocks.isEmpty() ? "" : ", only: " + String.join(", ", blocks)));
            }
        }
        if (programs.size() > 1 && (output == null || byName != null)) {
            throw usage("there are " + programs.size() + " networks ("
                    + programs.stream().map(program -> program.graph().name()).collect(Collectors.joining(", "))
                    + "): choose one by --network, or name a folder by -o");
        }
        if (output == null) {
            super.showAll(programs, console);
            return;
        }
        DiagramFormat chosen = chosen(byName);
        Map<Path, String> files = new LinkedHashMap<>();
        for (Program program : programs) {
            Path file = byName != null ? output : output.resolve(program.graph().name() + chosen.suffix());
            files.put(file, chosen.write(diagram(program)));
        }
        for (Path file : files.keySet()) {
            try {
                overwriting.requireOwn(file, "drawn", DiagramCommand::isDrawn);
            } catch (IOException e) {
                throw FileProblem.reading(file, e);
            }
        }
        for (Map.Entry<Path, String> file : files.entrySet()) {
            AtomicWrite.replace(file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8));
            console.print(file.getKey().toString());
        }
    }

    @Override
    void show(Program program, Console console) {
        chosen(null).write(diagram(program)).lines().forEach(console::print);
    }

    private DiagramFormat chosen(@Nullable DiagramFormat byName) {
        return format != null ? format : byName != null ? byName : DiagramFormat.SVG;
    }

    private Diagram diagram(Program program) {
        return depth == null
                ? DiagramBuilder.draw(program.graph(), closed)
                : DiagramBuilder.draw(program.graph(), depth, closed);
    }

    private static boolean isDrawn(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).contains(DiagramFormat.MARK);
    }

    private ParameterException usage(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
