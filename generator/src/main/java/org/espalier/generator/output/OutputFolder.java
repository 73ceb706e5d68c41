package org.espalier.generator.output;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.espalier.generator.output.Manifest.Output;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.target.GeneratedSource;

/**
 * A folder of generated sources with the manifest that tells its generated files from others. Files that Espalier did
 * not write are neither overwritten nor deleted: those without its first line, unless their bytes are those that it
 * wrote last. Not for two processes at a time.
 */
public final class OutputFolder {
    private final Path given;
    private final Path root;
    private final Path manifestFile;
    private final Charset encoding;
    private final Ownership ownership;

    /**
     * A folder, which need not exist yet.
     *
     * @param root of the packages
     * @param manifest file that remembers what was written and from what. Manifests of one folder of manifests know of
     *     each other: what one of them has is not deleted for another.
     * @param encoding of the sources; characters that it lacks are written as Java's Unicode escapes
     */
    public OutputFolder(Path root, Path manifest, Charset encoding) {
        this.given = root;
        this.root = root.toAbsolutePath().normalize();
        this.manifestFile = manifest.toAbsolutePath().normalize();
        this.encoding = encoding;
        this.ownership = new Ownership(this.root, encoding);
    }

    /**
     * Digests of what the files were last made from.
     *
     * @param inputs digest of everything but imported files: specifications, parameters, the tool
     * @param imports digest of each file imported from a library, by its path there
     */
    public record Origin(String inputs, Map<String, String> imports) {
        /** Nothing that could be met again. */
        public static final Origin UNKNOWN = new Origin("", Map.of());

        /** Copies the map. */
        public Origin {
            imports = Map.copyOf(imports);
        }
    }

    /**
     * Returns what the folder was last made from; {@link Origin#UNKNOWN} if any of its files is not as it was written.
     *
     * @throws FileProblem if that cannot be read
     */
    public Origin origin() throws FileProblem {
        Manifest manifest = Manifest.read(manifestFile);
        return holds(manifest.outputs()) ? new Origin(manifest.inputs(), manifest.imports()) : Origin.UNKNOWN;
    }

    /** The files that were written last, by their path in the folder, each with the digest of its bytes. */
    public Map<String, String> outputs() throws FileProblem {
        Map<String, String> digests = new TreeMap<>();
        Manifest.read(manifestFile).outputs().forEach((path, output) -> digests.put(path, output.digest()));
        return digests;
    }

    /**
     * Makes the folder hold these sources, and of those that it held before no others. A file whose bytes are right is
     * not touched, so that compilers and IDEs see no change; files that were not generated here stay.
     *
     * @return the files that were written or deleted
     * @throws FileProblem if two sources have one path, but for its case, or a file that Espalier did not write is in
     *     the way, and nothing is written; or if a file cannot be read, written or deleted
     */
    public List<Path> update(List<GeneratedSource> sources, Origin origin) throws FileProblem {
        Map<GeneratedSource, String> specifications = new LinkedHashMap<>();
        sources.forEach(source -> specifications.put(source, ""));
        return update(specifications, origin, output -> true);
    }

    /**
     * Makes the folder hold what some specifications say, and leaves what others said as long as these are there.
     *
     * @param sources the generated sources, each with the specification that it was made from
     * @param specifications everything that was compiled, also what has no network
     * @return the files that were written or deleted
     * @throws FileProblem as above
     */
    public List<Path> updateFrom(Map<GeneratedSource, Path> sources, Collection<Path> specifications)
            throws FileProblem {
        Set<Path> compiled = specifications.stream().map(OutputFolder::absolute).collect(Collectors.toSet());
        Map<GeneratedSource, String> named = new LinkedHashMap<>();
        sources.forEach((source, specification) -> named.put(source, relative(root, absolute(specification))));
        return update(named, Origin.UNKNOWN, output -> {
            Path specification = root.resolve(output.specification()).normalize();
            return compiled.contains(specification) || Files.notExists(specification);
        });
    }

    private List<Path> update(Map<GeneratedSource, String> sources, Origin origin, Predicate<Output> isGone)
            throws FileProblem {
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new FileProblem("expected an output folder and found a file: " + given);
        }
        refuseTwoOfOnePath(sources.keySet());
        Manifest last = Manifest.read(manifestFile);
        SortedMap<String, byte[]> files = new TreeMap<>();
        SortedMap<String, Output> outputs = new TreeMap<>();
        sources.forEach((source, specification) -> {
            byte[] bytes = encode(source.text());
            files.put(source.path(), bytes);
            outputs.put(source.path(), new Output(Digest.of(bytes), specification));
        });
        if (files.isEmpty() && last.outputs().isEmpty()) {
            OutputFiles.delete(manifestFile);
            return List.of();
        }
        refuseForeign(files, last);

        Set<String> gone = new TreeSet<>();
        last.outputs().forEach((path, output) -> {
            if (!files.containsKey(path) && isGone.test(output)) {
                gone.add(path);
            } else {
                outputs.putIfAbsent(path, output);
            }
        });

        // Were this to break off between two files, the next time must know all that may have been written.
        SortedMap<String, Output> possible = new TreeMap<>(last.outputs());
        possible.putAll(outputs);
        String folder = relative(Objects.requireNonNull(manifestFile.getParent()), root);
        AtomicWrite.deleteLeftovers(withManifest(possible.keySet()));
        new Manifest(folder, "", new TreeMap<>(), possible).write(manifestFile);

