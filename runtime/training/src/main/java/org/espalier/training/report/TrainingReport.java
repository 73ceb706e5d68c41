package org.espalier.training.report;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.espalier.runtime.Magnitudes;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Image;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.train.Callback;
import org.espalier.runtime.train.EpochReport;
import org.espalier.training.tensorboard.EventFile;
import org.jspecify.annotations.Nullable;

/**
 * A page about a training run, one HTML file that needs no network, written while the run goes on and whole whenever it
 * is read: losses and every term of the ledger, learning rate and λ, metrics, norms of gradients and weights, sparsity,
 * histograms, sample pictures and throughput.
 *
 * <pre>
 *   try (TrainingReport report = TrainingReport.of(Path.of("target/report.html"), net)) {
 *       Trainer.of(net, batches).callback(report).run();
 *   }
 * </pre>
 *
 * <p>It only looks: the network is trained as it would be without. A run that goes on from a checkpoint goes on with
 * the page that is there. Looking at all weights takes a moment, so it is done after epochs; gradients are looked at
 * every few seconds.
 */
public final class TrainingReport implements Callback, AutoCloseable {
    private static final long WRITE_EVERY = 3_000_000_000L;
    private static final long SPEED_EVERY = 300_000_000L;
    private static final String STEPS = "steps";
    private static final String EPOCHS = "epochs";

    /** Parameters that have a histogram: a page of thousands would not open. */
    private static final int MOST_HISTOGRAMS = 60;

    private final Path file;
    private final List<Network> networks;
    private final RunRecord run = new RunRecord();
    private String title;
    private @Nullable Path events;
    private @Nullable EventFile eventFile;
    private @Nullable Supplier<Map<String, Image>> pictures;
    private long steps;
    private int epoch;
    private long written;
    private long measured;
    private long lastStep;

    /** Steps whose time was taken since the last speed, and that time. */
    private int timed;

    private long spent;

    private TrainingReport(Path file, List<Network> networks) {
        this.file = file;
        this.networks = networks;
        this.title = networks.get(0).getClass().getSimpleName();
    }

    /**
     * Of a network, or of several that train each other.
     *
     * @param html where the page goes; a file that is no report is not overwritten
     * @throws java.io.UncheckedIOException if there is such a file
     */
    public static TrainingReport of(Path html, Network first, Network... others) {
        ReportPage.requireReplaceable(html);
        List<Network> networks = new ArrayList<>(List.of(first));
        networks.addAll(List.of(others));
        TrainingReport report = new TrainingReport(html, List.copyOf(networks));
        report.begin();
        return report;
    }

    /** Sets what the page is called; the network's name unless this is. */
    public TrainingReport title(String text) {
        this.title = text;
        return this;
    }

    /** Adds a text, such as the table of layers that {@code espalier explain} prints, under a heading. */
    public TrainingReport text(String heading, String text) {
        run.texts.put(heading, text);
        return this;
    }

    /** Adds the network's picture, the SVG that {@code espalier diagram} draws. */
    public TrainingReport figure(String svg) {
        return text("figure", svg);
    }

    /** Has pictures shown after each epoch, by what they show. */
    public TrainingReport pictures(Supplier<Map<String, Image>> afterEpoch) {
        this.pictures = afterEpoch;
        return this;
    }

    /** Has the same numbers, histograms and pictures written as event files of TensorBoard into a folder. */
    public TrainingReport tensorBoard(Path folder) {
        this.events = folder;
        return this;
    }

