package org.espalier.cli;

import java.util.List;
import java.util.Set;
import org.espalier.cli.argument.Console;
import org.espalier.generator.ir.Program;
import org.espalier.generator.report.NetworkReport;
import org.espalier.generator.report.diagram.DiagramBuilder;
import org.espalier.generator.report.diagram.MermaidDiagram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the layers, shapes, regularizers and memory of networks: {@code espalier explain}. */
@Command(
        name = "explain",
        header = "Show layers, regularizers and memory of networks.",
        description = {
            "",
            "For each network: its layers with shapes, parameters and multiply-adds; the parameters that each"
                    + " regularizer applies to; and the memory that training takes. A multiply-add is two"
                    + " floating-point operations; a backward pass costs about as much as two forward passes."
        },
        footer = {"", "Example: espalier explain --network UnetGenerator src/main/net"})
final class ExplainCommand extends NetworkCommand {
    @Option(names = "--values", description = "Also show the memory offset of each activation and gradient.")
    private boolean values;

    @Option(names = "--figure", description = "Also print a figure, in Mermaid, which code hosts draw in Markdown.")
    private boolean figure;

    @Override
    void show(Program program, Console console) {
        NetworkReport report = new NetworkReport(program);
        console.heading(report.summary());
        section("Layers", report.layers(), console);
        section("Regularizers", report.regularizers(), console);
        section("Memory", report.memory(), console);
        if (values) {
            section("Values", report.placements(), console);
        }
        if (figure) {
            String drawn = MermaidDiagram.of(DiagramBuilder.draw(program.graph(), Set.of()));
            section("Figure", drawn.lines().toList(), console);
        }
        console.print("");
    }

    private static void section(String title, List<String> lines, Console console) {
        console.print("");
        console.heading(title);
        lines.forEach(line -> console.print("  " + line));
    }
}
