package org.espalier.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The command. */
@Command(
        name = "espalier",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        versionProvider = Espalier.Version.class,
        subcommands = {
            CheckCommand.class,
            CompileCommand.class,
            ExplainCommand.class,
            DumpCommand.class,
            FmtCommand.class,
            HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        header = "Compiles specifications of neural networks (.net) to Java.",
        description = {
            "",
            "A specification says what a network is; Espalier writes the class that trains and runs it.",
            "In a Maven build, espalier-maven-plugin does the same as 'espalier compile'."
        },
        footer = {
            "",
            "Examples:",
            "  espalier check unet.net           report every mistake",
            "  espalier explain unet.net         layers, shapes, memory, regularizers",
            "  espalier compile -o gen src/net   a class for each network of a folder",
            "  espalier fmt src/net              lay specifications out",
            "",
            "Exit codes:",
            "  0  no errors",
            "  1  errors in a specification, or a file that cannot be read or written; with fmt --check,",
            "     a file that is not laid out as fmt would",
            "  2  a mistake in the arguments",
            "",
            "'espalier help COMMAND' tells more about one of them."
        })
public final class Espalier {
    private Espalier() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command, ready to be executed. */
    static CommandLine commandLine() {
        return new CommandLine(new Espalier())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Espalier::reportFailure);
    }

    /** A file that cannot be read or written is told in one line. Everything else is a mistake of Espalier itself. */
    private static int reportFailure(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        if (!(failure instanceof IOException)) {
            throw failure;
        }
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText("espalier: " + failure));
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** Reads the version that the build wrote. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties build = new Properties();
            try (InputStream file = Espalier.class.getResourceAsStream("build.properties")) {
                build.load(file);
            }
            return new String[] {"espalier " + build.getProperty("version")};
        }
    }
}
