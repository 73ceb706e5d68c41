package org.espalier.cli;

import org.espalier.generator.Compilation;
import picocli.CommandLine.Command;

/** Reports findings and does nothing else. */
@Command(
        name = "check",
        header = "Report every mistake of specifications, and write nothing.",
        description = {"", "All mistakes of all files are reported at once, in the form that compilers use."},
        footer = {"", "Example: espalier check src/main/net"})
final class CheckCommand extends CompilerCommand {
    @Override
    void use(Compilation compilation, Sources sources, Console console) {
        if (compilation.diagnostics().isEmpty()) {
            console.note("no mistakes");
        }
    }
}
