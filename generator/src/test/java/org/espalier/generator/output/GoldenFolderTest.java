package org.espalier.generator.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.output.GoldenFolder.Difference;
import org.espalier.generator.source.FileProblem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenFolderTest {
    private static final String TINY = GoldenFolder.header("tiny.net") + "one\n";
    private static final String CHANGED = GoldenFolder.header("tiny.net") + "two\n";

    @TempDir
    private Path root;

    private GoldenFolder folder;

    @BeforeEach
    void open() {
        folder = new GoldenFolder(root.resolve("golden"), Set.of(".java", ".ir"));
    }

    private Path file(String path) {
        return root.resolve("golden").resolve(path);
    }

    private void update(Map<String, String> texts) throws IOException {
        folder.update(folder.differences(texts));
    }

    @Test
    void whatWasWrittenDoesNotDiffer() throws IOException {
        update(Map.of("com/Tiny.java", TINY));

        assertThat(folder.differences(Map.of("com/Tiny.java", TINY))).isEmpty();
        assertThat(file("com/Tiny.java")).hasContent(TINY);
    }

    @Test
    void missingAndChangedFilesDiffer() throws IOException {
        update(Map.of("com/Tiny.java", TINY));

        assertThat(folder.differences(Map.of("com/Tiny.java", CHANGED, "com/Tiny.ir", TINY)))
                .containsExactly(
                        new Difference(file("com/Tiny.ir"), Optional.empty(), Optional.of(TINY)),
                        new Difference(file("com/Tiny.java"), Optional.of(TINY), Optional.of(CHANGED)));
    }

    @Test
    void filesOfNetworksThatAreGoneDifferAndAreDeleted() throws IOException {
        update(Map.of("com/Tiny.java", TINY, "org/Old.ir", TINY));

        assertThat(folder.differences(Map.of("com/Tiny.java", TINY)))
                .containsExactly(new Difference(file("org/Old.ir"), Optional.of(TINY), Optional.empty()));
        update(Map.of("com/Tiny.java", TINY));
        assertThat(file("org")).doesNotExist();
        assertThat(file("com/Tiny.java")).exists();
    }

    @Test
    void filesOfOthersAreLeftAlone() throws IOException {
        update(Map.of("com/Tiny.java", TINY));
        Path readme = Files.writeString(file("com/README.md"), "Ours.\n");
        Path own = Files.writeString(file("com/Own.java"), "class Own {}\n");

        update(Map.of());

        assertThat(List.of(readme, own)).allSatisfy(file -> assertThat(file).exists());
        assertThat(file("com/Tiny.java")).doesNotExist();
    }

    @Test
    void aFileOfOthersInTheWayIsAnErrorAndNothingIsWritten() throws IOException {
        Files.createDirectories(file("com"));
        Files.writeString(file("com/Tiny.java"), "class Tiny {}\n");

        assertThatThrownBy(() -> update(Map.of("com/Tiny.java", TINY, "com/Another.java", TINY)))
                .isInstanceOf(FileProblem.class)
                .hasMessage("expected a golden file, or none, and found " + file("com/Tiny.java")
                        + ", which Espalier did not write; move it elsewhere");
        assertThat(file("com/Tiny.java")).hasContent("class Tiny {}\n");
        assertThat(file("com/Another.java")).doesNotExist();
    }

    @Test
    void lineEndsOfVersionControlDoNotCount() throws IOException {
        Files.createDirectories(file("com"));
        Files.writeString(file("com/Tiny.java"), TINY.replace("\n", "\r\n"));

        assertThat(folder.differences(Map.of("com/Tiny.java", TINY))).isEmpty();
    }
}
