package org.espalier.generator.source;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Lists the files of source folders. A folder that cannot be read is an error and not an empty one. */
public final class SourceFolder {
    private SourceFolder() {}

    /**
     * Looks up what lies at a path.
     *
     * @return nothing if nothing does
     * @throws FileProblem if it cannot be told, or a link leads nowhere
     */
    public static Optional<BasicFileAttributes> lookUp(Path path) throws FileProblem {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
        } catch (NoSuchFileException e) {
            if (Files.isSymbolicLink(path)) {
                throw FileProblem.reading(path, e);
            }
            return Optional.empty();
        } catch (IOException e) {
            if (fileAbove(path).isPresent()) {
                return Optional.empty();
            }
            throw FileProblem.reading(path, e);
        }
    }

    /**
     * Checks that a folder is there.
     *
     * @return false if nothing is
     * @throws FileProblem if something else is, or it cannot be told
     */
    public static boolean exists(Path folder) throws FileProblem {
        Optional<BasicFileAttributes> found = lookUp(folder);
        Optional<Path> file = found.isEmpty() ? fileAbove(folder) : Optional.empty();
        if (file.isPresent()) {
            throw new FileProblem("expected the folder " + folder + " and found a file: " + file.get());
        }
        if (found.isPresent() && !found.get().isDirectory()) {
            throw new FileProblem("expected a folder and found a file: " + folder);
        }
        return found.isPresent();
    }

    /** A file in the place of a folder that a path leads through. */
    private static Optional<Path> fileAbove(Path file) {
        for (Path above = file.getParent(); above != null; above = above.getParent()) {
            if (Files.isRegularFile(above)) {
                return Optional.of(above);
            }
        }
        return Optional.empty();
    }

    /**
     * The files below a folder, by name, behind links too. Left out are those whose names begin with a dot, which
     * editors and file managers leave behind, and what is no file, such as a pipe.
     *
     * @param folder an existing folder
     * @throws FileProblem if the folder or one below it cannot be read, or links lead round in a circle
     */
    public static List<Path> files(Path folder) throws FileProblem {
        return sorted(list(folder).found);
    }

    /**
     * Those of the files that are wanted, none of which is left out in silence: something else in the place of one,
     * such as a pipe, is an error, and so is a folder that is named like one and has none below it.
     *
     * @param folder an existing folder
     * @param ending of their names, by which a folder is known to be named like a file
     * @param wanted tells whether a path is one of those looked for
     * @throws FileProblem if the folder or one below it cannot be read, or if there is no file where one is wanted
     */
    public static List<Path> files(Path folder, String ending, Predicate<Path> wanted) throws FileProblem {
        Lister all = list(folder);
        for (Path other : all.others) {
            if (wanted.test(other)) {
                throw new FileProblem("expected a file and found a pipe or a device: " + other);
            }
        }
        List<Path> files = sorted(all.found).stream().filter(wanted).toList();
        for (Path below : all.folders) {
            boolean isNamedLikeAFile = !below.equals(folder) && below.toString().endsWith(ending);
            if (isNamedLikeAFile && wanted.test(below) && files.stream().noneMatch(file -> file.startsWith(below))) {
                throw new FileProblem("expected a file and found a folder without any " + ending + " file: " + below);
            }
        }
        return files;
    }

    private static Lister list(Path folder) throws FileProblem {
        Lister lister = new Lister();
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, lister);
        } catch (IOException e) {
            throw FileProblem.reading(folder, e);
        }
        return lister;
    }

    private static List<Path> sorted(List<Path> files) {
        return files.stream().sorted(Comparator.comparing(Path::toString)).toList();
    }

    /** Each file once, however many paths and links lead to it, by the first of its paths. */
    public static List<Path> distinct(Collection<Path> files) throws FileProblem {
        Map<Path, Path> byRealPath = new LinkedHashMap<>();
        for (Path file : files) {
            byRealPath.putIfAbsent(realPath(file), file);
        }
        return List.copyOf(byRealPath.values());
    }

    private static Path realPath(Path file) throws FileProblem {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            if (Files.exists(file)) {
                // A pipe, such as /dev/stdin.
                return file.toAbsolutePath().normalize();
            }
            throw FileProblem.reading(file, e);
        }
    }

    private static final class Lister extends SimpleFileVisitor<Path> {
        private final List<Path> found = new ArrayList<>();
        private final List<Path> others = new ArrayList<>();
        private final List<Path> folders = new ArrayList<>();

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isHidden(file)) {
                // A link here is one that leads nowhere. Reading it will say so, if anybody wants to read it.
                (attributes.isOther() ? others : found).add(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            throw FileProblem.reading(file, failure);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw FileProblem.reading(folder, failure);
            }
            folders.add(folder);
            return FileVisitResult.CONTINUE;
        }

        private static boolean isHidden(Path file) {
            return file.getFileName().toString().startsWith(".");
        }
    }
}
