package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One name means one class in the whole tree, so that a search for it finds it. */
class ClassNamesTest {
    @Test
    void noTwoClassesHaveOneName() throws IOException {
        Map<String, List<Path>> files = new TreeMap<>();
        for (Path file : JavaSources.of("grammar", "generator", "runtime", "samples/benchmarks")) {
            files.computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>())
                    .add(JavaSources.ROOT.relativize(file));
        }
        files.remove("package-info.java");
        assertThat(files).containsKeys("Network.java", "NetCompiler.java", "ClassNamesTest.java");

        files.values().removeIf(same -> same.size() == 1);
        assertThat(files).isEmpty();
    }
}
