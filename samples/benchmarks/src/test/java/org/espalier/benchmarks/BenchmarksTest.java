package org.espalier.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarksTest {
    @Test
    void aNameThatIsNoneListsThoseThatAre() {
        assertThatThrownBy(() -> Benchmarks.named("udpate"))
                .hasMessageContaining("there is no benchmark 'udpate'")
                .hasMessageContainingAll(Benchmarks.names().toArray(String[]::new));
    }

    @Test
    void noNameListsThemToo() {
        assertThatThrownBy(() -> Benchmarks.named(""))
                .hasMessageContaining("no benchmark is named")
                .hasMessageContaining("-Dbench=update");
    }

    @Test
    void severalNamesComeWithCommas() {
        assertThat(Benchmarks.named("unet, update")).extracting(Benchmark::name).containsExactly("unet", "update");
    }

    @Test
    void allAreAll() {
        assertThat(Benchmarks.named("all")).extracting(Benchmark::name).containsExactlyElementsOf(Benchmarks.names());
    }

    @Test
    void theBuildKnowsTheNames() throws IOException {
        String pom = Files.readString(Path.of("..", "..", "pom.xml"));

        assertThat(pom)
                .contains("NAME is one of " + String.join(", ", Benchmarks.names()) + ";")
                .contains("(all|" + String.join("|", Benchmarks.names()) + "|,)+");
    }

    @Test
    void pythonsPytorchTakesThePlaceOfAnOlderOneWhereItTakesPart() {
        Entry libtorch = Entry.of("lstm", "libtorch step", () -> {
            throw new AssertionError("started");
        });
        Entry other = Entry.of("unet", "libtorch none", () -> {
            throw new AssertionError("started");
        });
        String before = System.getProperty(PytorchEntries.PYTHON, "");
        try {
            System.setProperty(PytorchEntries.PYTHON, "");
            assertThat(PytorchEntries.replaces(libtorch)).isFalse();
            System.setProperty(PytorchEntries.PYTHON, "python3");
            assertThat(PytorchEntries.replaces(libtorch)).isTrue();
            assertThat(PytorchEntries.replaces(other)).isFalse();
            assertThat(Benchmarks.entries(Benchmarks.named("lstm").get(0)))
                    .extracting(Entry::subject)
                    .contains("pytorch step fused", "pytorch inference eager");
        } finally {
            System.setProperty(PytorchEntries.PYTHON, before);
        }
    }

    @Test
    void everyBenchmarkHasWhatItsEntriesAreComparedWith() {
        for (Benchmark benchmark : Benchmarks.named("all")) {
            List<Entry> entries = Benchmarks.entries(benchmark);

            assertThat(entries).isNotEmpty();
            assertThat(entries)
                    .extracting(Entry::subject)
                    .doesNotHaveDuplicates()
                    .containsAll(entries.stream().map(Entry::reference).toList());
        }
    }
}
