package org.espalier.training.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.data.augment.StandardScaler;
import org.espalier.runtime.train.Callback;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.TrainingException;
import org.espalier.runtime.train.Validation;
import org.espalier.runtime.train.metric.Metric;
import org.espalier.training.report.TrainingReport;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;

/**
 * A process that trains or measures a network, whose class and settings lie in a jar on its class path: what
 * {@code espalier train} and {@code espalier eval} start.
 */
public final class TrainingJob {
    private static final String NORMALIZATION = "normalization";
    private static final String CLASSES = "classes";
    private static final int BATCHES_AHEAD = 2;
    private static final long SAVING_MILLISECONDS = 60_000;

    private final Settings settings;
    private final Progress progress;
    private final PrintStream out;

    TrainingJob(Settings settings, Progress progress, PrintStream out) {
        this.settings = settings;
        this.progress = progress;
        this.out = out;
    }

    /** Runs the job that {@code job.properties} on the class path describes. */
    public static void main(String[] arguments) throws IOException {
        Properties properties = new Properties();
        try (InputStream file = TrainingJob.class.getResourceAsStream("/job.properties")) {
            if (file == null) {
                throw new IOException("there is no job.properties on the class path");
            }
            properties.load(file);
        }
        CountDownLatch ended = new CountDownLatch(1);
        stopWhereTheCheckpointIsWritten(ended);
        int code = 1;
        try {
            code = new TrainingJob(new Settings(properties), Progress.console(), System.out).report(System.err);
        } finally {
            // Or the end of the process would wait for a checkpoint that nobody writes.
            ended.countDown();
        }
        System.exit(code);
    }