        gone.removeAll(claimedByOthers());
        // Where names differ by their case alone, they may be one file: so it goes before it comes back.
        Set<String> coming =
                files.keySet().stream().map(OutputFolder::withoutCase).collect(Collectors.toSet());
        List<String> renamed =
                gone.stream().filter(path -> coming.contains(withoutCase(path))).toList();
        List<Path> changed = new ArrayList<>(delete(renamed, last));
        changed.addAll(write(files));
        renamed.forEach(gone::remove);
        changed.addAll(delete(gone, last));

        new Manifest(folder, origin.inputs(), new TreeMap<>(origin.imports()), outputs).write(manifestFile);
        return List.copyOf(changed);
    }

    private static void refuseTwoOfOnePath(Collection<GeneratedSource> sources) throws FileProblem {
        Map<String, GeneratedSource> byPath = new HashMap<>();
        for (GeneratedSource source : sources) {
            GeneratedSource other = byPath.putIfAbsent(withoutCase(source.path()), source);
            if (other != null) {
                String paths = other.path().equals(source.path())
                        ? other.path()
                        : other.path() + " and " + source.path() + ", which may be one file";
                throw new FileProblem("networks " + other.network() + " and " + source.network() + " would both become "
                        + paths + ": rename one of them");
            }
        }
    }

    /** Looks at every file before the first is written. */
    private void refuseForeign(SortedMap<String, byte[]> files, Manifest last) throws FileProblem {
        List<String> foreign = new ArrayList<>();
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            String path = entry.getKey();
            ownership
                    .obstacle(resolve(path), entry.getValue(), last.outputs().get(path))
                    .ifPresent(obstacle ->
                            foreign.add(given.resolve(root.relativize(obstacle)).toString()));
        }
        if (!foreign.isEmpty()) {
            throw new FileProblem("Espalier did not write " + String.join(", ", foreign)
                    + (foreign.size() == 1
                            ? " and does not overwrite it: move it"
                            : " and does not overwrite them: move them")
                    + " out of the output folder, or rename the network");
        }
    }

    /**
     * Collects the files that other manifests beside this one have in the same folder: those of other executions of a
     * build.
     */
    private Set<String> claimedByOthers() throws FileProblem {
        if (!manifestFile.toString().endsWith(".manifest")) {
            return Set.of();
        }
        Set<String> claimed = new TreeSet<>();
        Path folder = Objects.requireNonNull(manifestFile.getParent());
        try (DirectoryStream<Path> manifests = Files.newDirectoryStream(folder, "*.manifest")) {
            for (Path other : manifests) {
                Manifest manifest = Manifest.read(other);
                if (!other.equals(manifestFile)
                        && !manifest.folder().isEmpty()
                        && folder.resolve(manifest.folder()).normalize().equals(root)) {
                    claimed.addAll(manifest.outputs().keySet());
                }
            }
        } catch (IOException e) {
            throw FileProblem.reading(folder, e);
        }
        return claimed;
    }

    private List<Path> write(Map<String, byte[]> files) throws FileProblem {
        List<Path> written = new ArrayList<>();
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            Path file = resolve(entry.getKey());
            if (!Arrays.equals(OutputFiles.bytesOf(file), entry.getValue())) {
                AtomicWrite.replace(file, entry.getValue());
                written.add(file);
            }
        }
        return written;
    }

    /** Deletes files that are still Espalier's, and the folders that this leaves empty. */
    private List<Path> delete(Collection<String> paths, Manifest last) throws FileProblem {
        List<Path> deleted = new ArrayList<>();
        for (String path : paths) {
            Path file = resolve(path);
            if (ownership.wrote(file, last.outputs().get(path)) && OutputFiles.delete(file)) {
                deleted.add(file);
            }
            OutputFiles.deleteEmptyFolders(Objects.requireNonNull(file.getParent()), root);
        }
        return deleted;
    }

    private boolean holds(Map<String, Output> outputs) throws FileProblem {
        for (Map.Entry<String, Output> entry : outputs.entrySet()) {
            if (!Digest.of(OutputFiles.bytesOf(resolve(entry.getKey())))
                    .equals(entry.getValue().digest())) {
                return false;
            }
        }
        return true;
    }

    private Path resolve(String path) throws FileProblem {
        try {
            Path file = root.resolve(path).normalize();
            if (file.startsWith(root) && !file.equals(root)) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw FileProblem.naming(e);
        }
        throw new FileProblem("expected a path within " + root + " and found '" + path + "' in " + manifestFile
                + ", which is damaged: delete it");
    }

    private List<Path> withManifest(Collection<String> paths) throws FileProblem {
        List<Path> files = new ArrayList<>(List.of(manifestFile));
        for (String path : paths) {
            files.add(resolve(path));
        }
        return files;
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /** With forward slashes; absolute if no path leads from one to the other. */
    private static String relative(Path from, Path to) {
        Path path = Objects.equals(from.getRoot(), to.getRoot()) ? from.relativize(to) : to;
        return path.toString().replace(path.getFileSystem().getSeparator(), "/");
    }

    private static String withoutCase(String path) {
        return path.toLowerCase(Locale.ROOT);
    }

    private byte[] encode(String text) {
        if (isKept(text)) {
            return text.getBytes(encoding);
        }
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            String character = text.substring(i, i + 1);
            escaped.append(isKept(character) ? character : String.format(Locale.ROOT, "\\u%04x", (int) text.charAt(i)));
        }
        return escaped.toString().getBytes(encoding);
    }

    /**
     * Tells whether javac will read what is written: some encodings write a yen sign as what they read as a backslash.
     */
    private boolean isKept(String text) {
        return encoding.newEncoder().canEncode(text) && new String(text.getBytes(encoding), encoding).equals(text);
    }
}
