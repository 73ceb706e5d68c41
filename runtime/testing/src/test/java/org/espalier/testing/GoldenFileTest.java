package org.espalier.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenFileTest {
    @TempDir
    private Path folder;

    private final @Nullable String update = System.getProperty("golden.update");

    @AfterEach
    void restoreUpdate() {
        if (update == null) {
            System.clearProperty("golden.update");
        } else {
            System.setProperty("golden.update", update);
        }
    }

    @Test
    void theSameTextPassesWhateverItsLineEnds() throws IOException {
        System.clearProperty("golden.update");
        Path file = Files.writeString(folder.resolve("a.txt"), "one\ntwo\n");
        GoldenFile.of(file).verify("one\ntwo\n");
        GoldenFile.of(file).verify("one\r\ntwo\r\n");
    }

    @Test
    void theFirstLineThatDiffersIsShown() throws IOException {
        System.clearProperty("golden.update");
        Path file = Files.writeString(folder.resolve("a.txt"), "one\ntwo\nthree\n");
        assertThatThrownBy(() -> GoldenFile.of(file).verify("one\n2\nthree\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        file.toAbsolutePath()
                                + ":2: differs\n  expected: two\n  actual:   2\nrun with -Dgolden.update if the change is meant");
        assertThatThrownBy(() -> GoldenFile.of(file).verify("one\ntwo\n"))
                .hasMessageContaining(":3: differs\n  expected: three\n  actual:   (end of text)");
    }

    @Test
    void aMissingFileIsNamedAndHowToHaveItWritten() {
        System.clearProperty("golden.update");
        Path file = folder.resolve("none.txt");
        assertThatThrownBy(() -> GoldenFile.of(file).verify("one"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("there is no golden file " + file.toAbsolutePath()
                        + "; run with -Dgolden.update to have it written");
    }

    @Test
    void updatingWritesTheFileWithItsFolders() throws IOException {
        System.setProperty("golden.update", "");
        Path file = folder.resolve("deep/a.txt");
        GoldenFile.of(file).verify("one\r\n");
        assertThat(Files.readString(file)).isEqualTo("one\n");
        System.clearProperty("golden.update");
        GoldenFile.of(file).verify("one\n");
    }
}
