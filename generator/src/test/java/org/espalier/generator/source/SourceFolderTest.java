package org.espalier.generator.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFolderTest {
    @TempDir
    Path folder;

    @Test
    void listsFilesOfAllFoldersByName() throws IOException {
        write("b.net");
        write("a.net/c.net");
        write("a.net/readme.md");

        assertThat(SourceFolder.files(folder))
                .containsExactly(
                        folder.resolve("a.net/c.net"), folder.resolve("a.net/readme.md"), folder.resolve("b.net"));
    }

    @Test
    void listsNothingInAnEmptyFolder() throws IOException {
        assertThat(SourceFolder.files(folder)).isEmpty();
    }

    @Test
    void leavesOutWhatEditorsAndFileManagersLeaveBehind() throws IOException {
        write("._a.net");
        Files.createSymbolicLink(folder.resolve(".#a.net"), Path.of("somebody@somewhere.1234"));

        assertThat(SourceFolder.files(folder)).isEmpty();
    }

    @Test
    void followsLinks() throws IOException {
        write("real/a.net");
        Files.createDirectories(folder.resolve("net"));
        Files.createSymbolicLink(folder.resolve("net/link"), folder.resolve("real"));

        assertThat(SourceFolder.files(folder.resolve("net"))).containsExactly(folder.resolve("net/link/a.net"));
    }

    @Test
    void refusesLinksThatLeadRoundInACircle() throws IOException {
        write("deep/a.net");
        Path circle = Files.createSymbolicLink(folder.resolve("deep/circle"), folder);

        assertThatThrownBy(() -> SourceFolder.files(folder))
                .isInstanceOf(FileProblem.class)
                .hasMessage("cannot read " + circle + ": it is a link to a folder that it lies in");
    }

    @Test
    void takesNoUnreadableFolderForAnEmptyOne() throws IOException {
        write("deep/a.net");
        Path deep = folder.resolve("deep");
        Files.setPosixFilePermissions(deep, PosixFilePermissions.fromString("---------"));
        try {
            assumeThat(Files.isReadable(deep))
                    .as("the administrator may read anything")
                    .isFalse();

            assertThatThrownBy(() -> SourceFolder.files(folder))
                    .isInstanceOf(FileProblem.class)
                    .hasMessage("cannot read " + deep + ": permission denied");
            assertThatThrownBy(() -> SourceFolder.lookUp(deep.resolve("a.net")))
                    .isInstanceOf(FileProblem.class)
                    .hasMessage("cannot read " + deep.resolve("a.net") + ": permission denied");
        } finally {
            Files.setPosixFilePermissions(deep, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void takesNothingElseForNoFile() throws Exception {
        write("a.net");
        write("empty.txt/readme.md");
        write("example.net/b.net");
        Path place = folder.resolve("c.net");

        assertThat(specifications()).containsExactly(folder.resolve("a.net"), folder.resolve("example.net/b.net"));

        write("c.net/readme.md");
        assertThatThrownBy(this::specifications)
                .isInstanceOf(FileProblem.class)
                .hasMessage("expected a file and found a folder without any .net file: " + place);
        Files.delete(place.resolve("readme.md"));
        Files.delete(place);

        Files.createSymbolicLink(place, folder.resolve("empty.txt"));
        assertThatThrownBy(this::specifications)
                .isInstanceOf(FileProblem.class)
                .hasMessage("expected a file and found a folder without any .net file: " + place);
        Files.delete(place);

        Path device = Path.of("/dev/null");
        assumeThat(device).as("a device to link to").exists();
        Files.createSymbolicLink(place, device);
        assertThatThrownBy(this::specifications)
                .isInstanceOf(FileProblem.class)
                .hasMessage("expected a file and found a pipe or a device: " + place);
    }

    private List<Path> specifications() throws FileProblem {
        return SourceFolder.files(folder, ".net", file -> file.toString().endsWith(".net"));
    }

    @Test
    void findsTheFileInTheWayOfAFolder() throws IOException {
        Path a = write("a.net");

        assertThat(SourceFolder.exists(folder.resolve("b/c"))).isFalse();
        assertThatThrownBy(() -> SourceFolder.exists(a.resolve("b/c")))
                .isInstanceOf(FileProblem.class)
                .hasMessage("expected the folder " + a.resolve("b/c") + " and found a file: " + a);
        assertThatThrownBy(() -> SourceFolder.exists(a))
                .isInstanceOf(FileProblem.class)
                .hasMessage("expected a folder and found a file: " + a);
    }

    @Test
    void namesAFileOnce() throws IOException {
        Path a = write("a.net");
        Path link = Files.createSymbolicLink(folder.resolve("link.net"), a);

        assertThat(SourceFolder.distinct(List.of(folder.resolve("../" + folder.getFileName() + "/a.net"), a, link)))
                .containsExactly(folder.resolve("../" + folder.getFileName() + "/a.net"));
    }

    @Test
    void looksUpWhatIsThere() throws IOException {
        Path a = write("a.net");
        Path link = Files.createSymbolicLink(folder.resolve("link.net"), Path.of("gone.net"));

        assertThat(SourceFolder.lookUp(a)).isPresent();
        assertThat(SourceFolder.lookUp(folder.resolve("gone.net"))).isEmpty();
        assertThat(SourceFolder.lookUp(a.resolve("in/a/file.net"))).isEmpty();
        assertThatThrownBy(() -> SourceFolder.lookUp(link))
                .isInstanceOf(FileProblem.class)
                .hasMessageEndingWith("link.net: it is a link to a file that is not there");
    }

    private Path write(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "");
    }
}
