package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.NetworkSource;
import org.espalier.cli.argument.Overwriting;
import org.espalier.cli.argument.TextColumns;
import org.espalier.cli.prune.PruneException;
import org.espalier.cli.prune.Pruning;
import org.espalier.cli.run.RunException;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.output.AtomicWrite;
import org.espalier.generator.source.FileProblem;
import org.espalier.weights.TensorFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes the channels that regularization made zero from a network and its weights: {@code espalier prune}. */
@Command(
        name = "prune",
        header = "Make a network smaller by the channels that its weights do without.",
        description = {
            "",
            "Finds channels that no output depends on: l1 and group_lasso made their weights zero, or they are the same"
                    + " number everywhere, which the next bias can take over. With -o a smaller specification and its"
                    + " weights are written, which compute the same; both networks are run to see that. What cannot be"
                    + " removed is listed with its reason."
        },
        footer = {"", "Example: espalier prune --weights digits.safetensors -o pruned digits.net"})
final class PruneCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A specification.")
    private Path net = Path.of("");

    @Option(
            names = {"-w", "--weights"},
            paramLabel = "FILE",
            required = true,
            description = "A safetensors file with the network's weights.")
    private Path weights = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            description = "Where to write both files, under the names that they have. Nothing is written unless given.")
    private @Nullable Path output;

    @Option(
            names = "--threshold",
            paramLabel = "NUMBER",
            description = "Weights up to this magnitude count as 0. It changes what the network computes, by as much as"
                    + " is then shown. 0 unless given.")
    private double threshold;

    @Option(
            names = "--inputs",
            description = "Also remove places of inputs that no output depends on; those that stay are listed.")
    private boolean inputs;

    @Mixin
    private Overwriting overwriting;

    @Mixin
    private NetworkSource networks;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws FileProblem {
        Console console = new Console(command);
        if (!(threshold >= 0)) {
            throw networks.mistake("--threshold should be at least 0, found " + threshold);
        }
        NetworkSource.Compiled compiled = networks.compile(net, console);
        if (compiled == null) {
            return ExitCode.SOFTWARE;
        }
        Path newNet = place(net);
        Path newWeights = place(weights);
        try (TensorFile file = TensorFile.open(weights)) {
            Pruning pruning = Pruning.of(
                    compiled.program(), compiled.source(), file, new Pruning.Options(threshold, inputs), text -> {
                        NetworkSource.Compiled smaller = networks.again(text, console);
                        return smaller == null ? null : smaller.program();
                    });
            report(pruning, console);
            if (pruning.isEmpty()) {
                console.note("nothing can be removed");
                return ExitCode.OK;
            }
            finish(pruning, file, newNet, newWeights, console);
            return ExitCode.OK;
        } catch (PruneException | RunException problem) {
            throw new FileProblem(String.valueOf(problem.getMessage()));
        }
    }

    private @Nullable Path place(Path of) {
        if (output == null) {
            return null;
        }
        Path name = of.getFileName();
        Path place = name == null ? output : output.resolve(name);
        overwriting.requireFree(place, "");
        if (place.toAbsolutePath().normalize().equals(of.toAbsolutePath().normalize())) {
            throw networks.mistake(place + " is what is read; -o names another folder");
        }
        return place;
    }

    private void report(Pruning pruning, Console console) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("tensor", "before", "after"));
        pruning.changed()
                .forEach((value, sizes) -> rows.add(
                        List.of(value.name(), value.shape().dimensions().toString(), sizes.toString())));
        if (rows.size() > 1) {
            TextColumns.lines(rows).forEach(console::print);
        }
        pruning.idle()
                .forEach((input, places) -> console.print(
                        (inputs ? "removed from " : "no output depends on ") + input.name() + ": " + ranges(places)));
        pruning.obstacles()
                .forEach((reason, count) ->
                        console.print("kept, though nothing reads them: " + channels(count) + ", since " + reason));
    }

    private static String channels(int count) {
        return count == 1 ? "1 channel" : count + " channels";
    }

    /** {@code 0, 3-7, 9}. */
    static String ranges(List<Integer> places) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < places.size(); i++) {
            int first = i;
            while (i + 1 < places.size() && places.get(i + 1) == places.get(i) + 1) {
                i++;
            }
            text.append(text.isEmpty() ? "" : ", ").append(places.get(first));
            if (i > first) {
                text.append('-').append(places.get(i));
            }
        }
        return text.toString();
    }

    private void finish(
            Pruning pruning, TensorFile file, @Nullable Path newNet, @Nullable Path newWeights, Console console)
            throws FileProblem, PruneException, RunException {
        Path checked = null;
        try {
            checked = Files.createTempFile("espalier", ".safetensors");
            pruning.writeWeights(file, checked);
            double difference = pruning.difference(weights, checked);
            Graph before = pruning.before();
            Graph after = pruning.after();
            console.print(String.format(
                    Locale.ROOT,
                    "%s: %,d parameters become %,d, %,d multiply-adds %,d",
                    before.name(),
                    before.parameterCount(),
                    after.parameterCount(),
                    multiplyAdds(before),
                    multiplyAdds(after)));
            console.print(String.format(
                    Locale.ROOT, "greatest difference of outputs, relative to their magnitude: %.2g", difference));
            if (newNet == null || newWeights == null) {
                console.note("nothing is written without -o");
                return;
            }
            if (output != null) {
                Files.createDirectories(output);
            }
            pruning.writeWeights(file, newWeights);
            AtomicWrite.replace(newNet, pruning.text().getBytes(StandardCharsets.UTF_8));
            console.print(newNet.toString());
            console.print(newWeights.toString());
        } catch (IOException e) {
            throw e instanceof FileProblem problem ? problem : FileProblem.writing(output == null ? net : output, e);
        } finally {
            delete(checked);
        }
    }

    private static long multiplyAdds(Graph graph) {
        return graph.operations().stream().mapToLong(ForwardOp::multiplyAdds).sum();
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
