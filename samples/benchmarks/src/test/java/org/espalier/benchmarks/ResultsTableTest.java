package org.espalier.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTableTest {
    @TempDir
    private Path folder;

    @Test
    void theTableHasWhatWasMeasuredInTheOrderOfTheBenchmarks() throws IOException {
        Csv.write(folder.resolve("unet.csv"), List.of(new Row("unet", "libtorch none", "time", 412.25, "ms", 1.8)));
        Csv.write(folder.resolve("update.csv"), List.of(new Row("update", "espalier", "time", 20.5, "ms", 1)));
        Files.writeString(folder.resolve("machine.txt"), "2 cores, some processor\n");

        assertThat(ResultsTable.of(folder)).isEqualTo("""
                        Measured on 2 cores, some processor.

                        | benchmark | subject | metric | figure | divided by Espalier's |
                        |---|---|---|---:|---:|
                        | update | espalier | time | 20.50 ms | 1.00 |
                        | unet | libtorch none | time | 412.3 ms | 1.80 |
                        """);
    }

    @Test
    void figuresReplaceTheOldOnesAndNothingElse() {
        String page = "before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n";

        assertThat(ResultsTable.replace(page, "new\n"))
                .isEqualTo("before\n<!-- figures: begin -->\nnew\n<!-- figures: end -->\nafter\n");
    }

    @Test
    void aPageWithoutMarksIsRefused() {
        assertThatThrownBy(() -> ResultsTable.replace("page", "new\n")).hasMessageContaining("figures: begin");
    }

    @Test
    void thePageOfThisProjectHasItsMarks() throws IOException {
        String page = Files.readString(Path.of("..", "..", "docs", "performance.md"));

        assertThat(ResultsTable.replace(page, "")).hasSizeLessThan(page.length());
    }
}
