package org.espalier.runtime.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.weights.AtomicFile;
import org.espalier.weights.Excerpt;

/** Reads and writes whole files. */
public final class DataFiles {
    private DataFiles() {}

    /**
     * The file's content.
     *
     * @param expected what the file should be, for the message
     * @throws DataException if it is missing or cannot be read
     */
    public static byte[] read(Path file, String expected) {
        try (InputStream in = open(file, expected)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unreadable(file, expected, e);
        }
    }

    /**
     * Opens the file for reading.
     *
     * @param expected what the file should be, for the message
     * @throws DataException if it is missing or cannot be read
     */
    public static InputStream open(Path file, String expected) {
        requireFile(file, expected);
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw unreadable(file, expected, e);
        }
    }

    /**
     * Requires a file.
     *
     * @param expected what the file should be, for the message
     * @throws DataException if it is missing or no regular file
     */
    public static void requireFile(Path file, String expected) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file, expected, Files.exists(file) ? "no regular file" : "nothing there");
        }
    }

    /** The exception for a file that broke off or failed while it was read. */
    public static DataException unreadable(Path file, String expected, IOException cause) {
        return new DataException(file, expected, "a file that cannot be read (" + cause + ")", cause);
    }

    /**
     * Refuses to overwrite a file of another kind.
     *
     * @throws DataException if there is one
     */
    static void requireReplaceable(Path file, String kind, Predicate<byte[]> begins) {
        try {
            AtomicFile.requireReplaceable(file, kind, begins);
        } catch (IOException e) {
            throw new DataException(file, "a place to write to", "another file (" + e.getMessage() + ")", e);
        }
    }

    /**
     * Writes or replaces a file, whole or not at all, and makes its folders.
     *
     * @throws DataException if that fails
     */
    public static void write(Path file, byte[] content) {
        try {
            AtomicFile.write(file, content);
        } catch (IOException e) {
            throw new DataException(file, "a place to write to", e.toString(), e);
        }
    }

    /**
     * The PNG files of a folder, in the order of their names; other files, hidden ones and folders in it are left
     * alone.
     *
     * @throws DataException if it is no folder, or cannot be read
     */
    static List<Path> pngs(Path folder) {
        return files(folder, "a folder of PNG files", file -> hasEnding(file, ".png"));
    }

    /**
     * The PNG and JPEG files of a folder, in the order of their names; other files, hidden ones and folders in it are
     * left alone.
     *
     * @throws DataException if it is no folder, or cannot be read
     */
    static List<Path> pictures(Path folder) {
        return files(folder, "a folder of PNG or JPEG files", file -> hasEnding(file, ".png") || isJpeg(file));
    }

    /** Says what a folder holds instead of pictures: nothing, or how many files of which endings. */
    static String otherFiles(Path folder) {
        Map<String, Long> endings = files(folder, "a folder of PNG or JPEG files", file -> true).stream()
                .map(file -> name(file).replaceFirst("^[^.]*$|^.*(?=\\.)", ""))
                .collect(Collectors.groupingBy(ending -> ending, TreeMap::new, Collectors.counting()));
        return endings.isEmpty()
                ? "none"
                : endings.entrySet().stream()
                        .map(ending -> ending.getValue()
                                + (ending.getKey().isEmpty() ? " without ending" : " " + Excerpt.of(ending.getKey())))
                        .collect(Collectors.joining(", ", "other files: ", ""));
    }

    static boolean isJpeg(Path file) {
        return hasEnding(file, ".jpg") || hasEnding(file, ".jpeg");
    }

    private static List<Path> files(Path folder, String expected, Predicate<Path> wanted) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder, expected, Files.exists(folder) ? "a file" : "nothing there");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(wanted)
                    .filter(DataFiles::isShown)
                    .sorted(Comparator.comparing(DataFiles::name))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new DataException(folder, expected, "one that cannot be read (" + e + ")", e);
        }
    }

    /** A hidden file is no picture: macOS puts its own, {@code ._a.png}, beside each on drives of other systems. */
    private static boolean isShown(Path file) {
        return !name(file).startsWith(".") && !Files.isDirectory(file);
    }

    private static boolean hasEnding(Path file, String ending) {
        return name(file).toLowerCase(Locale.ROOT).endsWith(ending);
    }

    /** The name of a file or folder, without those that it is in. */
    static String name(Path file) {
        Path last = file.getFileName();
        return last == null ? "" : last.toString();
    }
}
