package org.espalier.cli;

import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.IrPrinter;
import org.espalier.generator.ir.Program;
import org.espalier.generator.plan.Fusion;
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
            "  plan     with the place of each value in memory",
            "  all      one after the other; a stage that changes nothing says so"
        },
        footer = {"", "Example: espalier dump --stage graph unet.net"})
final class DumpCommand extends NetworkCommand {
    private static final String UNCHANGED = "(unchanged)";

    /** After which stage to look. */
    enum Stage {
        /** Elaborated. */
        GRAPH,
        /** Differentiated. */
        PROGRAM,
        /** Neighbours in one pass. */
        FUSION,
        /** Planned. */
        PLAN,
        /** Each of them. */
        ALL
    }

    @Option(
            names = {"-s", "--stage"},
            paramLabel = "STAGE",
            description = "graph, program, fusion, plan or all. plan unless given.")
    private Stage stage = Stage.PLAN;

    @Override
    void show(Program program, Console console) {
        switch (stage) {
            case GRAPH -> print(graph(program), console);
            case PROGRAM -> print(differentiated(program), console);
            case FUSION -> print(fused(program), console);
            case PLAN -> print(IrPrinter.print(program), console);
            case ALL -> showAll(program, console);
        }
    }

    private static void showAll(Program program, Console console) {
        String name = program.graph().name();
        String graph = graph(program);
        console.heading("== " + name + " after graph");
        print(graph, console);
        String differentiated = differentiated(program);
        console.heading("== " + name + " after program");
        print(differentiated.equals(graph) ? UNCHANGED : differentiated, console);
        String fused = fused(program);
        console.heading("== " + name + " after fusion");
        print(fused.equals(differentiated) ? UNCHANGED : fused, console);
        String planned = IrPrinter.print(program);
        console.heading("== " + name + " after plan");
        print(planned.equals(fused) ? UNCHANGED : planned, console);
    }

    private static String graph(Program planned) {
        return IrPrinter.print(planned.graph());
    }

    private static String differentiated(Program planned) {
        return IrPrinter.print(Autodiff.differentiate(planned.graph()));
    }

    private static String fused(Program planned) {
        return IrPrinter.print(Fusion.fuse(Autodiff.differentiate(planned.graph())));
    }

    private static void print(String text, Console console) {
        console.print(text.stripTrailing());
    }
}
