package org.espalier.generator.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourcePathTest {
    @TempDir
    Path project;

    private Path main;
    private Path other;
    private Path jar;
    private Path classes;
    private SourcePath sourcePath;

    @BeforeEach
    void layOutAProject() throws IOException {
        main = project.resolve("src/main/net");
        other = project.resolve("src/other/net");
        jar = project.resolve("lib/blocks-1.0.jar");
        classes = project.resolve("blocks/target/classes");
        sourcePath = new SourcePath(
                List.of(main, other, project.resolve("missing")),
                List.of(project.resolve("missing.jar"), classes, jar),
                StandardCharsets.UTF_8,
                project);
    }

    @Test
    void namesAFileAsTheUserWould() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("image/unet.net"), "network Unet {}"));

        assertThat(unet.name()).isEqualTo("src/main/net/image/unet.net");
        assertThat(unet.text()).isEqualTo("network Unet {}");
    }

    @Test
    void readsAFileOnce() throws IOException {
        Path file = write(main.resolve("unet.net"), "");
        write(main.resolve("blocks.net"), "");
        SourceFile unet = sourcePath.read(file);

        assertThat(sourcePath.read(main.resolve("../net/unet.net"))).isSameAs(unet);
        assertThat(sourcePath.resolve(unet, "blocks.net")).containsSame(sourcePath.read(main.resolve("blocks.net")));
    }

    @Test
    void prefersATextThatIsNotSavedYet() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("unet.net"), ""));
        SourceFile changed = new SourceFile("src/main/net/blocks.net", "changed");
        SourceFile created = new SourceFile("src/main/net/new.net", "new");
        Path blocks = write(main.resolve("blocks.net"), "saved");
        sourcePath.open(blocks, changed);
        sourcePath.open(main.resolve("new.net"), created);

        assertThat(sourcePath.resolve(unet, "blocks.net")).containsSame(changed);
        assertThat(sourcePath.resolve(changed, "new.net")).containsSame(created);
        assertThat(sourcePath.pathOf(created)).contains(main.resolve("new.net").toAbsolutePath());
    }

    @Test
    void readsNoMoreThanAFileMayHave() throws IOException {
        String large = " ".repeat(SourceFile.LARGEST + 1);
        Path file = write(main.resolve("large.net"), large);
        SourceFile unet = sourcePath.read(write(main.resolve("unet.net"), ""));
        writeJar("unpacked.net", large);

        assertThatThrownBy(() -> sourcePath.read(file))
                .isInstanceOf(FileProblem.class)
                .hasMessage("cannot read src/main/net/large.net: it has more than the 16777216 bytes that are allowed");
        assertThatThrownBy(() -> sourcePath.resolve(unet, "unpacked.net"))
                .hasMessageContaining("it has more than the 16777216 bytes that are allowed");
    }

    @Test
    void looksBesideTheImportingFileFirst() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("image/unet.net"), ""));
        write(main.resolve("image/blocks.net"), "beside");
        write(main.resolve("blocks.net"), "above");

        assertThat(textOf(unet, "blocks.net")).isEqualTo("beside");
    }

    @Test
    void looksInTheSourceFoldersNext() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("image/unet.net"), ""));
        write(other.resolve("blocks.net"), "in the other folder");
        writeJar("blocks.net", "in the jar");

        assertThat(textOf(unet, "blocks.net")).isEqualTo("in the other folder");
    }

    @Test
    void looksInLibrariesLastAndRemembersWhatItTook() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("unet.net"), ""));
        writeJar("image/blocks.net", "in the jar", "image/more.net", "more in the jar");

        SourceFile blocks = sourcePath.resolve(unet, "image/blocks.net").orElseThrow();

        assertThat(blocks.name()).isEqualTo("blocks-1.0.jar!/META-INF/net/image/blocks.net");
        assertThat(blocks.text()).isEqualTo("in the jar");
        assertThat(sourcePath.importedFromLibraries()).containsOnlyKeys("image/blocks.net");
        assertThat(sourcePath.readFromLibraries("image/blocks.net")).contains("in the jar");
        assertThat(sourcePath.pathOf(blocks)).isEmpty();
    }

    @Test
    void takesTheFirstLibraryThatHasTheFile() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("unet.net"), ""));
        writeJar("blocks.net", "in the jar");
        write(classes.resolve("META-INF/net/blocks.net"), "in the classes");

        assertThat(textOf(unet, "blocks.net")).isEqualTo("in the classes");
    }

    @Test
    void letsALibraryImportFromItselfAndOtherLibrariesOnly() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("unet.net"), ""));
        write(main.resolve("local.net"), "local");
        writeJar("image/blocks.net", "", "image/norms.net", "beside", "losses.net", "above");
        SourceFile blocks = sourcePath.resolve(unet, "image/blocks.net").orElseThrow();

        assertThat(textOf(blocks, "norms.net")).isEqualTo("beside");
        assertThat(textOf(blocks, "losses.net")).isEqualTo("above");
        assertThat(sourcePath.resolve(blocks, "local.net")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "missing.net",
                "../../../secret.net",
                "/etc/hosts.net",
                "folder.net",
                "secret.txt",
                "a\\b.net",
                "a\0b.net",
                ""
            })
    void findsNothingForAPathThatLeadsNowhereOrOutside(String path) throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("unet.net"), ""));
        write(project.resolve("secret.net"), "");
        write(main.resolve("secret.txt"), "");
        Files.createDirectories(main.resolve("folder.net"));
        writeJar("unrelated.net", "");

        assertThat(sourcePath.resolve(unet, path)).isEmpty();
    }

    @Test
    void saysWhichFileCannotBeReadAndWhy() throws IOException {
        Path link = main.resolve("link.net");
        Files.createDirectories(main);
        Files.createSymbolicLink(link, Path.of("gone.net"));

        assertThatThrownBy(() -> sourcePath.read(link))
                .isInstanceOf(FileProblem.class)
                .hasMessage("cannot read src/main/net/link.net: it is a link to a file that is not there");
        assertThatThrownBy(() -> sourcePath.read(main.resolve("gone.net")))
                .hasMessage("cannot read src/main/net/gone.net: there is no such file");
        assertThatThrownBy(() -> sourcePath.read(main)).hasMessageStartingWith("cannot read src/main/net: ");
    }

    @Test
    void takesNoUnreadableFileForAMissingOne() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("unet.net"), ""));
        Files.createSymbolicLink(main.resolve("blocks.net"), Path.of("gone.net"));
        writeJar("blocks.net", "in the jar");

        assertThatThrownBy(() -> sourcePath.resolve(unet, "blocks.net"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("blocks.net: it is a link to a file that is not there");
    }

    @Test
    void saysWhichJarIsBrokenWhenItIsNeeded() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("unet.net"), ""));
        write(main.resolve("local.net"), "local");
        write(jar, "no jar");

        assertThat(textOf(unet, "local.net")).isEqualTo("local");
        assertThatThrownBy(() -> sourcePath.resolve(unet, "blocks.net"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot read lib/blocks-1.0.jar: it is not a jar, or not a whole one");
    }

    @Test
    void saysWhichJarIsCutOff() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("unet.net"), ""));
        writeJar("blocks.net", "in the jar");
        byte[] whole = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(whole, whole.length / 2));

        assertThatThrownBy(() -> sourcePath.resolve(unet, "blocks.net"))
                .hasMessageContaining("cannot read lib/blocks-1.0.jar: ");
    }

    @Test
    void looksForLibrariesOnlyWhenAnImportNeedsThem() throws IOException {
        write(main.resolve("local.net"), "local");
        AtomicInteger searches = new AtomicInteger();
        SourcePath lazy = new SourcePath(
                List.of(main),
                () -> {
                    searches.incrementAndGet();
                    return List.of(jar);
                },
                StandardCharsets.UTF_8,
                project);
        SourceFile unet = lazy.read(write(main.resolve("unet.net"), ""));
        writeJar("blocks.net", "in the jar");

        assertThat(lazy.resolve(unet, "local.net")).isPresent();
        assertThat(searches).hasValue(0);
        assertThat(lazy.resolve(unet, "blocks.net")).isPresent();
        assertThat(lazy.resolve(unet, "more.net")).isEmpty();
        assertThat(searches).hasValue(1);
    }

    @Test
    void readsNothingOutsideOfTheFolderOfALibrary() throws IOException {
        SourceFile unet = sourcePath.read(write(main.resolve("unet.net"), ""));
        writeJar("../../secret.net", "above the folder", "blocks.net", "in it");

        assertThat(sourcePath.resolve(unet, "../../secret.net")).isEmpty();
        assertThat(textOf(unet, "blocks.net")).isEqualTo("in it");
    }

    private String textOf(SourceFile importing, String path) {
        return sourcePath.resolve(importing, path).orElseThrow().text();
    }

    private void writeJar(String... pathsAndTexts) throws IOException {
        Files.createDirectories(jar.getParent());
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (int i = 0; i < pathsAndTexts.length; i += 2) {
                zip.putNextEntry(new ZipEntry(SourcePath.LIBRARY_FOLDER + pathsAndTexts[i]));
                zip.write(pathsAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
