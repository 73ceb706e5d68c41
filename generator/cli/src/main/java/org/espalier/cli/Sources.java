package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourcePath;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The arguments that say which specifications are meant. */
final class Sources {
    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Specifications, or folders, which mean every .net file below them.")
    private List<Path> files = List.of();

    @Option(
            names = {"-I", "--import"},
            paramLabel = "PATH",
            description = {
                "A folder, or a jar with specifications under META-INF/net, to import from. Can be given several times."
            })
    private List<Path> imports = List.of();

    @Option(
            names = "--encoding",
            paramLabel = "CHARSET",
            description = "Encoding of the specifications and of generated Java. UTF-8 unless given.")
    private Charset encoding = StandardCharsets.UTF_8;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** The encoding of specifications and of generated Java. */
    Charset encoding() {
        return encoding;
    }

    /**
     * What to compile.
     *
     * @throws IOException if a file cannot be read
     */
    CompilationRequest request() throws IOException {
        Set<Path> folders = new LinkedHashSet<>();
        List<Path> libraries = new ArrayList<>();
        for (Path file : files) {
            folders.add(Files.isDirectory(file) ? file : file.toAbsolutePath().getParent());
        }
        for (Path path : imports) {
            require(path);
            // A folder can be one of specifications as well as one of classes.
            libraries.add(path);
            if (Files.isDirectory(path)) {
                folders.add(path);
            }
        }
        SourcePath sourcePath = new SourcePath(List.copyOf(folders), libraries, encoding, Path.of(""));
        List<SourceFile> sources = new ArrayList<>();
        for (Path file : specifications()) {
            sources.add(sourcePath.read(file));
        }
        return new CompilationRequest(sources, sourcePath);
    }

    private Set<Path> specifications() throws IOException {
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

    private void require(Path path) {
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