    private void begin() {
        run.facts.put(
                "network",
                String.join(
                        ", ",
                        networks.stream()
                                .map(net -> net.getClass().getSimpleName())
                                .toList()));
        run.facts.put(
                "parameters",
                String.format(
                        Locale.ROOT,
                        "%,d",
                        networks.stream().mapToLong(Network::parameterCount).sum()));
        run.facts.put("precision", networks.get(0).dataType().toString().toLowerCase(Locale.ROOT));
        run.facts.put("begun", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        for (Network network : networks) {
            for (Parameter parameter : network.parameters()) {
                run.table.add(List.of(
                        name(network, parameter.name()),
                        Arrays.toString(parameter.shape()),
                        String.valueOf(parameter.count()),
                        parameter.isFrozen()
                                ? "frozen"
                                : parameter
                                        .regularizer()
                                        .map(Regularizer::toString)
                                        .orElse("")));
            }
        }
    }

    private String name(Network network, String of) {
        return networks.size() == 1 ? of : network.getClass().getSimpleName() + "." + of;
    }

    @Override
    public void onStep(int epochNow, int batch, StepReport step) {
        steps++;
        epoch = epochNow;
        long now = System.nanoTime();
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("loss|total", step.total());
        numbers.put("loss|data", step.dataLoss());
        step.losses().forEach(loss -> numbers.put("ledger|" + loss.name(), loss.value()));
        step.ledger().forEach(entry -> numbers.put("ledger|" + entry.name(), entry.value()));
        rates(numbers);
        if (lastStep != 0) {
            timed++;
            spent += now - lastStep;
        }
        // Over several steps: one alone is at the mercy of whatever else the machine does.
        if (spent > SPEED_EVERY) {
            numbers.put("speed|steps per second", timed * 1e9 / spent);
            timed = 0;
            spent = 0;
        }
        if (now - measured > WRITE_EVERY || measured == 0) {
            gradients(numbers);
            measured = System.nanoTime();
        }
        run.steps.add((double) steps, numbers);
        event(steps, numbers);
        if (now - written > WRITE_EVERY) {
            write();
        }
        // Time spent here is not the steps'.
        lastStep = System.nanoTime();
    }

    private void rates(Map<String, Double> numbers) {
        for (Network network : networks) {
            for (int i = 0; i < network.optimizers().size(); i++) {
                String group = i == 0 ? "lr" : "lr, group " + i;
                numbers.put(
                        "rate|" + name(network, group),
                        network.optimizers().get(i).lr());
            }
            network.regularizers()
                    .forEach(regularizer -> regularizer
                            .terms()
                            .forEach(term -> numbers.put(
                                    "lambda|" + name(network, regularizer.name() + ":" + term.term()), term.lambda())));
        }
    }

    private void gradients(Map<String, Double> numbers) {
        for (Network network : networks) {
            double squares = 0;
            for (Parameter parameter : network.parameters()) {
                if (!parameter.isFrozen()) {
                    double norm = parameter.gradientNorm();
                    squares += norm * norm;
                    numbers.put("gradients|" + name(network, parameter.name()), norm);
                }
            }
            numbers.put("gradients|" + name(network, "all"), Math.sqrt(squares));
        }
    }

    @Override
    public void onEpoch(EpochReport report) {
        epoch = report.epoch();
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("loss by epoch|training", report.training().total());
        report.validation()
                .forEach((name, value) ->
                        numbers.put(name.equals("loss") ? "loss by epoch|validation" : "metrics|" + name, value));
        List<WeightHistogram> histograms = new ArrayList<>();
        for (Network network : networks) {
            for (Parameter parameter : network.parameters()) {
                Magnitudes magnitudes = parameter.magnitudes(0);
                String name = name(network, parameter.name());
                numbers.put("weights|" + name, magnitudes.l2());
                numbers.put("zeros|" + name, magnitudes.zeros());
                if (histograms.size() < MOST_HISTOGRAMS) {
                    histograms.add(WeightHistogram.of(name, parameter));
                }
            }
        }
        run.epochs.add(epoch, numbers);
        run.histograms(epoch, histograms);
        event(epoch, numbers);
        EventFile file = eventFile;
        if (file != null) {
            histograms.forEach(histogram -> file.histogram(epoch, histogram.name(), histogram.event()));
        }
        showPictures();
        run.facts.put("skipped steps", String.valueOf(report.skipped()));
        write();
        lastStep = 0;
    }

    private void showPictures() {
        Supplier<Map<String, Image>> made = pictures;
        if (made == null) {
            return;
        }
        List<SamplePicture> shown = new ArrayList<>();
        made.get().forEach((name, image) -> {
            shown.add(SamplePicture.of(name, image));
            EventFile file = eventFile;
            if (file != null) {
                file.picture(epoch, name, image.height(), image.width(), SamplePicture.png(image));
            }
        });
        run.pictures(epoch, shown);
    }

    private void event(long step, Map<String, Double> numbers) {
        Path folder = events;
        if (folder == null) {
            return;
        }
        EventFile file = eventFile == null ? EventFile.begin(folder) : eventFile;
        eventFile = file;
        numbers.forEach((name, value) -> file.scalar(step, name.replace('|', '/'), value));
    }

    private void write() {
        run.facts.put("epoch", String.valueOf(epoch));
        run.facts.put("steps", String.valueOf(steps));
        run.facts.put("updated", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        ReportPage.write(file, title, run);
        written = System.nanoTime();
    }

    @Override
    public Map<String, String> state() {
        return Map.of(STEPS, String.valueOf(steps), EPOCHS, String.valueOf(epoch));
    }

    @Override
    public void resume(Map<String, String> state) {
        steps = Long.parseLong(state.getOrDefault(STEPS, ""));
        epoch = Integer.parseInt(state.getOrDefault(EPOCHS, ""));
        ReportPage.json(file).ifPresent(this::restore);
    }

    private void restore(String old) {
        try {
            OldRun.restore(old, run, (double) steps, epoch);
        } catch (IllegalArgumentException damaged) {
            throw new IllegalStateException(
                    "expected the report of the run that goes on in " + file + ", found a damaged one ("
                            + damaged.getMessage() + "); move it away, and the report begins anew",
                    damaged);
        }
    }

    /** Writes the page for the last time. */
    @Override
    public void close() {
        run.isRunning = false;
        write();
        if (eventFile != null) {
            eventFile.close();
        }
    }
}
