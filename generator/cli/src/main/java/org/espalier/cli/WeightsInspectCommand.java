package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.TextColumns;
import org.espalier.cli.file.WeightsFiles;
import org.espalier.weights.Excerpt;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorSource;
import org.espalier.weights.TensorSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the tensors of a weights file: {@code espalier weights inspect}. */
@Command(
        name = "inspect",
        header = "Show the tensors of a file.",
        description = {
            "",
            "A line for each: name, type, shape, bytes, least and greatest number, mean, and the share of zeros."
        },
        footer = {"", "Example: espalier weights inspect resnet50.safetensors"})
final class WeightsInspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A safetensors or NPZ file.")
    private Path path;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        Console console = new Console(command);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("name", "type", "shape", "bytes", "min", "max", "mean", "zeros"));
        long bytes = 0;
        try (TensorSource file = WeightsFiles.open(path)) {
            file.metadata().forEach((key, value) -> console.print(Excerpt.of(key) + ": " + Excerpt.of(value)));
            for (TensorInfo tensor : file.tensors()) {
                TensorSummary numbers = TensorSummary.of(file, tensor);
                bytes += tensor.bytes();
                rows.add(List.of(
                        Excerpt.of(tensor.name()),
                        tensor.type().toString(),
                        Excerpt.of(tensor.shape().toString()),
                        String.format(Locale.ROOT, "%,d", tensor.bytes()),
                        number(numbers.least()),
                        number(numbers.greatest()),
                        number(numbers.mean()),
                        String.format(Locale.ROOT, "%.1f %%", 100 * numbers.zeros())));
            }
        }
        TextColumns.lines(rows).forEach(console::print);
        console.note(String.format(Locale.ROOT, "%,d tensors, %,d bytes", rows.size() - 1, bytes));
        return ExitCode.OK;
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, "%.4g", number);
    }
}
