package org.espalier.cli;

import java.util.List;
import org.espalier.generator.ir.Program;
import org.espalier.generator.report.NetworkReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints what became of networks. */
@Command(
        name = "explain",
        header = "Show what the compiler makes of networks.",
        description = {
            "",
            "For each network: its layers with their shapes, parameters and work; which parameters each regularizer"
                    + " reaches; and how much memory training takes. A multiply-add counts as two floating-point"
                    + " operations elsewhere; a backward pass costs about two forward passes."
        },
        footer = {"", "Example: espalier explain --network UnetGenerator src/main/net"})
final class ExplainCommand extends NetworkCommand {
    @Option(names = "--values", description = "Also show where each activation and gradient lies in memory.")
    private boolean values;

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
        console.print("");
    }

    private static void section(String title, List<String> lines, Console console) {
        console.print("");
        console.heading(title);
        lines.forEach(line -> console.print("  " + line));
    }
}
