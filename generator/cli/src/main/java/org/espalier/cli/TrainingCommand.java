package org.espalier.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.NetworkSource;
import org.espalier.cli.argument.ProcessArguments;
import org.espalier.cli.process.ChildProcess;
import org.espalier.cli.process.JobJar;
import org.espalier.cli.process.RuntimeClassPath;
import org.espalier.cli.run.JavaInMemory;
import org.espalier.cli.run.RunException;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.report.NetworkReport;
import org.espalier.generator.report.diagram.DiagramBuilder;
import org.espalier.generator.report.diagram.DiagramFormat;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.JavaTarget;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that runs a network on data files, in a process of its own. */
abstract class TrainingCommand implements Callable<Integer> {
    private static final String MAIN = "org.espalier.training.job.TrainingJob";

    @Parameters(paramLabel = "FILE", description = "The specification.")
    private Path net;

    @Mixin
    private NetworkSource networks;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "PATH",
            required = true,
            description = {
                "A folder with a folder of PNG or JPEG files for each class; a .csv file with a header, whose last"
                        + " column is the target; or an .npz file with arrays by the names of input and target, or x"
                        + " and y."
            })
    private Path data;

    @Option(
            names = "--target",
            paramLabel = "COLUMN",
            split = ",",
            description = "Columns of a table that are targets, instead of the last one.")
    private List<String> targets = List.of();

    @Option(
            names = {"-b", "--batch-size"},
            paramLabel = "N",
            description = "Examples in a batch. 32 unless given.")
    private int batchSize = 32;

    @Option(
            names = {"-m", "--metrics"},
            paramLabel = "NAME",
            split = ",",
            description = "accuracy, top3 and its like, f1, perplexity, binary-accuracy, auc, mae, mse, r2, with commas"
                    + " between. Unless given, accuracy for classes, else mae.")
    private List<String> metrics = List.of();

    @Mixin
    private ProcessArguments process;

    @Spec
    private CommandSpec command;

    @Override
    public final Integer call() throws FileProblem {
        if (batchSize < 1) {
            throw networks.mistake("--batch-size must be at least 1, and is " + batchSize);
        }
        if (!Files.exists(data)) {
            throw networks.mistake("no such file or folder: " + data);
        }
        Properties settings = new Properties();
        settings.setProperty("data", data.toString());
        settings.setProperty("target-columns", String.join(",", targets));
        settings.setProperty("batch-size", String.valueOf(batchSize));
        settings.setProperty("metrics", String.join(",", metrics));
        Console console = new Console(command);
        NetworkSource.Compiled compiled = networks.compile(net, console);
        if (compiled == null) {
            return ExitCode.SOFTWARE;
        }
        describe(compiled.program(), settings);
        prepare(compiled.program().graph(), settings);
        return run(compiled.program(), settings);
    }

    /** Says what else is to be done, once the network is known. */
    abstract void prepare(Graph graph, Properties settings) throws FileProblem;

    /** A mistake in the arguments. */
    final RuntimeException mistake(String message) {
        return networks.mistake(message);
    }

    private void describe(Program program, Properties settings) {
        Graph graph = program.graph();
        Set<Value> judged = graph.losses().stream().map(Loss::target).collect(Collectors.toSet());
        if (graph.losses().isEmpty()) {
            throw networks.mistake("network " + graph.name() + " has no loss; add a line such as 'loss MSELoss()'");
        }
        if (graph.inputs().size() != 1
                || graph.outputs().size() != 1
                || graph.losses().size() != 1
                || judged.size() != 1) {
            throw networks.mistake(
                    "network " + graph.name() + " has " + graph.inputs().size() + " inputs, "
                            + graph.outputs().size() + " outputs and " + judged.size()
                            + " targets; this command is for networks"
                            + " with one of each, and Trainer.of(net, forward, loss, backward, batches) for others");
        }
        Loss loss = graph.losses().get(0);
        settings.setProperty(
                "network", (graph.packageName().isEmpty() ? "" : graph.packageName() + ".") + graph.name());
        settings.setProperty("input", tensor(graph.inputs().get(0), 0));
        int classes = loss.function().isOfClasses()
                ? loss.prediction().shape().dimensions().get(0)
                : 0;
        settings.setProperty("target", tensor(loss.target(), classes));
        NetworkReport report = new NetworkReport(program);
        List<String> table = new ArrayList<>(List.of(report.summary(), ""));
        table.addAll(report.layers());
        settings.setProperty("layers", String.join("\n", table));
        settings.setProperty("regularizers", String.join("\n", report.regularizers()));
        settings.setProperty("figure", DiagramFormat.SVG.write(DiagramBuilder.draw(graph, Set.of())));
    }

    private static String tensor(Value value, int classes) {
        return value.name() + ";" + (value.isWhole() ? "int" : "float") + ";"
                + value.shape().dimensions().stream().map(String::valueOf).collect(Collectors.joining(",")) + ";"
                + classes;
    }

    private int run(Program program, Properties settings) throws FileProblem {
        String found = new RuntimeClassPath(
                        Espalier.version(), System.getenv(), "espalier-training", "espalier-runtime-cpu")
                .find(process.classPath(), null);
        GeneratedSource source = new JavaTarget().generate(program).get(0);
        try {
            Map<String, byte[]> classes = JavaInMemory.compile(source, found);
            try (JobJar jar = JobJar.of(classes, settings)) {
                List<String> java = new ArrayList<>(List.of(ChildProcess.java()));
                java.addAll(ChildProcess.nativeOptions());
                java.addAll(process.options());
                java.addAll(List.of("-classpath", jar.file() + File.pathSeparator + found, MAIN));
                return ChildProcess.runHere(
                        java,
                        command.commandLine().getOut(),
                        command.commandLine().getErr());
            }
        } catch (RunException problem) {
            throw new FileProblem(String.valueOf(problem.getMessage()));
        } catch (FileProblem problem) {
            throw problem;
        } catch (IOException e) {
            throw FileProblem.reading(Path.of(ChildProcess.java()), e);
        }
    }
}
