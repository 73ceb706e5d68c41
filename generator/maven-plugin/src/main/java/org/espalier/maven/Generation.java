package org.espalier.maven;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Targets;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.output.Digest;
import org.espalier.generator.output.OutputFolder;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourcePath;

/** One run of the compiler over the specifications of a module. */
final class Generation {
    private static final Compilation NOTHING = new Compilation(List.of(), List.of(), List.of());

    /** Outcome of a run. */
    enum Outcome {
        /** There is no specification, and so no generated file. */
        NO_SPECIFICATIONS,
        /** Nothing has changed since the last run. */
        UP_TO_DATE,
        /** The output folder holds what the specifications say. */
        GENERATED,
        /** There are errors, or warnings that count as such; the output folder is as it was. */
        FAILED
    }

    /**
     * Result of a run: how it ended, what the compiler gave, and which files changed.
     *
     * @param outcome how it ended
     * @param compilation what the compiler gave, empty if it was not needed
     * @param changed the files that were written or deleted
     */
    record Result(Outcome outcome, Compilation compilation, List<Path> changed) {}

    private final GenerationRequest request;
    private final SourcePath sourcePath;
    private final OutputFolder outputFolder;
    private final List<Path> specifications;

    /**
     * Finds the specifications.
     *
     * @throws FileProblem if a source folder cannot be read
     */
    Generation(GenerationRequest request) throws FileProblem {
        this.request = request;
        this.sourcePath =
                new SourcePath(request.directories(), request.libraries(), request.encoding(), request.shownFrom());
        this.outputFolder = new OutputFolder(request.outputDirectory(), request.manifest(), request.encoding());
        this.specifications = Specifications.find(request);
    }

    /** The files to compile. */
    List<Path> specifications() {
        return specifications;
    }

    /** Returns the path on which the compiler's files were found. */
    SourcePath sourcePath() {
        return sourcePath;
    }

    /** Compiles the specifications and returns the result. Writes nothing. */
    Compilation check() throws IOException {
        List<SourceFile> sources = new ArrayList<>();
        for (Path file : specifications) {
            sources.add(sourcePath.read(file));
        }
        return NetCompiler.compile(new CompilationRequest(sources, sourcePath, Targets.of(request.targets())));
    }

    /** The files of the output folder that were generated last, each with a digest of its bytes. */
    Map<Path, String> outputs() throws FileProblem {
        Map<Path, String> outputs = new TreeMap<>();
        outputFolder
                .outputs()
                .forEach((path, digest) -> outputs.put(
                        request.outputDirectory().toAbsolutePath().normalize().resolve(path), digest));
        return outputs;
    }

    /** Compiles if anything has changed, and brings the output folder up to date. */
    Result generate() throws IOException {
        if (specifications.isEmpty()) {
            return new Result(
                    Outcome.NO_SPECIFICATIONS, NOTHING, outputFolder.update(List.of(), OutputFolder.Origin.UNKNOWN));
        }
        String inputs = inputs();
        if (isUpToDate(inputs)) {
            return new Result(Outcome.UP_TO_DATE, NOTHING, List.of());
        }
        Compilation compilation = check();
        List<Diagnostic> findings = compilation.diagnostics();
        if (findings.stream().anyMatch(request::isFailure)) {
            return new Result(Outcome.FAILED, compilation, List.of());
        }
        // Warnings would be forgotten if their files were up to date from now on.
        OutputFolder.Origin origin = findings.isEmpty() ? origin(inputs) : OutputFolder.Origin.UNKNOWN;
        return new Result(Outcome.GENERATED, compilation, outputFolder.update(compilation.sources(), origin));
    }

    private String inputs() throws IOException {
        return new Digest()
                .add(request.tool())
                .add(request.encoding().name())
                .add(String.join(",", request.targets()))
                .add(request.outputDirectory().toString())
                .addAll(specifications)
                .add(Specifications.digest(request))
                .toString();
    }

    private boolean isUpToDate(String inputs) throws IOException {
        OutputFolder.Origin last = outputFolder.origin();
        if (!last.inputs().equals(inputs)) {
            return false;
        }
        for (Map.Entry<String, String> imported : last.imports().entrySet()) {
            Optional<String> now = sourcePath.readFromLibraries(imported.getKey());
            if (now.isEmpty() || !Digest.of(now.get()).equals(imported.getValue())) {
                return false;
            }
        }
        return true;
    }

    private OutputFolder.Origin origin(String inputs) {
        Map<String, String> imports = new HashMap<>();
        sourcePath.importedFromLibraries().forEach((path, text) -> imports.put(path, Digest.of(text)));
        return new OutputFolder.Origin(inputs, imports);
    }
}
