package org.espalier.cli.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Arguments about the process that a command starts: its class path, and options of its JVM. */
public final class ProcessArguments {
    @Option(
            names = "--class-path",
            paramLabel = "PATH",
            description = "Class path of the process, instead of the one that Maven finds.")
    private @Nullable String classPath;

    @Option(
            names = {"-J", "--jvm-option"},
            paramLabel = "OPTION",
            description = "Option of its JVM, -J=-Xmx8g or -J=--add-modules=jdk.incubator.vector. May be repeated.")
    private List<String> options = List.of();

    /** The class path that was given, if any. */
    public @Nullable String classPath() {
        return classPath;
    }

    /** The options of the JVM. */
    public List<String> options() {
        return options;
    }
}
