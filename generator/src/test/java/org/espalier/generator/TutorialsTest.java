package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the code that tutorials show with that of the samples that they are about. */
class TutorialsTest {
    @ParameterizedTest
    @ValueSource(strings = {"autoencoder", "characters", "timeseries"})
    void theCodeIsThatOfTheSample(String sample) throws IOException {
        String sources = withoutIndents(sources(Path.of("..", "samples", sample, "src", "main")));
        Matcher block =
                Pattern.compile("(?ms)^```(?:net|java)\n(.*?)^```$").matcher(Pages.read("tutorials/" + sample + ".md"));

        int blocks = 0;
        while (block.find()) {
            assertThat(sources).contains(withoutIndents(block.group(1)));
            blocks++;
        }
        assertThat(blocks).isGreaterThanOrEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"autoencoder", "characters", "timeseries"})
    void theReadmeLeadsThere(String sample) throws IOException {
        assertThat(Files.readString(Path.of("..", "README.md"))).contains("docs/tutorials/" + sample + ".md");
    }

    private static String sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> code = files.filter(file -> file.toString().matches(".*\\.(net|java)"))
                    .sorted()
                    .toList();
            return code.stream().map(TutorialsTest::read).collect(Collectors.joining());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutIndents(String code) {
        return code.replaceAll("(?m)^ +", "");
    }
}
