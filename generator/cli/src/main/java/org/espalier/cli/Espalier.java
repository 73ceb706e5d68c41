package org.espalier.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Properties;
import org.espalier.cli.editor.LanguageServerCommand;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.Printable;
import org.espalier.weights.WeightsFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command. */
@Command(
        name = "espalier",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        versionProvider = Espalier.Version.class,
        subcommands = {
            InitCommand.class,
            CheckCommand.class,
            CompileCommand.class,
            ExplainCommand.class,
            DiagramCommand.class,
            DumpCommand.class,
            FmtCommand.class,
            LanguageServerCommand.class,
            ImportCommand.class,
            RunCommand.class,
            TrainCommand.class,
            EvalCommand.class,
            ReportCommand.class,
            ExportCommand.class,
            PruneCommand.class,
            WeightsCommand.class,
            DoctorCommand.class,
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
            "  espalier init --template tabular prices   a new project",
            "  espalier check unet.net           report all errors and warnings",
            "  espalier explain unet.net         layers, shapes, memory, regularizers",
            "  espalier diagram -o unet.svg unet.net     a picture",
            "  espalier compile -o gen src/net   a class for each network of a folder",
            "  espalier fmt src/net              format specifications",
            "  espalier language-server          what an editor starts",
            "  espalier import resnet18.onnx     a specification and weights of an ONNX model",
            "  espalier run --net a.net --weights w.safetensors --input x.npy --output y.npy",
            "  espalier train digits.net --data pictures --validation 0.2    weights, from a folder for each class",
            "  espalier export digits.net -w digits.safetensors    an ONNX model",
            "  espalier doctor                   what networks run on here, and what would make them faster",
            "  espalier weights inspect w.safetensors    names, shapes and numbers of weights",
            "",
            "Exit codes:",
            "  0  no errors",
            "  1  errors in a specification, or a file that cannot be read or written; with fmt --check,",
            "     a file that is not formatted",
            "  2  invalid arguments",
            "",
            "'espalier help COMMAND' describes a command."
        })
public final class Espalier {
    private Espalier() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        CommandLine command = commandLine();
        int code = command.execute(arguments);
        // What reads the result has gone, or its disk is full.
        command.getOut().flush();
        boolean lost = System.out.checkError();
        System.exit(code == CommandLine.ExitCode.OK && lost ? CommandLine.ExitCode.SOFTWARE : code);
    }

    /** The command, ready to be executed. */
    static CommandLine commandLine() {
        return new CommandLine(new Espalier())
                .setCaseInsensitiveEnumValuesAllowed(true)
                // A file whose name begins with @ is a file, and not a list of arguments.
                .setExpandAtFiles(false)
                .registerConverter(Path.class, Espalier::path)
                .registerConverter(Charset.class, Espalier::charset)
                .setExecutionStrategy(Espalier::executeInMemory)
                .setParameterExceptionHandler(Espalier::reportMistake)
                .setExecutionExceptionHandler(Espalier::reportFailure);
    }

    /** Executes the command, and reports in one line that what it reads or makes is too large for this JVM. */
    private static int executeInMemory(ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (OutOfMemoryError full) {
            long heap = Runtime.getRuntime().maxMemory() >> 20;
            CommandLine command =
                    parsed.asCommandLineList().get(parsed.asCommandLineList().size() - 1);
            print(
                    "this takes more memory than the " + heap + " MiB that the JVM has; set the environment variable"
                            + " JAVA_TOOL_OPTIONS to -Xmx and a greater size, such as -Xmx" + 2 * heap + "m",
                    command);
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private static Path path(String argument) {
        try {
            return Path.of(argument);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(FileProblem.naming(e).getMessage());
        }
    }

    private static Charset charset(String argument) {
        try {
            return Charset.forName(argument);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new TypeConversionException("there is no encoding '" + argument + "'; UTF-8 is one");
        }
    }

    /** Reports a mistake in the arguments in one line, with what was meant, or else where to read what can be said. */
    private static int reportMistake(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        StringWriter suggestions = new StringWriter();
        String message = String.valueOf(mistake.getMessage());
        if (UnmatchedArgumentException.printSuggestions(mistake, new PrintWriter(suggestions, true))) {
            message += ". " + suggestions.toString().strip();
        } else if (mistake.getClass() != ParameterException.class) {
            String help = command.getParent() == null ? "espalier help" : "espalier help " + command.getCommandName();
            message += "; see '" + help + "'";
        }
        print(message, command);
        return CommandLine.ExitCode.USAGE;
    }

    /** Reports a file that cannot be read or written in one line. Everything else is a mistake of Espalier itself. */
    private static int reportFailure(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        if (!(failure instanceof FileProblem) && !(failure instanceof WeightsFileException)) {
            throw failure;
        }
        print(String.valueOf(failure.getMessage()), command);
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static void print(String message, CommandLine command) {
        command.getErr().println(command.getColorScheme().errorText(Printable.line("espalier: " + message)));
    }

    /** The version that the build wrote. */
    static String version() {
        Properties build = new Properties();
        try (InputStream file = Espalier.class.getResourceAsStream("build.properties")) {
            build.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return build.getProperty("version");
    }

    /** Reads the version that the build wrote. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"espalier " + version()};
        }
    }
}
