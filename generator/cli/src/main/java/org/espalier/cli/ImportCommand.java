package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.Overwriting;
import org.espalier.generator.output.AtomicWrite;
import org.espalier.generator.source.FileProblem;
import org.espalier.onnx.ImportOptions;
import org.espalier.onnx.ImportedNetwork;
import org.espalier.onnx.OnnxException;
import org.espalier.onnx.OnnxImport;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Imports an ONNX model as a specification and a weights file: {@code espalier import}. */
@Command(
        name = "import",
        header = "Make a specification and weights of an ONNX model.",
        description = {
            "",
            "model.onnx becomes model.net, which says what the model computes in blocks, layers and expressions, and"
                    + " model.safetensors, which the class of the network loads. The first axis of the model's inputs is"
                    + " the batch. Everything in the model that is not supported is reported at once, and then nothing"
                    + " is written."
        },
        footer = {"", "Example: espalier import -o src/main/net resnet18.onnx"})
final class ImportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "An ONNX model; weights beside it are read too.")
    private Path model = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            description = "Where to write. The folder of the model unless given.")
    private @Nullable Path output;

    @Option(names = "--name", paramLabel = "NAME", description = "The network's name. After the file unless given.")
    private @Nullable String name;

    @Option(names = "--package", paramLabel = "PACKAGE", description = "The package of its class. None unless given.")
    private String packageName = "";

    @Option(
            names = "--loss",
            paramLabel = "LOSS",
            description = "A loss, as specifications have it: 'CrossEntropyLoss()'. None unless given.")
    private @Nullable String loss;

    @Option(
            names = "--no-batch",
            description =
                    "The model computes one sample: its inputs have no axis for the batch, and the network gets one.")
    private boolean unbatched;

    @Option(
            names = "--batch-axis",
            paramLabel = "AXIS",
            description = "The axis of the batch in the model's inputs, counted from 0. 0 unless given.")
    private int batchAxis;

    @Mixin
    private Overwriting overwriting;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws FileProblem {
        Console console = new Console(command);
        String base = String.valueOf(model.getFileName()).replaceAll("\\.onnx$", "");
        Path absolute = model.toAbsolutePath();
        Path folder = output != null ? output : Objects.requireNonNullElse(absolute.getParent(), absolute);
        Path net = folder.resolve(base + ".net");
        Path weights = folder.resolve(base + ".safetensors");
        if (!Files.isRegularFile(model)) {
            throw new ParameterException(command.commandLine(), "no such file: " + model);
        }
        for (Path file : new Path[] {net, weights}) {
            overwriting.requireFree(file, ", -o FOLDER writes elsewhere");
        }
        ImportedNetwork imported = read(base, console);
        if (imported == null) {
            return ExitCode.SOFTWARE;
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw FileProblem.writing(folder, e);
        }
        try {
            imported.writeWeights(weights);
        } catch (WeightsFileException e) {
            throw new FileProblem(String.valueOf(e.getMessage()));
        }
        AtomicWrite.replace(net, imported.text().getBytes(StandardCharsets.UTF_8));
        console.print(net.toString());
        console.print(weights.toString());
        return ExitCode.OK;
    }

    private @Nullable ImportedNetwork read(String base, Console console) throws FileProblem {
        ImportOptions options = ImportOptions.named(name != null ? name : ImportOptions.className(base))
                .in(packageName)
                .with(loss);
        try {
            return OnnxImport.read(model, options.batchedAlong(unbatched ? ImportOptions.NO_BATCH : batchAxis));
        } catch (OnnxException problems) {
            console.note(model + " cannot be imported:");
            problems.problems().forEach(problem -> problem.lines().forEach(line -> console.note("  " + line)));
            return null;
        } catch (IOException e) {
            throw FileProblem.reading(model, e);
        }
    }
}
