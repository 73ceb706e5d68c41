package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One name means one class in the whole tree, so that a search for it finds it. */
class ClassNamesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    @Test
    void noTwoClassesHaveOneName() throws IOException {
        Map<String, List<Path>> files = new TreeMap<>();
        for (String module : List.of("grammar", "generator", "runtime", "samples/benchmarks")) {
            try (Stream<Path> all = Files.walk(ROOT.resolve(module))) {
                all.filter(ClassNamesTest::isSource)
                        .forEach(
                                file -> files.computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>())
                                        .add(ROOT.relativize(file)));
            }
        }
        assertThat(files).containsKeys("Network.java", "NetCompiler.java", "ClassNamesTest.java");

        files.values().removeIf(same -> same.size() == 1);
        assertThat(files).isEmpty();
    }

    /** Golden files and projects of integration tests are code of users, and builds leave copies of the latter. */
    private static boolean isSource(Path file) {
        String path = ROOT.relativize(file).toString().replace('\\', '/');
        return path.matches(".*/src/\\w+/java/.*\\.java")
                && !path.endsWith("/package-info.java")
                && !path.contains("/src/golden/")
                && !path.contains("/src/it/")
                && !path.matches(".*/target/.*/src/.*");
    }
}
