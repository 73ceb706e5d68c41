package org.espalier.generator.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.espalier.generator.source.FileProblem;

/**
 * A folder under version control that holds what the compiler made of networks when somebody last looked at it. A
 * review then shows what a change of a specification, or of the compiler, does to the code. Files are UTF-8 with
 * {@code \n} between lines; {@code \r\n} in them counts as that, since version control may write it.
 */
public final class GoldenFolder {
    private final Path root;
    private final Set<String> extensions;

    /**
     * A folder, which need not exist yet.
     *
     * @param extensions ends of the names of its files, {@code .java}; others in the folder are left alone
     */
    public GoldenFolder(Path root, Set<String> extensions) {
        this.root = root.toAbsolutePath().normalize();
        this.extensions = Set.copyOf(extensions);
    }

    /**
     * A file that is not as expected.
     *
     * @param file where it is, or should be
     * @param golden what it says; empty if it is not there
     * @param actual what it should say; empty if no network makes it any more
     */
    public record Difference(Path file, Optional<String> golden, Optional<String> actual) {}

    /**
     * Begins the text of a file that is not Java, so that it is known as one that Espalier wrote.
     *
     * @param specification the name of the file that it was made from
     */
    public static String header(String specification) {
        return Ownership.HEADER + specification + ".\n";
    }

    /**
     * Compares the folder with what the compiler makes now.
     *
     * @param expected texts by their paths in the folder, with slashes
     * @return the files that differ, are missing, or belong to no network any more, by their paths
     * @throws FileProblem if the folder cannot be read
     */
    public List<Difference> differences(Map<String, String> expected) throws FileProblem {
        Map<Path, Optional<String>> actual = new TreeMap<>();
        expected.forEach((path, text) -> actual.put(root.resolve(path), Optional.of(text)));
        for (Path file : written()) {
            actual.putIfAbsent(file, Optional.empty());
        }
        List<Difference> differences = new ArrayList<>();
        for (Map.Entry<Path, Optional<String>> entry : actual.entrySet()) {
            Optional<String> golden = read(entry.getKey());
            if (!golden.map(GoldenFolder::unix).equals(entry.getValue().map(GoldenFolder::unix))) {
                differences.add(new Difference(entry.getKey(), golden, entry.getValue()));
            }
        }
        return differences;
    }

    /**
     * Makes the folder what the compiler makes now.
     *
     * @param differences what was found to differ
     * @throws FileProblem if a file was not written by Espalier, or cannot be written; no file is changed then, unless
     *     the disk fails half way
     */
    public void update(List<Difference> differences) throws FileProblem {
        Ownership ownership = new Ownership(root, StandardCharsets.UTF_8);
        for (Difference difference : differences) {
            byte[] bytes = difference.actual().orElse("").getBytes(StandardCharsets.UTF_8);
            Optional<Path> obstacle = ownership.obstacle(difference.file(), bytes, null);
            if (obstacle.isPresent()) {
                throw new FileProblem("expected a golden file, or none, and found " + obstacle.get()
                        + ", which Espalier did not write; move it elsewhere");
            }
        }
        for (Difference difference : differences) {
            if (difference.actual().isPresent()) {
                AtomicWrite.replace(difference.file(), difference.actual().get().getBytes(StandardCharsets.UTF_8));
            } else {
                OutputFiles.delete(difference.file());
                OutputFiles.deleteEmptyFolders(
                        Objects.requireNonNull(difference.file().getParent()), root);
            }
        }
    }

    /** The files in the folder that Espalier wrote. */
    private List<Path> written() throws FileProblem {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        Ownership ownership = new Ownership(root, StandardCharsets.UTF_8);
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> extensions.stream()
                            .anyMatch(extension -> file.getFileName().toString().endsWith(extension)))
                    .toList();
        } catch (IOException e) {
            throw FileProblem.reading(root, e);
        }
        List<Path> written = new ArrayList<>();
        for (Path file : files) {
            if (ownership.wrote(file, null)) {
                written.add(file);
            }
        }
        return written;
    }

    private static Optional<String> read(Path file) throws FileProblem {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        return Optional.of(new String(OutputFiles.bytesOf(file), StandardCharsets.UTF_8));
    }

    private static String unix(String text) {
        return text.replace("\r\n", "\n");
    }
}