    /** Lets Ctrl-C end training after the step it is in, with a checkpoint, as an interrupt of the thread does. */
    private static void stopWhereTheCheckpointIsWritten(CountDownLatch ended) {
        Thread training = Thread.currentThread();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (ended.getCount() == 0) {
                                return;
                            }
                            training.interrupt();
                            try {
                                // Not the thread's end: it waits for this one in System.exit.
                                if (!ended.await(SAVING_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                                    System.err.println("espalier: the checkpoint was not written in time");
                                }
                            } catch (InterruptedException hurried) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "end of training"));
    }

    /** Runs it, and reports what the user can do something about in one line. */
    int report(PrintStream err) {
        try {
            run();
            return 0;
        } catch (DataException | JobException | TrainingException | WeightsFileException problem) {
            err.println("espalier: " + problem.getMessage());
            return 1;
        } catch (IllegalStateException | IllegalArgumentException | UncheckedIOException problem) {
            // What the runtime refuses: an array that does not fit, a file that another run writes, a full disk.
            err.println("espalier: " + problem.getMessage());
            return 1;
        } catch (OutOfMemoryError full) {
            err.println("espalier: training takes more memory than the process has (" + full.getMessage()
                    + "): a smaller --batch-size takes less, -J=-Xmx8g gives it more");
            return 1;
        }
    }

    private void run() {
        try (Network net = create()) {
            if (settings.isEvaluation()) {
                evaluate(net);
            } else {
                train(net);
            }
        }
    }

    private Network create() {
        try {
            Object net = Class.forName(settings.network())
                    .getMethod("create", Init.class)
                    .invoke(null, Init.seed(settings.seed()));
            return (Network) net;
        } catch (InvocationTargetException failure) {
            if (failure.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            throw new IllegalStateException(failure.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void train(Network net) {
        ExampleData all = ExampleData.read(settings.data(), settings, List.of(), net.dataType());
        Dataset training = all.dataset();
        Dataset validation = null;
        String given = settings.validation().orElse("");
        if (given.matches("0?\\.[0-9]+")) {
            List<Dataset> parts = parts(all.dataset(), Double.parseDouble(given));
            training = parts.get(0);
            validation = parts.get(1);
        } else if (!given.isEmpty()) {
            validation = ExampleData.read(Path.of(given), settings, all.classes(), net.dataType())
                    .dataset();
        }
        StandardScaler scale =
                settings.normalizes() ? StandardScaler.fit(training.batches(settings.batchSize())) : null;
        if (scale != null) {
            net.note(NORMALIZATION, scale.text());
        }
        if (!all.classes().isEmpty()) {
            net.note(CLASSES, String.join("\n", all.classes()));
        }
        settings.lr().ifPresent(lr -> net.optimizer().lr(lr));
        out.println(training.size() + " examples to train on"
                + (validation == null ? "" : ", " + validation.size() + " to validate with"));
        Batches batches = scaled(training.batches(settings.batchSize()).shuffled(settings.seed()), scale)
                .prefetch(BATCHES_AHEAD);
        run(
                net,
                supervised(net, batches),
                validation == null ? null : scaled(validation.batches(settings.batchSize()), scale));
    }

    private List<Dataset> parts(Dataset all, double share) {
        boolean classes = settings.target().classes() > 0 && settings.target().count() == 1;
        return classes
                ? all.splitByClass(settings.seed(), 1 - share, share)
                : all.split(settings.seed(), 1 - share, share);
    }

    private void run(Network net, Trainer trainer, @Nullable Batches validation) {
        Path folder = settings.output();
        trainer.epochs(settings.epochs())
                .ledger(folder.resolve("ledger.csv"))
                .weights(folder.resolve("weights.safetensors"))
                .progress(progress)
                .callback(new Callback() {
                    @Override
                    public void onEpoch(EpochReport report) {
                        show(report);
                    }
                });
        if (validation != null) {
            Metric[] metrics = Metrics.of(settings.metrics(), settings.target()).toArray(Metric[]::new);
            trainer.validation(validation, metrics).best(folder.resolve("best.safetensors"), "loss");
        } else if (!settings.metrics().isEmpty()) {
            throw new JobException("--metrics are measured on data that is not trained on: give it by --validation, a"
                    + " path or a share of the data such as 0.2");
        }
        settings.checkpoint().ifPresent(trainer::checkpoint);
        try (TrainingReport report = report(net, folder)) {
            trainer.callback(report).run();
        }
        if (trainer.history().isEmpty()) {
            out.println("the checkpoint is of epoch " + settings.epochs()
                    + " already: more --epochs would train it further");
        }
        out.println("weights, ledger and report are in " + folder);
    }

    private TrainingReport report(Network net, Path folder) {
        TrainingReport report = TrainingReport.of(folder.resolve("report.html"), net)
                .title(net.getClass().getSimpleName() + ", seed " + settings.seed())
                .tensorBoard(folder.resolve("events"));
        settings.text("layers").ifPresent(text -> report.text("Layers", text));
        settings.text("regularizers").ifPresent(text -> report.text("Regularizers", text));
        settings.text("figure").ifPresent(report::figure);
        return report;
    }

    private void show(EpochReport report) {
        StringBuilder line = new StringBuilder("epoch ")
                .append(report.epoch())
                .append(String.format(
                        Locale.ROOT, "  loss %.4g", report.training().total()));
        report.validation()
                .forEach((name, value) -> line.append(String.format(Locale.ROOT, "  validation %s %.4g", name, value)));
        out.println(line);
    }

    private void evaluate(Network net) {
        Path weights = settings.weights().orElseThrow();
        net.load(weights);
        Map<String, String> notes = net.notes();
        List<String> classes =
                notes.containsKey(CLASSES) ? List.of(notes.get(CLASSES).split("\n")) : List.of();
        StandardScaler scale = notes.containsKey(NORMALIZATION) ? StandardScaler.parse(notes.get(NORMALIZATION)) : null;
        Dataset examples = ExampleData.read(settings.data(), settings, classes, net.dataType())
                .dataset();
        Batches batches = scaled(examples.batches(settings.batchSize()), scale);
        List<Metric> metrics = Metrics.of(settings.metrics(), settings.target());
        Map<String, Double> numbers = new LinkedHashMap<>(measured(net, batches, metrics));
        out.println(examples.size() + " examples");
        List<String> lines = new ArrayList<>();
        numbers.forEach((name, value) -> lines.add(String.format(Locale.ROOT, "%-16s %.6g", name, value)));
        lines.forEach(out::println);
    }

    private static <N extends Network & Supervised> Map<String, Double> measured(
            Network net, Batches batches, List<Metric> metrics) {
        // Checked by the command: it has one input, one output and one target.
        @SuppressWarnings("unchecked")
        N supervised = (N) net;
        return new Validation(batches, metrics).of(supervised);
    }

    private static Batches scaled(Batches batches, @Nullable StandardScaler scale) {
        return scale == null ? batches : batches.map(scale);
    }

    private static Trainer supervised(Network net, Batches batches) {
        Supervised loop = (Supervised) net;
        return Trainer.of(
                net, batch -> loop.forward(batch.input()), batch -> loop.loss(batch.target()), loop::backward, batches);
    }
}
