package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourcePath;
import picocli.CommandLine.Option;

/** The arguments that say which specifications are compiled, and what they can import. */
final class Sources extends FileArguments {
    @Option(
            names = {"-I", "--import"},
            paramLabel = "PATH",
            description = {
                "A folder, or a jar with specifications under META-INF/net, to import from. Can be given several times."
            })
    private List<Path> imports = List.of();

    /**
     * What to compile.
     *
     * @throws IOException if a file cannot be read
     */
    CompilationRequest request() throws IOException {
        Set<Path> folders = new LinkedHashSet<>();
        List<Path> libraries = new ArrayList<>();
        for (Path file : given()) {
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
        SourcePath sourcePath = new SourcePath(List.copyOf(folders), libraries, encoding(), Path.of(""));
        List<SourceFile> sources = new ArrayList<>();
        for (Path file : specifications()) {
            sources.add(sourcePath.read(file));
        }
        return new CompilationRequest(sources, sourcePath);
    }
}
