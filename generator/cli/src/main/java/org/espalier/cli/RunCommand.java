package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.NetworkSource;
import org.espalier.cli.argument.TextColumns;
import org.espalier.cli.file.ArrayFiles;
import org.espalier.cli.file.WeightsFiles;
import org.espalier.cli.run.ArrayDifference;
import org.espalier.cli.run.NetworkInMemory;
import org.espalier.cli.run.RunException;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.SourceFile;
import org.espalier.onnx.ImportOptions;
import org.espalier.onnx.ImportedNetwork;
import org.espalier.onnx.OnnxException;
import org.espalier.onnx.OnnxImport;
import org.espalier.weights.npy.NpyArray;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compiles a network in memory and predicts with it: {@code espalier run}. */
@Command(
        name = "run",
        header = "Predict with a network, and compare it with another framework.",
        description = {
            "",
            "The network becomes a class as 'compile --target inference' writes it, compiled in memory, which takes a"
                    + " JDK. It computes in evaluation mode and in single precision. Arrays are NumPy's: .npy files, or"
                    + " .npz files with several by their names. The first axis is the batch."
        },
        footer = {
            "",
            "Examples:",
            "  espalier run --net digits.net --weights digits.safetensors --input x.npy --output y.npy",
            "  espalier run --onnx resnet18.onnx --input x.npy --expected pytorch.npy --tolerance 1e-4",
            "  espalier run --net two.net --weights w.safetensors --input left=a.npy --input right=b.npy -o y.npz"
        })
final class RunCommand implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    private Which which = new Which();

    /** The network is of a specification or of a model. */
    static final class Which {
        @Option(names = "--net", paramLabel = "FILE", required = true, description = "A specification.")
        private @Nullable Path net;

        @Option(
                names = "--onnx",
                paramLabel = "MODEL",
                required = true,
                description = "An ONNX model, imported as 'espalier import' does, with its weights.")
        private @Nullable Path onnx;
    }

    @Mixin
    private NetworkSource networks;

    @Option(
            names = {"-w", "--weights"},
            paramLabel = "FILE",
            description = "A safetensors file. Not needed by a network without parameters, and not with --onnx.")
    private @Nullable Path weights;

    @Option(
            names = {"-i", "--input"},
            paramLabel = "[NAME=]FILE",
            required = true,
            description = {
                "An input: an .npy file, with its name if there are several, or an .npz file with all of them."
            })
    private List<String> inputs = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "[NAME=]FILE",
            description = "Where an output goes: an .npy file, or an .npz file for all of them.")
    private List<String> outputs = List.of();

    @Option(
            names = "--expected",
            paramLabel = "[NAME=]FILE",
            description = "Numbers to compare an output with; the greatest difference is shown.")
    private List<String> expected = List.of();

    @Option(
            names = "--tolerance",
            paramLabel = "NUMBER",
            description = "With --expected: a greater difference makes the exit code 1. Infinite unless given.")
    private double tolerance = Double.POSITIVE_INFINITY;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws FileProblem {
        if (!(tolerance >= 0)) {
            throw networks.mistake("expected a --tolerance of at least 0, and found " + tolerance);
        }
        Console console = new Console(command);
        try {
            NetworkInMemory network = network(console);
            if (network == null) {
                return ExitCode.SOFTWARE;
            }
            ArrayFiles files = new ArrayFiles(command);
            Map<String, NpyArray> given = files.read(inputs, network.inputs(), "--input");
            Map<String, NpyArray> wanted = files.read(expected, network.outputs(), "--expected");
            Map<Path, List<String>> places = files.places(outputs, network.outputs());
            Map<String, NpyArray> results = network.predict(given);
            files.write(places, results);
            return show(results, wanted, console) ? ExitCode.OK : ExitCode.SOFTWARE;
        } catch (RunException problem) {
            throw new FileProblem(String.valueOf(problem.getMessage()));
        }
    }

    private boolean show(Map<String, NpyArray> results, Map<String, NpyArray> wanted, Console console)
            throws RunException {
        List<List<String>> rows = new ArrayList<>();
        boolean fits = true;
        for (Map.Entry<String, NpyArray> result : results.entrySet()) {
            NpyArray other = wanted.get(result.getKey());
            List<String> row = new ArrayList<>(
                    List.of(result.getKey(), result.getValue().shape().toString()));
            if (other != null) {
                ArrayDifference difference = ArrayDifference.of(result.getKey(), result.getValue(), other);
                fits &= difference.greatest() <= tolerance;
                row.add(String.format(Locale.ROOT, "greatest difference %.3g", difference.greatest()));
                row.add(String.format(
                        Locale.ROOT,
                        "of numbers up to %.3g, relative %.3g",
                        difference.scale(),
                        difference.relative()));
            } else {
                row.addAll(List.of("", ""));
            }
            rows.add(row);
        }
        TextColumns.lines(rows).forEach(console::print);
        return fits;
    }

    private @Nullable NetworkInMemory network(Console console) throws FileProblem, RunException {
        if (which.net != null) {
            if (weights != null && !Files.exists(weights)) {
                throw networks.mistake("no such file: " + weights);
            }
            if (weights != null && WeightsFiles.isZip(weights)) {
                throw networks.mistake(weights + " is an NPZ file; 'espalier weights convert " + weights
                        + " w.safetensors' makes one of safetensors of it");
            }
            NetworkSource.Compiled compiled = networks.compile(which.net, console);
            return compiled == null ? null : NetworkInMemory.of(compiled.program(), weights);
        }
        Path onnx = which.onnx;
        if (onnx == null || !Files.isRegularFile(onnx)) {
            throw networks.mistake("no such file: " + onnx);
        }
        if (weights != null) {
            throw networks.mistake("--weights is for --net; an ONNX model has its own");
        }
        Path own = null;
        try {
            ImportedNetwork imported = OnnxImport.read(onnx, ImportOptions.named("Model"));
            own = Files.createTempFile("espalier", ".safetensors");
            imported.writeWeights(own);
            SourceFile source = new SourceFile("model.net", imported.text());
            NetworkSource.Compiled compiled = networks.compile(source, CompilationRequest.of(source), console);
            return compiled == null ? null : NetworkInMemory.of(compiled.program(), own);
        } catch (OnnxException problems) {
            console.note(onnx + " cannot be imported:");
            problems.problems().forEach(problem -> problem.lines().forEach(line -> console.note("  " + line)));
            return null;
        } catch (IOException e) {
            throw FileProblem.reading(onnx, e);
        } finally {
            delete(own);
        }
    }

    private static void delete(@Nullable Path file) throws FileProblem {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw FileProblem.writing(file, e);
            }
        }
    }
}
