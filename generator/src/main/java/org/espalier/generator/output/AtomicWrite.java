package org.espalier.generator.output;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.generator.source.FileProblem;

/** Writes a file whole or not at all. */
public final class AtomicWrite {
    /** Name of a temporary file: the file's, the process that writes it, and a number. */
    private static final Pattern TEMPORARY = Pattern.compile("\\.(.+)\\.(\\d{1,18})-\\d+\\.part");

    /** Maximum number of links that lead from one to the next, that of Linux. */
    private static final int MOST_LINKS = 40;

    private static final AtomicLong WRITTEN = new AtomicLong();

    private AtomicWrite() {}

    /**
     * Puts bytes in place of a file's, through a temporary file beside it; if it is a link, of the file that it leads
     * to. Makes the folders it needs, and keeps the file's permissions.
     *
     * @throws FileProblem if that cannot be done, or something is there that is no file, such as a folder or a device;
     *     the file is as it was
     */
    public static void replace(Path file, byte[] bytes) throws FileProblem {
        try {
            replaceFile(followed(file), bytes);
        } catch (IOException e) {
            throw FileProblem.writing(file, e);
        }
    }

    // A temporary file would take the place of a link, and what it leads to would stay as it was.
    private static Path followed(Path file) throws IOException {
        Path target = file;
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MOST_LINKS) {
                throw new IOException("its links lead in a circle");
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    private static void replaceFile(Path file, byte[] bytes) throws IOException {
        // For root, a temporary file would take the place of a device too, be it /dev/null.
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(
                    (Files.isDirectory(file) ? "it is a folder" : "it is no regular file") + "; give another name");
        }
        // Not createTempFile, whose files only their owner can read.
        Path temporary = temporary(file);
        try {
            createFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
            Files.write(temporary, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            keepPermissions(file, temporary);
            move(temporary, file);
        } catch (IOException e) {
            delete(temporary, e);
            throw e;
        }
    }

    /** A name beside the file that nobody has taken, not even an earlier process of the same number. */
    private static Path temporary(Path file) {
        Path temporary;
        do {
            temporary = file.resolveSibling("." + file.getFileName() + "."
                    + ProcessHandle.current().pid() + "-" + WRITTEN.getAndIncrement() + ".part");
        } while (Files.exists(temporary, LinkOption.NOFOLLOW_LINKS));
        return temporary;
    }

    /**
     * Deletes what processes that were killed while they wrote some files left beside them.
     *
     * @throws FileProblem if that cannot be done
     */
    public static void deleteLeftovers(Collection<Path> files) throws FileProblem {
        Map<Path, Set<String>> byFolder = files.stream()
                .collect(Collectors.groupingBy(
                        file -> Objects.requireNonNull(file.toAbsolutePath().getParent()),
                        Collectors.mapping(file -> file.getFileName().toString(), Collectors.toSet())));
        for (Map.Entry<Path, Set<String>> entry : byFolder.entrySet()) {
            if (Files.isDirectory(entry.getKey())) {
                deleteLeftovers(entry.getKey(), entry.getValue());
            }
        }
    }

    /** A number may be that of a later process: in a container, every build may have the same. */
    private static boolean isWriting(long process, Path temporary) throws IOException {
        Optional<ProcessHandle> found = ProcessHandle.of(process);
        if (found.isEmpty()) {
            return false;
        }
        Instant written = Files.getLastModifiedTime(temporary).toInstant();
        // Starts are known to a hundredth of a second.
        return found.get()
                .info()
                .startInstant()
                .map(start -> written.isAfter(start.minusSeconds(1)))
                .orElse(true);
    }

    private static void deleteLeftovers(Path folder, Collection<String> names) throws FileProblem {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder, ".*.part")) {
            for (Path child : children) {
                Matcher name = TEMPORARY.matcher(child.getFileName().toString());
                if (name.matches()
                        && names.contains(name.group(1))
                        && !isWriting(Long.parseLong(name.group(2)), child)) {
                    Files.deleteIfExists(child);
                }
            }
        } catch (IOException e) {
            throw FileProblem.writing(folder, e);
        }
    }

    private static void createFolder(Path folder) throws IOException {
        // JDK 17 does not take a link to a folder for one.
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
        }
    }

    private static void keepPermissions(Path from, Path to) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(from, PosixFileAttributeView.class);
        if (view != null && Files.exists(from)) {
            Files.setPosixFilePermissions(to, view.readAttributes().permissions());
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void delete(Path temporary, IOException failure) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
