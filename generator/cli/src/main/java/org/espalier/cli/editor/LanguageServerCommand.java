package org.espalier.cli.editor;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.espalier.languageserver.LanguageServerProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Answers an editor by the language server protocol: {@code espalier language-server}. */
@Command(
        name = "language-server",
        header = "Answer an editor's questions about specifications, over standard input and output.",
        description = {
            "",
            "Speaks the Language Server Protocol until the editor says that it ends or closes the input. It is started"
                    + " by an editor and not by hand: docs/editors.md says how. Standard output carries messages of the"
                    + " protocol and nothing else."
        },
        footer = {"", "Example: java -jar espalier.jar language-server"})
public final class LanguageServerCommand implements Callable<Integer> {
    @Option(names = "--stdio", description = "What it does anyway; editors say so.")
    @SuppressWarnings("UnusedVariable") // Accepted and not read: there is no other way to speak.
    private boolean stdio;

    @Override
    public Integer call() throws InterruptedException {
        InputStream in = System.in;
        PrintStream out = System.out;
        // Whatever else is printed in this process would be read as a message.
        System.setOut(System.err);
        try {
            return LanguageServerProcess.run(in, out);
        } finally {
            System.setOut(out);
        }
    }
}
