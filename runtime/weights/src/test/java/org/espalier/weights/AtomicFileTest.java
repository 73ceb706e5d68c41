package org.espalier.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AtomicFileTest {
    private static final String ID = "01234567-89ab-cdef-0123-456789abcdef";

    @TempDir
    private Path folder;

    private static byte[] content(int number) {
        return new byte[] {(byte) number};
    }

    private List<String> parts() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".part"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void partsThatNobodyWritesAnyMoreAreRemovedAndWhatOnlyLooksLikeThemStays() throws IOException {
        Path file = folder.resolve("a+b.safetensors");
        Path abandoned = Files.createFile(folder.resolve(".a+b.safetensors." + ID + ".part"));
        List<Path> others = List.of(
                Files.createFile(folder.resolve(".other.safetensors." + ID + ".part")),
                Files.createFile(folder.resolve(".aab.safetensors." + ID + ".part")),
                Files.createFile(folder.resolve(".a+b.safetensors.mine.part")),
                Files.createFile(folder.resolve(".a+b.safetensors." + ID + ".part.txt")),
                Files.createFile(folder.resolve("a+b.safetensors." + ID + ".part")),
                Files.createDirectory(folder.resolve(".a+b.safetensors." + ID.replace('0', 'f') + ".part")));

        AtomicFile.write(file, content(1));

        assertThat(abandoned).doesNotExist();
        assertThat(others).allMatch(Files::exists);
        assertThat(file).hasBinaryContent(content(1));
    }

    @Test
    void aPartThatThisProcessIsWritingStays() throws IOException {
        Path file = folder.resolve("file");
        AtomicFile.write(file, channel -> {
            channel.write(ByteBuffer.wrap(content(1)));
            AtomicFile.write(file, content(2));
            assertThat(file).hasBinaryContent(content(2));
            assertThat(parts()).hasSize(1);
        });
        assertThat(file).hasBinaryContent(content(1));
        assertThat(parts()).isEmpty();
    }

    @Test
    void aPartThatAnotherProcessIsWritingStaysUntilThatProcessIsKilled() throws Exception {
        Path file = folder.resolve("file");
        try (OtherProcess other = OtherProcess.start(AtomicFileTest.class, file.toString())) {
            other.awaitLine("writing");
            assertThat(parts()).hasSize(1);

            AtomicFile.write(file, content(1));
            assertThat(parts()).hasSize(1);

            other.kill();
            assertThat(parts()).hasSize(1);
            AtomicFile.write(file, content(2));
            assertThat(parts()).isEmpty();
        }
        assertThat(file).hasBinaryContent(content(2));
    }

    @Test
    void throughLinksTheFileIsWrittenThatTheyLeadTo() throws IOException {
        Path file = folder.resolve("of/file");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("second"));
        Files.createSymbolicLink(folder.resolve("second"), Path.of("of", "file"));

        AtomicFile.write(link, content(1));
        AtomicFile.write(link, content(2));

        assertThat(link).isSymbolicLink();
        assertThat(file).isRegularFile().hasBinaryContent(content(2));
    }

    @Test
    void linksThatLeadInACircleAreRefused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("link"));

        assertThatThrownBy(() -> AtomicFile.write(link, content(1))).isInstanceOf(FileSystemLoopException.class);
    }

    /** A device would do as well, and root would replace it. */
    @Test
    void aFolderIsNeverReplaced() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("taken"));

        assertThatThrownBy(() -> AtomicFile.write(taken, content(1)))
                .isInstanceOf(IOException.class)
                .hasMessage("it is a folder; give another name");
        assertThatThrownBy(() -> new TensorFileWriter().write(taken))
                .hasMessage(taken + ": cannot be written: it is a folder; give another name");
        assertThat(parts()).isEmpty();
    }

    /** The other process: writes half a file and waits to be killed. */
    public static void main(String[] args) throws IOException {
        AtomicFile.write(Path.of(args[0]), channel -> {
            channel.write(ByteBuffer.wrap(content(3)));
            System.out.println("writing");
            OtherProcess.waitToBeKilled();
        });
    }
}
