package org.espalier.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.Overwriting;
import org.espalier.cli.argument.Sources;
import org.espalier.generator.Compilation;
import org.espalier.generator.ir.Program;
import org.espalier.generator.source.FileProblem;
import org.espalier.onnx.OnnxException;
import org.espalier.onnx.OnnxExport;
import org.espalier.weights.AtomicFile;
import org.espalier.weights.TensorFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Exports a network with its weights as an ONNX model: {@code espalier export}. */
@Command(
        name = "export",
        header = "Make an ONNX model of a network and its weights.",
        description = {
            "",
            "The model computes what the network predicts in evaluation mode. Its inputs and outputs are called as in the"
                    + " specification, and the batch may have any size. Everything that has no counterpart in ONNX is"
                    + " reported at once, and then nothing is written. A file that Espalier did not export is not"
                    + " overwritten."
        },
        footer = {"", "Example: espalier export digits.net --weights digits.safetensors --output digits.onnx"})
final class ExportCommand extends CompilerCommand {
    @Option(
            names = {"-w", "--weights"},
            paramLabel = "FILE",
            description = "A safetensors file with the weights of the network, as net.save(path) writes it.")
    private @Nullable Path weights;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The file to write. The network's name in small letters, with .onnx, unless given.")
    private @Nullable Path output;

    @Option(
            names = {"-n", "--network"},
            paramLabel = "NAME",
            description = "The network, where the specifications have several.")
    private @Nullable String network;

    @Option(
            names = "--opset",
            paramLabel = "VERSION",
            description = "The version of ONNX's operators, " + OnnxExport.OLDEST + " to " + OnnxExport.NEWEST + ". "
                    + OnnxExport.OLDEST + " unless given.")
    private int opset = OnnxExport.OLDEST;

    @Mixin
    private Overwriting overwriting;

    @Spec
    private CommandSpec command;

    @Override
    void use(Compilation compilation, Sources sources, Console console) throws FileProblem {
        Program program = chosen(compilation.programs());
        Path file = output != null ? output : Path.of(program.graph().name().toLowerCase(Locale.ROOT) + ".onnx");
        try {
            overwriting.requireOwn(file, "exported", ExportCommand::isOwn);
            AtomicFile.write(file, model(program, console));
        } catch (FileProblem problem) {
            throw problem;
        } catch (IOException e) {
            throw new FileProblem("cannot write " + file + ": " + e.getMessage());
        }
        console.print(file.toString());
    }

    private Program chosen(List<Program> programs) {
        List<Program> wanted = programs.stream()
                .filter(program -> network == null || program.graph().name().equals(network))
                .toList();
        if (wanted.size() != 1) {
            String names =
                    programs.stream().map(program -> program.graph().name()).collect(Collectors.joining(", "));
            throw new ParameterException(
                    command.commandLine(),
                    programs.isEmpty()
                            ? "there is no network in these files"
                            : (network == null ? "expected one network" : "no network '" + network + "'")
                                    + " in these files, which have " + names + "; --network NAME chooses one");
        }
        return wanted.get(0);
    }

    private byte[] model(Program program, Console console) throws FileProblem {
        try (TensorFile file = weights == null ? null : TensorFile.open(weights)) {
            return OnnxExport.write(program, file, opset);
        } catch (OnnxException problems) {
            console.note(program.graph().name() + " cannot be exported:");
            problems.problems().forEach(problem -> console.note("  " + problem));
            throw new FileProblem("nothing was written");
        } catch (IllegalArgumentException mistake) {
            throw new ParameterException(
                    command.commandLine(), Objects.requireNonNullElse(mistake.getMessage(), ""), mistake);
        }
    }

    /** Tells whether a file begins with the version of the format and its maker. */
    private static boolean isOwn(Path file) throws IOException {
        byte[] maker = OnnxExport.PRODUCER.getBytes(StandardCharsets.UTF_8);
        int from = 4;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(from + maker.length);
            return start.length == from + maker.length
                    && Arrays.equals(start, from, start.length, maker, 0, maker.length);
        }
    }
}
