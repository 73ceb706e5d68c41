package org.espalier.cli;

import java.util.Locale;
import org.espalier.cli.argument.Console;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.text.IrPrinter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the intermediate representation of networks: {@code espalier dump}. */
@Command(
        name = "dump",
        header = "Print the compiler's intermediate representation of networks.",
        description = {
            "",
            "For bug reports, and for the curious. Stages:",
            "  graph    the forward pass, with blocks applied and lists flattened",
            "  program  with the backward pass",
            "  fusion   with operations fused that share a pass over memory",
            "  plan     with the memory offset of each value",
            "  all      every stage in turn; one that changes nothing says so"
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
            description = "graph, program, fusion, plan or all (default: plan).")
    private Stage stage = Stage.PLAN;

    @Override
    void show(Program program, Console console) {
        if (stage == Stage.ALL) {
            showAll(program, console);
        } else {
            print(after(stage, program), console);
        }
    }

    private static void showAll(Program program, Console console) {
        String before = "";
        for (Stage one : Stage.values()) {
            if (one != Stage.ALL) {
                String text = after(one, program);
                console.heading(
                        "== " + program.graph().name() + " after " + one.name().toLowerCase(Locale.ROOT));
                print(text.equals(before) ? UNCHANGED : text, console);
                before = text;
            }
        }
    }

    /** Prints a network as it is after a stage; it has gone through all of them. */
    private static String after(Stage stage, Program planned) {
        return switch (stage) {
            case GRAPH -> IrPrinter.print(planned.graph());
            case PROGRAM -> IrPrinter.print(NetCompiler.differentiated(planned.graph()));
            case FUSION -> IrPrinter.print(NetCompiler.fused(NetCompiler.differentiated(planned.graph())));
            case PLAN, ALL -> IrPrinter.print(planned);
        };
    }

    private static void print(String text, Console console) {
        text.stripTrailing().lines().forEach(console::print);
    }
}
