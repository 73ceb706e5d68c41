package org.espalier.runtime.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file beside its place and moves it there when it is complete and on the disk. Whoever is killed on the way
 * leaves the file as it was.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** Writes the content. */
    public interface Content {
        /** Writes everything to the channel, from its start on. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes or replaces a file, and makes its folders.
     *
     * @throws IOException if that fails; the file is then as it was
     */
    public static void write(Path file, Content content) throws IOException {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        Path name = target.getFileName();
        if (folder == null || name == null) {
            throw new IOException(file + " is not the name of a file");
        }
        Files.createDirectories(folder);
        Path part = folder.resolve("." + name + "." + UUID.randomUUID() + ".part");
        try {
            try (FileChannel channel =
                    FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException failure) {
            Files.deleteIfExists(part);
            throw failure;
        }
        forceFolder(folder);
    }

    /**
     * Writes or replaces a file, and makes its folders.
     *
     * @throws IOException if that fails; the file is then as it was
     */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, channel -> {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        });
    }

    // The move itself must reach the disk too. Windows neither needs this nor lets a folder be opened.
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            return;
        }
    }
}
