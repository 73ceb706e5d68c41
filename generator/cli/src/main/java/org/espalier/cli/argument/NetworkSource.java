package org.espalier.cli.argument;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.Program;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourcePath;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Arguments that select one network of a specification. */
public final class NetworkSource {
    @Option(
            names = {"-I", "--import"},
            paramLabel = "PATH",
            description = {"Folder, or jar with specifications under META-INF/net, to import from. May be repeated."})
    private List<Path> imports = List.of();

    @Option(
            names = {"-n", "--network"},
            paramLabel = "NAME",
            description = "The network, if the specification has several.")
    private @Nullable String network;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private SourcePath path = new SourcePath(List.of(), List.of(), StandardCharsets.UTF_8, Path.of(""));

    /**
     * A network with the file that it stands in.
     *
     * @param program the network
     * @param source the file
     */
    public record Compiled(Program program, SourceFile source) {}

    /**
     * Compiles a specification, and reports what is found.
     *
     * @return null if it has errors
     * @throws FileProblem if a file cannot be read
     */
    @Nullable
    public Compiled compile(Path file, Console console) throws FileProblem {
        if (!Files.isRegularFile(file)) {
            throw mistake(Files.exists(file) ? "expected one specification, found " + file : "no such file: " + file);
        }
        Path folder = file.toAbsolutePath().getParent();
        List<Path> folders = new ArrayList<>();
        if (folder != null) {
            folders.add(folder);
        }
        imports.stream().filter(Files::isDirectory).forEach(folders::add);
        path = new SourcePath(folders, imports, StandardCharsets.UTF_8, Path.of(""));
        SourceFile source = path.read(file);
        return compile(source, new CompilationRequest(List.of(source), path), console);
    }

    /** Compiles the specification of before as it was changed. */
    @Nullable
    public Compiled again(SourceFile changed, Console console) {
        return compile(changed, new CompilationRequest(List.of(changed), path), console);
    }

    /** Compiles a specification that no file has. */
    @Nullable
    public Compiled compile(SourceFile source, CompilationRequest request, Console console) {
        Compilation compilation = NetCompiler.compile(request.with(program -> List.of()));
        if (compilation.hasErrors()) {
            console.report(compilation.diagnostics());
            return null;
        }
        return new Compiled(chosen(compilation.programs(), source), source);
    }

    private Program chosen(List<Program> programs, SourceFile source) {
        List<Program> fitting = programs.stream()
                .filter(program -> network == null || program.graph().name().equals(network))
                .toList();
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        String names = programs.stream().map(program -> program.graph().name()).collect(Collectors.joining(", "));
        throw mistake(
                programs.isEmpty()
                        ? source.fileName() + " has no network"
                        : network == null
                                ? source.fileName() + " has several networks; choose one by --network: " + names
                                : "no network '" + network + "' in " + source.fileName() + ", only: " + names);
    }

    /** A mistake in the arguments. */
    public ParameterException mistake(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
