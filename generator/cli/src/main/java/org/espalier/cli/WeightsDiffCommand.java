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
import org.espalier.weights.LoadReport;
import org.espalier.weights.NameMapping;
import org.espalier.weights.TensorSource;
import org.espalier.weights.TensorSummary;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two weights files tensor by tensor: {@code espalier weights diff}. */
@Command(
        name = "diff",
        header = "Compare the tensors of two files.",
        description = {
            "",
            "A line for each tensor that one file lacks, or has in another shape or with other numbers: the greatest"
                    + " difference, and that relative to the greatest magnitude in the first file. The exit code is 1 if"
                    + " there is any."
        },
        footer = {"", "Example: espalier weights diff before.safetensors after.safetensors --tolerance 1e-6"})
final class WeightsDiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "A safetensors or NPZ file.")
    private Path first;

    @Parameters(index = "1", paramLabel = "OTHER", description = "What it is compared with.")
    private Path second;

    @Option(
            names = "--names",
            paramLabel = "MAPPING",
            description = "A mapping from the names of the second file to those of the first.")
    private @Nullable Path names;

    @Option(
            names = "--tolerance",
            paramLabel = "NUMBER",
            description = "Differences up to it are none. 0 unless given.")
    private double tolerance;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        Console console = new Console(command);
        List<List<String>> rows = new ArrayList<>();
        int same = 0;
        NameMapping mapping = names == null ? NameMapping.NONE : NameMapping.read(names);
        try (TensorSource file = WeightsFiles.open(first);
                TensorSource other = WeightsFiles.open(second)) {
            LoadReport report = LoadReport.of(other, file.tensors(), List.of(), mapping);
            report.missing().forEach(tensor -> rows.add(List.of("only in the first", tensor.toString(), "", "")));
            report.unexpected().forEach(tensor -> rows.add(List.of("only in the second", tensor.toString(), "", "")));
            report.misshapen()
                    .forEach(match -> rows.add(List.of(
                            "other shape",
                            match.expected().toString(),
                            match.found().toString(),
                            "")));
            for (LoadReport.Match match : report.fitting()) {
                double greatest = TensorSummary.difference(file, match.expected(), other, match.found());
                if (greatest <= tolerance) {
                    same++;
                    continue;
                }
                TensorSummary summary = TensorSummary.of(file, match.expected());
                double scale = Math.max(Math.abs(summary.least()), Math.abs(summary.greatest()));
                rows.add(List.of(
                        "other numbers",
                        Excerpt.of(match.expected().name()),
                        String.format(Locale.ROOT, "%.3g", greatest),
                        String.format(Locale.ROOT, "relative %.3g", greatest / scale)));
            }
        }
        if (!rows.isEmpty()) {
            TextColumns.lines(rows).forEach(console::print);
        }
        console.note(same + " the same, " + rows.size() + " not");
        return rows.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
