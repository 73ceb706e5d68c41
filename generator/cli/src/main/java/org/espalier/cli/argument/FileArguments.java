package org.espalier.cli.argument;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.SourceFolder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Arguments that name files and folders. */
public class FileArguments {
    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Specifications, or folders, which stand for every .net file below them.")
    private List<Path> files = List.of();

    @Option(
            names = "--encoding",
            paramLabel = "CHARSET",
            description = "Encoding of specifications and of generated Java (default: UTF-8).")
    private Charset encoding = StandardCharsets.UTF_8;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** The encoding of specifications and of generated Java. */
    public final Charset encoding() {
        return encoding;
    }

    /** The files and folders as they were given. */
    public final List<Path> given() {
        return files;
    }

    /**
     * The specifications that are meant, each once, in the order given.
     *
     * @throws FileProblem if a folder cannot be read
     */
    public final List<Path> specifications() throws FileProblem {
        List<Path> found = new ArrayList<>();
        for (Path file : files) {
            List<Path> below = isFolder(file) ? specificationsBelow(file) : List.of(file);
            if (below.isEmpty()) {
                throw mistake("no .net file in the folder " + file);
            }
            found.addAll(below);
        }
        return SourceFolder.distinct(found);
    }

    /**
     * Tells folders from files.
     *
     * @throws ParameterException if there is neither
     * @throws FileProblem if it cannot be told
     */
    public final boolean isFolder(Path path) throws FileProblem {
        return SourceFolder.lookUp(path)
                .orElseThrow(() -> mistake("no such file or folder: " + path))
                .isDirectory();
    }

    /** A mistake in these arguments. */
    public final ParameterException mistake(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private static List<Path> specificationsBelow(Path folder) throws FileProblem {
        return SourceFolder.files(folder, ".net", file -> file.toString().endsWith(".net"));
    }
}
