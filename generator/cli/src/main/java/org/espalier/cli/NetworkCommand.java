package org.espalier.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.Sources;
import org.espalier.generator.Compilation;
import org.espalier.generator.ir.Program;
import org.espalier.generator.source.FileProblem;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Base class of commands that print something about each network. */
abstract class NetworkCommand extends CompilerCommand {
    @Option(
            names = {"-n", "--network"},
            paramLabel = "NAME",
            description = "Show only the network of this name.")
    private String network = "";

    @Spec
    private CommandSpec command;

    @Override
    final void use(Compilation compilation, Sources sources, Console console) throws FileProblem {
        List<Program> wanted = compilation.programs().stream()
                .filter(program -> network.isEmpty() || program.graph().name().equals(network))
                .toList();
        if (wanted.isEmpty() && !network.isEmpty()) {
            String names = compilation.programs().stream()
                    .map(program -> program.graph().name())
                    .collect(Collectors.joining(", "));
            throw new ParameterException(
                    command.commandLine(), "no network '" + network + "' in these files, only: " + names);
        }
        showAll(wanted, console);
    }

    /** Shows the networks that were asked for: each in turn, unless a command knows better. */
    void showAll(List<Program> programs, Console console) throws FileProblem {
        programs.forEach(program -> show(program, console));
    }

    /** Shows one network. */
    abstract void show(Program program, Console console);
}
