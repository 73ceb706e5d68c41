package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The arguments that say which files are meant. */
class FileArguments {
    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Specifications, or folders, which mean every .net file below them.")
    private List<Path> files = List.of();

    @Option(
            names = "--encoding",
            paramLabel = "CHARSET",
            description = "Encoding of the specifications and of generated Java. UTF-8 unless given.")
    private Charset encoding = StandardCharsets.UTF_8;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** The encoding of specifications and of generated Java. */
    final Charset encoding() {
        return encoding;
    }

    /** The files and folders as they were given. */
    final List<Path> given() {
        return files;
    }

    /** The specifications that are meant, each once, in the order given. */
    final Set<Path> specifications() throws IOException {
        Set<Path> found = new LinkedHashSet<>();
        for (Path file : files) {
            require(file);
            List<Path> below = Files.isDirectory(file) ? specificationsBelow(file) : List.of(file);
            if (below.isEmpty()) {
                throw new ParameterException(command.commandLine(), "no .net file in the folder " + file);
            }
            found.addAll(below);
        }
        return found;
    }

    /** Complains unless a path leads somewhere. */
    final void require(Path path) {
        if (!Files.exists(path)) {
            throw new ParameterException(command.commandLine(), "no such file or folder: " + path);
        }
    }

    private static List<Path> specificationsBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".net") && Files.isRegularFile(file))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }
}
