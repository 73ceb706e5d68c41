package org.espalier.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SubjectProcessTest {
    private static Entry entry(String subject) {
        return Benchmarks.entries(Benchmarks.named("compile").get(0)).stream()
                .filter(entry -> entry.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aSubjectInAProcessOfItsOwnHasItsTurns() {
        try (SubjectProcess process = new SubjectProcess(entry("espalier unet-256"))) {
            List<List<Double>> times = new Turns(new MeasuringTime(2, 1, 0, 0, 0)).measure(List.of(process));

            assertThat(process.build()).startsWith("Java ");
            assertThat(times)
                    .singleElement()
                    .satisfies(turns -> assertThat(turns).hasSize(2).allMatch(nanoseconds -> nanoseconds > 0));
        }
    }

    @Test
    void aSubjectThatCannotStartIsNamed() {
        Entry absent = Entry.of("compile", "nobody", () -> {
            throw new AssertionError("started in the other process");
        });

        assertThatThrownBy(() -> new SubjectProcess(absent))
                .isInstanceOf(SubjectException.class)
                .hasMessageStartingWith("nobody ended with status 1 ");
    }
}
