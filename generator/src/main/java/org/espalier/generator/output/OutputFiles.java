package org.espalier.generator.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.espalier.generator.source.FileProblem;

/** Reads and deletes files of an output folder. */
final class OutputFiles {
    private OutputFiles() {}

    /** The content of a file, empty if there is none: no generated file is empty. */
    static byte[] bytesOf(Path file) throws FileProblem {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new byte[0];
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
    }

    /** Deletes a file, if it is there. */
    static boolean delete(Path file) throws FileProblem {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            throw FileProblem.writing(file, e);
        }
    }

    /** Deletes a folder if it is empty, and then those that it lies in, but not the root. */
    static void deleteEmptyFolders(Path folder, Path root) throws FileProblem {
        Path empty = folder;
        while (!empty.equals(root) && empty.startsWith(root) && isEmpty(empty)) {
            delete(empty);
            empty = Objects.requireNonNull(empty.getParent());
        }
    }

    private static boolean isEmpty(Path folder) throws FileProblem {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.findAny().isEmpty();
        } catch (IOException e) {
            throw FileProblem.reading(folder, e);
        }
    }
}
