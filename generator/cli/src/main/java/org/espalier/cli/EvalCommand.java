package org.espalier.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.espalier.generator.ir.Graph;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures a trained network on data files. */
@Command(
        name = "eval",
        header = "Measure a trained network on data files.",
        description = {
            "",
            "Prints the loss and metrics, in evaluation mode, over data of the kinds that 'train' takes. Inputs are"
                    + " normalized, and classes numbered, as the weights say that they were in training."
        },
        footer = {"", "Example: espalier eval digits.net --weights best.safetensors --data test --metrics accuracy,f1"})
final class EvalCommand extends TrainingCommand {
    @Option(
            names = {"-w", "--weights"},
            paramLabel = "FILE",
            required = true,
            description = "A safetensors file, as 'train' writes it.")
    private Path weights;

    @Override
    void prepare(Graph graph, Properties settings) {
        if (!Files.isRegularFile(weights)) {
            throw mistake("no such file: " + weights);
        }
        settings.setProperty("command", "eval");
        settings.setProperty("seed", "0");
        settings.setProperty("weights", weights.toString());
    }
}
