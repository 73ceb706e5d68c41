package org.espalier.cli;

import org.espalier.generator.Compilation;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.IrPrinter;
import org.espalier.generator.ir.Program;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the intermediate representation. */
@Command(
        name = "dump",
        header = "Print the compiler's intermediate representation of networks.",
        description = {
            "",
            "For bug reports and the curious. Stages:",
            "  graph    blocks applied, lists flattened: what is computed",
            "  program  with the backward pass",
            "  plan     with the place of each value in memory"
        },
        footer = {"", "Example: espalier dump --stage graph unet.net"})
final class DumpCommand extends CompilerCommand {
    /** After which stage to look. */
    enum Stage {
        /** Elaborated. */
        GRAPH,
        /** Differentiated. */
        PROGRAM,
        /** Planned. */
        PLAN
    }

    @Option(
            names = {"-s", "--stage"},
            paramLabel = "STAGE",
            description = "graph, program or plan. plan unless given.")
    private Stage stage = Stage.PLAN;

    @Override
    void use(Compilation compilation, Sources sources, Console console) {
        compilation.programs().forEach(program -> console.print(text(program).stripTrailing()));
    }

    private String text(Program planned) {
        return switch (stage) {
            case GRAPH -> IrPrinter.print(planned.graph());
            case PROGRAM -> IrPrinter.print(Autodiff.differentiate(planned.graph()));
            case PLAN -> IrPrinter.print(planned);
        };
    }
}
