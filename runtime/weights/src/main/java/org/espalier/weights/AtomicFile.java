package org.espalier.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Writes a file beside its place and moves it there when it is complete and on the disk. Whoever is killed on the way
 * leaves the file as it was, and beside it a part, {@code .name.UUID.part}, which the next write of the file removes.
 *
 * <p>A part is locked as long as it is written. One that is not is abandoned: the system takes a lock from a process
 * that ends, however it ends.
 */
public final class AtomicFile {
    private static final String UUID_PATTERN = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    /**
     * Parts that this process writes. They must not be opened to try their locks: on POSIX, closing a file releases
     * every lock that the process has on it.
     */
    private static final Set<Path> BEING_WRITTEN = ConcurrentHashMap.newKeySet();

    /** Maximum number of bytes by which a kind of files is told. */
    private static final int BEGINNING = 16;

    /** Maximum number of links that lead from one to the next, that of Linux. */
    private static final int MOST_LINKS = 40;

    private AtomicFile() {}

    /** Writes the content. */
    public interface Content {
        /** Writes everything to the channel, from its start on. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes or replaces a file, the one that a link leads to, and makes its folders.
     *
     * @throws IOException if that fails, or something is there that is no file, such as a folder or a device; the file
     *     is then as it was
     */
    public static void write(Path file, Content content) throws IOException {
        Path given = followed(file.toAbsolutePath());
        requireFile(given);
        if (given.getParent() == null || given.getFileName() == null) {
            throw new IOException(file + " is not the name of a file");
        }
        Files.createDirectories(given.getParent());
        // One name for one folder, whatever links lead to it, or the parts that are being written would not be known.
        Path folder = given.getParent().toRealPath();
        String name = given.getFileName().toString();
        removeAbandoned(folder, name);
        Path part;
        do {
            part = folder.resolve("." + name + "." + UUID.randomUUID() + ".part");
        } while (!write(folder.resolve(name), part, content));
        forceFolder(folder);
    }

    /** The same with a content that is there as a whole. */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, channel -> {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        });
    }

    // A part would take the place of a link, and what it leads to would stay as it was.
    private static Path followed(Path file) throws IOException {
        Path target = file;
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MOST_LINKS) {
                throw new FileSystemLoopException(file.toString());
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    // For root, a part would take the place of a device too, be it /dev/null.
    private static void requireFile(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(
                    (Files.isDirectory(file) ? "it is a folder" : "it is no regular file") + "; give another name");
        }
    }

    /**
     * Refuses to overwrite what somebody else wrote: a file that is neither empty nor begins as those of a kind do.
     *
     * @param kind in words for the message: {@code a ledger}
     * @param begins tells by the first bytes, at most 16, whether a file is of the kind
     * @throws IOException if the file is of another kind, or no file, or cannot be read
     */
    public static void requireReplaceable(Path file, String kind, Predicate<byte[]> begins) throws IOException {
        requireFile(file);
        if (Files.isRegularFile(file)) {
            byte[] start;
            try (InputStream in = Files.newInputStream(file)) {
                start = in.readNBytes(BEGINNING);
            }
            if (start.length > 0 && !begins.test(start)) {
                throw new IOException("it is not " + kind
                        + ", so it is not overwritten; move it out of the way, or give another name");
            }
        }
    }

    /** Removes parts of a file that killed processes left. */
    private static void removeAbandoned(Path folder, String name) {
        Pattern part = Pattern.compile(Pattern.quote("." + name + ".") + UUID_PATTERN + "\\.part");
        // Many times faster than a stream of paths, and images are written many to a folder.
        String[] found = folder.toFile().list((in, other) -> part.matcher(other).matches());
        if (found != null) {
            for (String one : found) {
                removeIfAbandoned(folder.resolve(one));
            }
        }
    }

    private static void removeIfAbandoned(Path part) {
        if (!Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS) || BEING_WRITTEN.contains(part)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                Files.deleteIfExists(part);
            }
        } catch (IOException | OverlappingFileLockException notOurs) {
            // Another user's or class loader's, or on a file system without locks. The file itself can be written.
            return;
        }
    }

    /** Returns false, with nothing written, if another process took the part for abandoned before it was locked. */
    private static boolean write(Path target, Path part, Content content) throws IOException {
        BEING_WRITTEN.add(part);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            lock(channel);
            if (!Files.exists(part)) {
                return false;
            }
            content.writeTo(channel);
            channel.force(true);
            // While it is still locked, so that nobody removes it in between.
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (IOException | RuntimeException | Error failure) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        } finally {
            BEING_WRITTEN.remove(part);
        }
    }

    // The lock ends with the channel.
    private static void lock(FileChannel channel) {
        try {
            channel.lock();
        } catch (IOException | OverlappingFileLockException unsupported) {
            // Nobody takes the part for abandoned either: without locks, trying for one fails in the same way.
            return;
        }
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
