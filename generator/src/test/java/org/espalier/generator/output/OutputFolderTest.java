package org.espalier.generator.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.generator.emit.GeneratedSource;
import org.espalier.generator.output.OutputFolder.Origin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
    private static final GeneratedSource TINY = source("Tiny", "class Tiny {}");
    private static final GeneratedSource OLD = new GeneratedSource("com.example", "Old", "class Old {}");
    private static final Origin ORIGIN = new Origin("ab12", Map.of("blocks/dense layers.net", "cd34"));

    @TempDir
    Path temporary;

    private Path root;
    private Path manifest;
    private OutputFolder folder;

    @BeforeEach
    void openFolder() {
        root = temporary.resolve("generated sources");
        manifest = temporary.resolve("state/generate.manifest");
        folder = new OutputFolder(root, manifest, StandardCharsets.UTF_8);
    }

    @Test
    void writesSourcesIntoTheFoldersOfTheirPackages() throws IOException {
        List<Path> changed = folder.update(List.of(TINY, OLD), ORIGIN);

        assertThat(root.resolve("Tiny.java")).hasContent("class Tiny {}");
        assertThat(root.resolve("com/example/Old.java")).hasContent("class Old {}");
        assertThat(filesIn(root.resolve("com/example"))).containsExactly("Old.java");
        assertThat(changed).containsExactly(root.resolve("Tiny.java"), root.resolve("com/example/Old.java"));
    }

    @Test
    void leavesAFileAloneWhoseBytesAreRight() throws IOException {
        folder.update(List.of(TINY), ORIGIN);
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(root.resolve("Tiny.java"), longAgo);

        assertThat(folder.update(List.of(TINY), ORIGIN)).isEmpty();
        assertThat(Files.getLastModifiedTime(root.resolve("Tiny.java"))).isEqualTo(longAgo);
    }

    @Test
    void rewritesAFileThatSomebodyEdited() throws IOException {
        folder.update(List.of(TINY), ORIGIN);
        Files.writeString(root.resolve("Tiny.java"), "class Tiny { int mine; }");

        assertThat(folder.update(List.of(TINY), ORIGIN)).containsExactly(root.resolve("Tiny.java"));
        assertThat(root.resolve("Tiny.java")).hasContent("class Tiny {}");
    }

    @Test
    void deletesSourcesThatAreGoneAndTheFoldersTheyLeaveEmpty() throws IOException {
        folder.update(List.of(TINY, OLD), ORIGIN);

        assertThat(folder.update(List.of(TINY), ORIGIN)).containsExactly(root.resolve("com/example/Old.java"));
        assertThat(filesIn(root)).containsExactly("Tiny.java");
    }

    @Test
    void keepsTheFilesOfOthers() throws IOException {
        folder.update(List.of(OLD), ORIGIN);
        Files.writeString(root.resolve("com/example/Other.java"), "class Other {}");

        folder.update(List.of(), ORIGIN);

        assertThat(filesIn(root.resolve("com/example"))).containsExactly("Other.java");
    }

    @Test
    void leavesNoTraceOfNothing() throws IOException {
        folder.update(List.of(), ORIGIN);
        assertThat(filesIn(temporary)).isEmpty();
    }

    @Test
    void neverLeavesItsRoot() throws IOException {
        Path precious = Files.writeString(temporary.resolve("precious.txt"), "mine");
        Files.createDirectories(manifest.getParent());
        Files.writeString(manifest, "output ab12 ../precious.txt\n");

        assertThatThrownBy(() -> folder.update(List.of(TINY), ORIGIN))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a path within")
                .hasMessageContaining("../precious.txt");
        assertThat(precious).exists();
    }

    @Test
    void remembersWhatItsFilesWereMadeFrom() throws IOException {
        assertThat(folder.origin()).isEqualTo(Origin.UNKNOWN);

        folder.update(List.of(TINY), ORIGIN);

        assertThat(new OutputFolder(root, manifest, StandardCharsets.UTF_8).origin())
                .isEqualTo(ORIGIN);
    }

    @Test
    void forgetsItWhenAFileIsEditedOrDeleted() throws IOException {
        folder.update(List.of(TINY), ORIGIN);
        Files.writeString(root.resolve("Tiny.java"), "class Tiny { }");
        assertThat(folder.origin()).isEqualTo(Origin.UNKNOWN);

        folder.update(List.of(TINY), ORIGIN);
        Files.delete(root.resolve("Tiny.java"));
        assertThat(folder.origin()).isEqualTo(Origin.UNKNOWN);
    }

    @Test
    void passesOverLinesOfAManifestThatAnotherVersionWrote() throws IOException {
        Files.createDirectories(manifest.getParent());
        Files.createDirectories(root);
        Files.writeString(root.resolve("Old.java"), "class Old {}");
        Files.writeString(manifest, "format 7\noutput ab12 Old.java\nsomething else entirely\n");

        folder.update(List.of(TINY), ORIGIN);

        assertThat(filesIn(root)).containsExactly("Tiny.java");
    }

    @Test
    void escapesCharactersThatTheEncodingLacks() throws IOException {
        new OutputFolder(root, manifest, StandardCharsets.ISO_8859_1)
                .update(List.of(source("Tiny", "// é × → 🌳")), ORIGIN);

        assertThat(root.resolve("Tiny.java"))
                .usingCharset(StandardCharsets.ISO_8859_1)
                .hasContent("// é × \\u2192 \\ud83c\\udf33");
    }

    private static GeneratedSource source(String className, String text) {
        return new GeneratedSource("", className, text);
    }

    private static List<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
