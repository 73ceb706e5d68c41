package org.espalier.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.espalier.generator.ir.Graph;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a network on data files. */
@Command(
        name = "train",
        header = "Train a network on folders of pictures, a CSV or an NPZ file.",
        description = {
            "",
            "The network becomes a class as 'compile' writes it, compiled in memory, which takes a JDK; it trains in a"
                    + " process of its own, for which Maven finds the native libraries. The output folder gets"
                    + " weights.safetensors and ledger.csv after each epoch, and with validation best.safetensors.",
            "",
            "Results are the same to the bit for the same specification, data, options and machine, also if a run is"
                    + " stopped (by Ctrl-C too) and goes on from its checkpoint."
        },
        footer = {
            "",
            "Examples:",
            "  espalier train digits.net --data pictures --validation 0.2 --epochs 20",
            "  espalier train prices.net --data houses.csv --target price --normalize --metrics r2",
            "  espalier train series.net --data train.npz --validation test.npz --checkpoint run.ckpt --resume"
        })
final class TrainCommand extends TrainingCommand {
    @Option(
            names = {"-v", "--validation"},
            paramLabel = "PATH|SHARE",
            description = "Data to measure on after each epoch, or a share of --data such as 0.2, which is then not"
                    + " trained on.")
    private @Nullable String validation;

    @Option(
            names = {"-e", "--epochs"},
            paramLabel = "N",
            description = "How often every example is seen. 10 unless given.")
    private int epochs = 10;

    @Option(names = "--lr", paramLabel = "NUMBER", description = "Learning rate, instead of the specification's.")
    private @Nullable Double lr;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the weights, the order of examples, dropout and the share for validation. 42 unless"
                    + " given.")
    private long seed = 42;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "File for all that the next epoch depends on, written after each epoch and where training"
                    + " stops.")
    private @Nullable Path checkpoint;

    @Option(names = "--resume", description = "Go on from the checkpoint, if it is there.")
    private boolean resume;

    @Option(
            names = "--normalize",
            description =
                    "Bring each column or channel of the inputs to mean 0 and standard deviation 1, by the training"
                            + " data; the weights keep both, and 'eval' applies them.")
    private boolean normalize;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            description = "Folder of the results. training/ and the network's name unless given.")
    private @Nullable Path output;

    @Override
    void prepare(Graph graph, Properties settings) {
        if (epochs < 1) {
            throw mistake("--epochs must be at least 1, and is " + epochs);
        }
        if (lr != null && !(lr > 0 && lr < Double.POSITIVE_INFINITY)) {
            throw mistake("--lr must be a finite number above 0, and is " + lr);
        }
        if (graph.optimizer().isEmpty()) {
            throw mistake(
                    "network " + graph.name() + " has no optimizer; add a line such as 'optimizer Adam(lr=1e-3)'");
        }
        if (resume && checkpoint == null) {
            throw mistake("--resume goes on from a checkpoint, which --checkpoint names");
        }
        if (!resume && checkpoint != null && Files.exists(checkpoint)) {
            throw mistake("the checkpoint " + checkpoint + " is there already: --resume goes on from it; to begin anew,"
                    + " delete it or name another");
        }
        Path folder = output == null ? Path.of("training", graph.name()) : output;
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw mistake("expected a folder for what training writes and found a file: " + folder);
        }
        settings.setProperty("command", "train");
        settings.setProperty("validation", validation == null ? "" : validation);
        settings.setProperty("epochs", String.valueOf(epochs));
        settings.setProperty("lr", lr == null ? "" : String.valueOf(lr));
        settings.setProperty("seed", String.valueOf(seed));
        settings.setProperty("checkpoint", checkpoint == null ? "" : checkpoint.toString());
        settings.setProperty("normalize", String.valueOf(normalize));
        settings.setProperty("output", folder.toString());
    }
}
