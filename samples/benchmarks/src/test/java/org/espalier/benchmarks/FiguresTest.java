package org.espalier.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTest {
    private static final Benchmark BENCHMARK = Benchmarks.named("update").get(0);

    @TempDir
    private Path folder;

    private static Entry entry(String subject) {
        return Entry.of("update", subject, () -> {
            throw new AssertionError("not measured here");
        });
    }

    @Test
    void aRatioAboveOneSaysThatEspalierIsFaster() {
        Figures figures = new Figures(BENCHMARK);
        figures.time(entry("espalier"), 20e6, 0.5);
        figures.time(entry("floor"), 10e6, 0.5);
        figures.time(entry("peer"), 60e6, 0);

        assertThat(figures.rows())
                .containsExactly(
                        new Row("update", "espalier", "time", 20, "ms", 1),
                        new Row("update", "espalier", "throughput", 25, "GB/s", 1),
                        new Row("update", "floor", "time", 10, "ms", 0.5),
                        new Row("update", "floor", "throughput", 50, "GB/s", 2),
                        new Row("update", "peer", "time", 60, "ms", 3));
    }

    @Test
    void timeIsThatOfTheWholeWhichSeveralStepsMakeUp() {
        Figures figures = new Figures(Benchmarks.named("digits").get(0));
        figures.time(entry("espalier"), 0.5e9, 1_600);

        assertThat(figures.rows())
                .extracting(Row::metric, Row::value)
                .containsExactly(tuple("time", 2.5), tuple("throughput", 3_200.0));
    }

    @Test
    void memoryIsToldInMegabytes() {
        Figures figures = new Figures(BENCHMARK);
        figures.memory(entry("espalier"), 1_000_000_000);
        figures.memory(entry("peer"), 1_500_000_000);

        assertThat(figures.rows())
                .containsExactly(
                        new Row("update", "espalier", "memory", 1_000, "MB", 1),
                        new Row("update", "peer", "memory", 1_500, "MB", 1.5));
    }

    @Test
    void withoutEspalierThereIsNoRatio() {
        Figures figures = new Figures(BENCHMARK);
        figures.time(entry("peer"), 1, 0);

        assertThatThrownBy(figures::rows)
                .hasMessageContaining("peer is compared with 'espalier', which was not measured");
    }

    @Test
    void mediansAreInTheMiddle() {
        assertThat(Median.of(List.of(3.0, 100.0, 1.0))).isEqualTo(3);
        assertThat(Median.of(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(3);
        assertThatThrownBy(() -> Median.of(List.of())).hasMessage("nothing was measured");
    }

    @Test
    void filesKeepRows() throws IOException {
        Path file = folder.resolve("deeper").resolve("update.csv");
        List<Row> rows = List.of(
                new Row("update", "espalier", "time", 20.25, "ms", 1),
                new Row("update", "libtorch l1+l2", "time", 123.5, "ms", 6.099));
        Csv.write(file, rows);

        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "bench,subject,metric,value,unit,ratio_to_espalier",
                        "update,espalier,time,20.25,ms,1.000",
                        "update,libtorch l1+l2,time,123.5,ms,6.099");
        assertThat(Csv.read(file)).isEqualTo(rows);
    }

    @Test
    void anotherKindOfFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("other.csv"), "a,b\n");

        assertThatThrownBy(() -> Csv.read(file)).isInstanceOf(IOException.class).hasMessageContaining("bench,subject");
    }
}
