package org.espalier.cli.argument;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourcePath;
import picocli.CommandLine.Option;

/** Arguments that name the specifications to compile and what they can import. */
public final class Sources extends FileArguments {
    @Option(
            names = {"-I", "--import"},
            paramLabel = "PATH",
            description = {"Folder, or jar with specifications under META-INF/net, to import from. May be repeated."})
    private List<Path> imports = List.of();

    private SourcePath sourcePath = new SourcePath(List.of(), List.of(), StandardCharsets.UTF_8, Path.of(""));

    /**
     * Reads the given files and makes the request to compile them.
     *
     * @throws FileProblem if a file cannot be read
     */
    public CompilationRequest request() throws FileProblem {
        Set<Path> folders = new LinkedHashSet<>();
        List<Path> libraries = new ArrayList<>();
        for (Path file : given()) {
            folders.add(isFolder(file) ? file : file.toAbsolutePath().getParent());
        }
        for (Path path : imports) {
            // A folder can be one of specifications as well as one of classes.
            libraries.add(path);
            if (isFolder(path)) {
                folders.add(path);
            } else if (!path.toString().endsWith(".jar")) {
                throw mistake("expected a folder or a .jar to import from and found " + path);
            }
        }
        sourcePath = new SourcePath(List.copyOf(folders), libraries, encoding(), Path.of(""));
        List<SourceFile> sources = new ArrayList<>();
        for (Path file : specifications()) {
            sources.add(sourcePath.read(file));
        }
        return new CompilationRequest(sources, sourcePath);
    }

    /** Returns the path of a file of the request. */
    public Path pathOf(SourceFile file) {
        return sourcePath.pathOf(file).orElseThrow();
    }
}
