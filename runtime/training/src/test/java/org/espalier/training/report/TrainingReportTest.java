package org.espalier.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.Image;
import org.espalier.runtime.train.Callback;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.TrainingException;
import org.espalier.runtime.train.metric.R2;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrainingReportTest {
    private static final INDArray INPUTS = Nd4j.rand(DataType.FLOAT, 20, 3);
    private static final INDArray TARGETS = INPUTS.sum(true, 1);

    @TempDir
    Path folder;

    @Test
    void thePageHasEveryNumberAndNeedsNothingElse() throws IOException {
        Path html = folder.resolve("out/report.html");
        try (LineNetwork net = new LineNetwork(1);
                TrainingReport report = TrainingReport.of(html, net)
                        .title("a <line>")
                        .text("Layers", "line </script> [batch, 1]")
                        .figure("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
                        .pictures(() -> Map.of("grey", Image.of(Nd4j.zeros(DataType.FLOAT, 3, 4, 4))))
                        .tensorBoard(folder.resolve("events"))) {
            trainer(net, 3).validation(batches(), new R2()).callback(report).run();
            assertThat(html).content().contains("\"running\":true", "http-equiv=\"refresh\"");
        }

        String page = Files.readString(html);
        assertThat(page)
                .contains("<title>a &lt;line></title>", "\"running\":false", "Permission is hereby granted")
                .doesNotContain("http-equiv=\"refresh\"")
                // Nothing is fetched: no address stands where a browser would load it.
                .doesNotContainPattern("(?:src|href)=\"(?!data:)")
                .doesNotContainPattern("@import|url\\(");
        RunRecord run = read(html);
        assertThat(run.steps.places()).hasSize(15).startsWith(1.0, 2.0).endsWith(15.0);
        // Steps per second need more steps than these.
        run.steps.numbers().remove("speed|steps per second");
        assertThat(run.steps.numbers())
                .containsOnlyKeys(
                        "loss|total",
                        "loss|data",
                        "ledger|small:l2",
                        "rate|lr",
                        "lambda|small:l2",
                        "gradients|line.weight",
                        "gradients|line.bias",
                        "gradients|all");
        assertThat(run.steps.numbers().get("rate|lr")).containsOnly(1e-2);
        assertThat(run.steps.numbers().get("lambda|small:l2")).containsOnly(1e-3);
        assertThat(run.epochs.numbers())
                .containsOnlyKeys(
                        "loss by epoch|training",
                        "loss by epoch|validation",
                        "metrics|r2",
                        "weights|line.weight",
                        "weights|line.bias",
                        "zeros|line.weight",
                        "zeros|line.bias");
        assertThat(ReportPage.json(html))
                .get()
                .asString()
                .contains("line </script> [batch, 1]", "\"title\":\"grey\",\"source\":\"data:image/png;base64,iVBOR")
                .contains("[\"line.weight\",\"[1, 3]\",\"3\",\"small");
        try (Stream<Path> files = Files.list(folder.resolve("events"))) {
            assertThat(files).hasSize(1).allMatch(file -> file.toFile().length() > 1000);
        }
    }

    @Test
    void aBrowserDrawsIt() throws IOException, InterruptedException {
        String browser = Stream.of("chromium", "chromium-browser", "google-chrome")
                .filter(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, name))))
                .findFirst()
                .orElse("");
        assumeThat(browser).isNotEmpty();
        Path html = folder.resolve("report.html");
        try (LineNetwork net = new LineNetwork(1);
                TrainingReport report = TrainingReport.of(html, net).text("Layers", "line </script> [batch, 1]")) {
            trainer(net, 2).validation(batches(), new R2()).callback(report).run();
        }
        Process process = new ProcessBuilder(
                        browser,
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--user-data-dir=" + folder.resolve("browser"),
                        "--virtual-time-budget=4000",
                        "--dump-dom",
                        html.toUri().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String drawn = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();

        // Loss by step and by epoch, metrics, penalties, learning rate, λ, gradients, weights.
        assertThat(drawn.split("<canvas", -1).length - 1).isGreaterThanOrEqualTo(8);
        assertThat(drawn)
                .contains("<h2>Parameters</h2>", ">line.weight</td>", "line &lt;/script&gt; [batch, 1]")
                .contains("<h2>Histograms of weights</h2>");
    }

    @Test
    void trainingIsToTheBitAsWithoutIt() {
        try (LineNetwork net = new LineNetwork(1);
                LineNetwork watched = new LineNetwork(1);
                TrainingReport report = TrainingReport.of(folder.resolve("report.html"), watched)) {
            trainer(net, 3).run();
            trainer(watched, 3).callback(report).run();

            assertThat(watched.parameters().values()).isEqualTo(net.parameters().values());
        }
    }

    @Test
    void aRunThatGoesOnGoesOnWithThePage() {
        Path html = folder.resolve("report.html");
        Path checkpoint = folder.resolve("a.ckpt");
        for (int epochs : new int[] {2, 3}) {
            try (LineNetwork net = new LineNetwork(1);
                    TrainingReport report = TrainingReport.of(html, net)) {
                trainer(net, epochs).checkpoint(checkpoint).callback(report).run();
            }
        }
        RunRecord run = read(html);
        assertThat(run.steps.places()).hasSize(15).isSorted().endsWith(15.0);
        assertThat(run.epochs.places()).containsExactly(1.0, 2.0, 3.0);
        assertThat(run.steps.numbers().get("loss|total")).hasSize(15).doesNotContainNull();
    }

    @Test
    void thePageIsWholeWheneverItIsRead() {
        Path html = folder.resolve("report.html");
        List<Boolean> whole = new ArrayList<>();
        try (LineNetwork net = new LineNetwork(1);
                TrainingReport report = TrainingReport.of(html, net)) {
            trainer(net, 4)
                    .callback(report)
                    .callback(new Callback() {
                        @Override
                        public void onEpoch(EpochReport epoch) {
                            whole.add(ReportPage.json(html).isPresent());
                        }
                    })
                    .run();
        }
        assertThat(whole).hasSize(4).containsOnly(true);
        assertThat(folder.toFile().list()).containsExactly("report.html");
    }

    @Test
    void aThreadThatIsInterruptedStillWritesThePage() {
        Path html = folder.resolve("report.html");
        try (LineNetwork net = new LineNetwork(1);
                TrainingReport report = TrainingReport.of(html, net).tensorBoard(folder.resolve("events"))) {
            Trainer trainer = trainer(net, 2)
                    .callback(new Callback() {
                        @Override
                        public void onStep(int epoch, int batch, StepReport step) {
                            if (batch == 3) {
                                Thread.currentThread().interrupt();
                            }
                        }
                    })
                    .callback(report);

            assertThatThrownBy(trainer::run)
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("the thread was interrupted after epoch 1, batch 3 of 5");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(read(html).steps.places()).containsExactly(1.0, 2.0, 3.0);
    }

    @Test
    void aFileOfAnotherKindIsNotOverwritten() throws IOException {
        Path file = Files.writeString(folder.resolve("mine.txt"), "mine");
        try (LineNetwork net = new LineNetwork(1)) {
            assertThatThrownBy(() -> TrainingReport.of(file, net))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("mine.txt");
        }
        assertThat(file).hasContent("mine");
    }

    @Test
    void curvesNeverHaveMorePointsThanFitAndKeepTheirMeans() {
        Curves curves = new Curves(8);
        for (int i = 1; i <= 64; i++) {
            curves.add(i, i % 2 == 0 ? Map.of("a", 1.0 * i, "late", Double.NaN) : Map.of("a", 1.0 * i));
        }
        assertThat(curves.places()).hasSizeBetween(4, 8);
        assertThat(curves.numbers()).containsOnlyKeys("a");
        assertThat(curves.numbers().get("a")).containsExactlyElementsOf(curves.places());
        assertThat(curves.places().get(0)).isCloseTo(8.5, within(0.0));
    }

    private static Batches batches() {
        return Batches.of(INPUTS, TARGETS, 4, 7);
    }

    private static Trainer trainer(LineNetwork net, int epochs) {
        return Trainer.of(net, batches()).epochs(epochs);
    }

    private static RunRecord read(Path html) {
        RunRecord run = new RunRecord();
        OldRun.restore(ReportPage.json(html).orElseThrow(), run, Double.MAX_VALUE, Double.MAX_VALUE);
        return run;
    }
}
