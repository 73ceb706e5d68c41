package org.espalier.runtime.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.weights.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * Keeps files for one training run: another one that claims one of them meanwhile is refused, in this process or in
 * another. Beside each file lies {@code .name.espalier.lock} with the number of the run's process, on which the run has
 * a lock; the system takes it from a run that is killed, so what such a run leaves stops nobody.
 */
public final class FileClaims {
    /** Files that runs of this process have. Where there are no locks, these at least are known. */
    private static final Set<Path> CLAIMED = ConcurrentHashMap.newKeySet();

    /** Behind the process's number, which on Windows could not be read if it were locked. */
    private static final long LOCKED_BYTE = 1 << 10;

    private final List<Claim> claims = new ArrayList<>();

    private FileClaims() {}

    /**
     * Claims files, and makes their folders.
     *
     * @throws IllegalStateException if another run has one of them
     * @throws UncheckedIOException if a folder cannot be made or written to
     */
    public static FileClaims of(List<Path> files) {
        FileClaims claims = new FileClaims();
        try {
            for (Path file : files) {
                claims.add(file);
            }
            return claims;
        } catch (IOException failure) {
            claims.release();
            throw new UncheckedIOException("cannot write to " + files + ": " + failure, failure);
        } catch (RuntimeException | Error failure) {
            claims.release();
            throw failure;
        }
    }

    private void add(Path file) throws IOException {
        Path real = real(file);
        if (claims.stream().anyMatch(claim -> claim.file.equals(real))) {
            return;
        }
        if (!CLAIMED.add(real)) {
            throw taken(file, "this process");
        }
        Claim claim = new Claim(real);
        claims.add(claim);
        if (!claim.lock()) {
            throw taken(file, claim.owner());
        }
    }

    private static IllegalStateException taken(Path file, String owner) {
        return new IllegalStateException(file + " is being written by another training run, of " + owner
                + "; wait until that ends, or give this one a file of its own");
    }

    /** One name for one file, whatever links lead to it. */
    private static Path real(Path file) throws IOException {
        Path given = file.toAbsolutePath();
        if (given.getParent() == null || given.getFileName() == null) {
            throw new IOException(file + " is not the name of a file");
        }
        Files.createDirectories(given.getParent());
        return Files.exists(given)
                ? given.toRealPath()
                : given.getParent().toRealPath().resolve(given.getFileName());
    }

    /** Lets others have the files. */
    public void release() {
        claims.forEach(Claim::release);
        claims.clear();
    }

    private static final class Claim {
        final Path file;
        private final Path lockFile;
        private @Nullable FileChannel channel;

        Claim(Path file) {
            this.file = file;
            this.lockFile = file.resolveSibling("." + file.getFileName() + ".espalier.lock");
        }

        /** Returns whether it has the lock, or could have it if the file system had locks. */
        boolean lock() throws IOException {
            while (true) {
                FileChannel opened = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (!tryLock(opened)) {
                    opened.close();
                    return false;
                }
                // Who had it before may have removed the file since it was opened: then nobody would see the lock.
                if (Files.exists(lockFile)) {
                    channel = opened;
                    sign(opened);
                    return true;
                }
                opened.close();
            }
        }

        private static boolean tryLock(FileChannel opened) {
            try {
                FileLock lock = opened.tryLock(LOCKED_BYTE, 1, false);
                return lock != null;
            } catch (OverlappingFileLockException ofAnotherClassLoader) {
                return false;
            } catch (IOException unsupported) {
                // There are file systems without locks, and training must be possible there; runs of this process are
                // told apart all the same.
                return true;
            }
        }

        private static void sign(FileChannel opened) throws IOException {
            byte[] process = String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            opened.truncate(0).write(ByteBuffer.wrap(process));
        }

        String owner() {
            try {
                return "process " + Excerpt.of(Files.readString(lockFile, StandardCharsets.ISO_8859_1));
            } catch (IOException ended) {
                return "another process";
            }
        }

        void release() {
            try {
                if (channel != null) {
                    // While it is still locked: afterwards it may be another's.
                    Files.deleteIfExists(lockFile);
                    channel.close();
                }
            } catch (IOException leftBehind) {
                // One file too many; the lock itself ends with this process at the latest.
                return;
            } finally {
                CLAIMED.remove(file);
            }
        }
    }
}
