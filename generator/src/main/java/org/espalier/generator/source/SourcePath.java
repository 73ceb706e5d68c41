package org.espalier.generator.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Search path of specifications: source folders, and libraries (jars or folders of classes) that publish theirs under
 * {@code META-INF/net}.
 *
 * <p>An import is looked for beside the file that imports it, then in the source folders, then in the libraries, in
 * their order. It names a {@code .net} file with forward slashes and never leads out of those folders. Files of a
 * library find only libraries, and are UTF-8 whatever the encoding here.
 *
 * <p>Each file is read once: two imports of one file give the same {@link SourceFile}.
 */
public final class SourcePath implements ImportResolver {
    /** The folder of libraries in which they publish specifications. */
    public static final String LIBRARY_FOLDER = "META-INF/net/";

    /** Libraries that are found when an import is first looked for in one. */
    @FunctionalInterface
    public interface Libraries {
        /**
         * Jars and folders of classes; what is neither holds nothing.
         *
         * @throws IOException if they cannot be had
         */
        List<Path> find() throws IOException;
    }

    private final List<Path> folders;
    private final Libraries libraries;
    private @Nullable List<Path> foundLibraries;
    private final Charset encoding;
    private final Path shownFrom;

    private final Map<Path, SourceFile> localFiles = new HashMap<>();
    private final Map<SourceFile, Path> localPaths = new HashMap<>();
    private final Map<String, SourceFile> libraryFiles = new HashMap<>();
    private final Map<SourceFile, String> libraryPaths = new HashMap<>();
    private final SortedMap<String, String> importedFromLibraries = new TreeMap<>();

    /**
     * A path to look along.
     *
     * @param folders source folders; those that do not exist hold nothing
     * @param libraries jars and folders of classes; what is neither holds nothing
     * @param encoding of the files in the source folders
     * @param shownFrom folder that file names in messages are relative to, where they are below it
     */
    public SourcePath(List<Path> folders, List<Path> libraries, Charset encoding, Path shownFrom) {
        this(folders, () -> libraries, encoding, shownFrom);
    }

    /** The same with libraries that take time to find. */
    public SourcePath(List<Path> folders, Libraries libraries, Charset encoding, Path shownFrom) {
        this.folders = folders.stream().map(SourcePath::absolute).toList();
        this.libraries = libraries;
        this.encoding = encoding;
        this.shownFrom = absolute(shownFrom);
    }

    /**
     * A file of the source folders, or any other.
     *
     * @throws FileProblem if it cannot be read
     */
    public SourceFile read(Path file) throws FileProblem {
        Path path = absolute(file);
        SourceFile known = localFiles.get(path);
        if (known != null) {
            return known;
        }
        // What the encoding cannot mean becomes U+FFFD, which the compiler reports where it stands.
        SourceFile read = new SourceFile(shown(path), new String(bytesOf(path), encoding));
        localFiles.put(path, read);
        localPaths.put(read, path);
        return read;
    }

    /**
     * Takes a text for that of a file, whatever the file holds and if there is none: an editor has changed it and has
     * not saved it yet. Must come before the file is read.
     *
     * @param text called as messages call the file
     */
    public void open(Path file, SourceFile text) {
        Path path = absolute(file);
        localFiles.put(path, text);
        localPaths.put(text, path);
    }

    private byte[] bytesOf(Path path) throws FileProblem {
        try (InputStream content = Files.newInputStream(path)) {
            return bytesOf(content);
        } catch (IOException e) {
            throw FileProblem.reading(shown(path), path, e);
        }
    }

    /** Reads a file's bytes, unless there are more than a file may have. */
    private static byte[] bytesOf(InputStream content) throws IOException {
        byte[] bytes = content.readNBytes(SourceFile.LARGEST + 1);
        if (bytes.length > SourceFile.LARGEST) {
            throw new IOException("it has more than the " + SourceFile.LARGEST + " bytes that are allowed");
        }
        return bytes;
    }

