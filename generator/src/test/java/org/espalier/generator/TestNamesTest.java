package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests and rules have names in one style, that of all methods: {@code anErrorNamesItsLine}. */
class TestNamesTest {
    private static final Pattern UNDERSCORED = Pattern.compile("\\b(?:void|ArchRule)\\s+(\\w+_\\w*)\\s*[(=]");

    @Test
    void noneHasAnUnderscore() throws IOException {
        List<Path> sources = JavaSources.of("generator", "runtime", "samples").stream()
                .filter(source -> source.toString().replace('\\', '/').contains("/src/test/"))
                .toList();
        assertThat(sources).hasSizeGreaterThan(200);

        List<String> underscored = new ArrayList<>();
        for (Path source : sources) {
            UNDERSCORED
                    .matcher(Files.readString(source))
                    .results()
                    .map(MatchResult::group)
                    .forEach(found -> underscored.add(JavaSources.ROOT.relativize(source) + ": " + found));
        }
        assertThat(underscored).isEmpty();
    }
}
