package org.espalier.cli;

import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.Sources;
import org.espalier.generator.Compilation;
import picocli.CommandLine.Command;

/** Compiles specifications and reports findings without writing a file: {@code espalier check}. */
@Command(
        name = "check",
        header = "Check specifications, without writing anything.",
        description = {"", "All errors and warnings of all files are reported at once, as file:line:column: message."},
        footer = {"", "Example: espalier check src/main/net"})
final class CheckCommand extends CompilerCommand {
    @Override
    void use(Compilation compilation, Sources sources, Console console) {
        if (compilation.diagnostics().isEmpty()) {
            console.note("no errors or warnings");
        }
    }
}
