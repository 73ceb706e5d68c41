package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A package holds what one sentence can say, in the whole tree. */
class PackageSizesTest {
    private static final int MOST = 25;

    @Test
    void packagesHaveAtMostTwentyFiveFiles() throws IOException {
        Map<Path, Integer> files = new TreeMap<>();
        for (Path file : JavaSources.of("grammar", "generator", "runtime", "samples")) {
            Path folder = JavaSources.ROOT.relativize(file).getParent();
            if (folder.toString().replace('\\', '/').contains("/src/main/")) {
                files.merge(folder, 1, Integer::sum);
            }
        }

        assertThat(files)
                .isNotEmpty()
                .allSatisfy((folder, count) -> assertThat(count).isLessThanOrEqualTo(MOST));
    }
}