    /**
     * The file that an import means.
     *
     * @param importing a file that came from here
     * @param path what the import says, such as {@code blocks/unet.net}
     * @return nothing if there is no such file
     * @throws UncheckedIOException if there is one and it cannot be read, or if a place to look for it cannot be read
     */
    @Override
    public Optional<SourceFile> resolve(SourceFile importing, String path) {
        if (!path.endsWith(".net") || path.startsWith("/") || path.contains("\\") || path.contains("\0")) {
            return Optional.empty();
        }
        try {
            Path local = localPaths.get(importing);
            return local != null ? resolveLocal(local, path) : resolveInLibrary(importing, path);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (InvalidPathException e) {
            if (FileProblem.isEncodable(path)) {
                return Optional.empty();
            }
            FileProblem problem = FileProblem.naming(e);
            throw new UncheckedIOException(problem.getMessage(), problem);
        }
    }

    /** Returns the path of a file that came from here; empty for one of a library. */
    public Optional<Path> pathOf(SourceFile file) {
        return Optional.ofNullable(localPaths.get(file));
    }

    /** Returns the files imported from libraries so far: text by path below {@link #LIBRARY_FOLDER}. */
    public SortedMap<String, String> importedFromLibraries() {
        return Collections.unmodifiableSortedMap(importedFromLibraries);
    }

    /**
     * The text of a library's file, of the first library that has it.
     *
     * @param path below {@link #LIBRARY_FOLDER}
     */
    public Optional<String> readFromLibraries(String path) throws IOException {
        return find(path).map(Found::text);
    }

    private Optional<SourceFile> resolveLocal(Path importing, String path) throws IOException {
        List<Path> candidates = new ArrayList<>();
        candidates.add(importing.resolveSibling(path).normalize());
        folders.forEach(folder -> candidates.add(folder.resolve(path).normalize()));
        for (Path candidate : candidates) {
            boolean inside = folders.stream().anyMatch(candidate::startsWith);
            if (inside && (localFiles.containsKey(candidate) || isFile(candidate))) {
                return Optional.of(read(candidate));
            }
        }
        return readLibraryFile(path);
    }

    private Optional<SourceFile> resolveInLibrary(SourceFile importing, String path) throws IOException {
        String own = libraryPaths.getOrDefault(importing, "");
        String beside = own.substring(0, own.lastIndexOf('/') + 1) + path;
        Optional<SourceFile> found = readLibraryFile(beside);
        return found.isPresent() ? found : readLibraryFile(path);
    }

    private Optional<SourceFile> readLibraryFile(String path) throws IOException {
        String normal = Path.of(path).normalize().toString().replace('\\', '/');
        SourceFile known = libraryFiles.get(normal);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Found> found = normal.startsWith("..") ? Optional.empty() : find(normal);
        return found.map(file -> {
            SourceFile read = new SourceFile(file.name(), file.text());
            libraryFiles.put(normal, read);
            libraryPaths.put(read, normal);
            importedFromLibraries.put(normal, file.text());
            return read;
        });
    }

    private record Found(String name, String text) {}

    private Optional<Found> find(String path) throws IOException {
        if (foundLibraries == null) {
            foundLibraries = List.copyOf(libraries.find());
        }
        for (Path library : foundLibraries) {
            Optional<Found> found = isJar(library) ? findInJar(library, path) : findInFolder(library, path);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static boolean isFile(Path path) throws FileProblem {
        return SourceFolder.lookUp(path)
                .filter(BasicFileAttributes::isRegularFile)
                .isPresent();
    }

    private static boolean isJar(Path library) {
        return library.toString().endsWith(".jar") && Files.isRegularFile(library);
    }

    private Optional<Found> findInFolder(Path library, String path) throws FileProblem {
        Path file = absolute(library.resolve(LIBRARY_FOLDER).resolve(path));
        return isFile(file) ? Optional.of(new Found(shown(file), utf8(bytesOf(file)))) : Optional.empty();
    }

    private Optional<Found> findInJar(Path library, String path) throws FileProblem {
        try (ZipFile jar = new ZipFile(library.toFile())) {
            ZipEntry entry = jar.getEntry(LIBRARY_FOLDER + path);
            if (entry == null) {
                return Optional.empty();
            }
            try (InputStream content = jar.getInputStream(entry)) {
                return Optional.of(new Found(library.getFileName() + "!/" + entry.getName(), utf8(bytesOf(content))));
            }
        } catch (IOException e) {
            throw FileProblem.reading(shown(absolute(library)), library, e);
        }
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String shown(Path file) {
        Path name = file.startsWith(shownFrom) ? shownFrom.relativize(file) : file;
        return name.toString().replace(file.getFileSystem().getSeparator(), "/");
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }
}
