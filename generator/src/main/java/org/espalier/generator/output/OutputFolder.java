package org.espalier.generator.output;

import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.espalier.generator.emit.GeneratedSource;

/**
 * A folder of generated sources with the manifest that tells its generated files from others. Not for two processes at
 * a time.
 */
public final class OutputFolder {
    private final Path root;
    private final Path manifestFile;
    private final Charset encoding;

    /**
     * A folder, which need not exist yet.
     *
     * @param root of the packages
     * @param manifest file that remembers what was written and from what
     * @param encoding of the sources; characters that it lacks are written as Java's Unicode escapes
     */
    public OutputFolder(Path root, Path manifest, Charset encoding) {
        this.root = root.toAbsolutePath().normalize();
        this.manifestFile = manifest;
        this.encoding = encoding;
    }

    /**
     * What the files were last made from.
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

    /** What the folder was last made from; {@link Origin#UNKNOWN} if any of its files is not as it was written. */
    public Origin origin() throws IOException {
        Manifest manifest = Manifest.read(manifestFile);
        return holds(manifest.outputs()) ? new Origin(manifest.inputs(), manifest.imports()) : Origin.UNKNOWN;
    }

    /**
     * Makes the folder hold these sources, and of those that it held before no others. A file whose bytes are right is
     * not touched, so that compilers and IDEs see no change; files that were not generated here stay.
     *
     * @return the files that were written or deleted
     */
    public List<Path> update(List<GeneratedSource> sources, Origin origin) throws IOException {
        Manifest last = Manifest.read(manifestFile);
        SortedMap<String, byte[]> files = new TreeMap<>();
        sources.forEach(source -> files.put(source.path(), encode(source.text())));
        if (files.isEmpty() && last.outputs().isEmpty()) {
            Files.deleteIfExists(manifestFile);
            return List.of();
        }
        SortedMap<String, String> outputs = new TreeMap<>();
        files.forEach((path, bytes) -> outputs.put(path, Digest.of(bytes)));

        // Were this to break off between two files, the next time must know all that may have been written.
        SortedMap<String, String> possible = new TreeMap<>(last.outputs());
        possible.putAll(outputs);
        new Manifest("", new TreeMap<>(), possible).write(manifestFile);

        Set<String> gone = new TreeSet<>(last.outputs().keySet());
        gone.removeAll(outputs.keySet());
        List<Path> changed = new ArrayList<>(write(files));
        changed.addAll(delete(gone));

        new Manifest(origin.inputs(), new TreeMap<>(origin.imports()), outputs).write(manifestFile);
        return List.copyOf(changed);
    }

    private List<Path> write(Map<String, byte[]> files) throws IOException {
        List<Path> written = new ArrayList<>();
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            Path file = resolve(entry.getKey());
            if (!Arrays.equals(bytesOf(file), entry.getValue())) {
                AtomicFile.replace(file, entry.getValue());
                written.add(file);
            }
        }
        return written;
    }

    private List<Path> delete(Set<String> paths) throws IOException {
        List<Path> deleted = new ArrayList<>();
        for (String path : paths) {
            Path file = resolve(path);
            if (Files.deleteIfExists(file)) {
                deleted.add(file);
            }
            deleteEmptyFolders(Objects.requireNonNull(file.getParent()));
        }
        return deleted;
    }

    private boolean holds(Map<String, String> digests) throws IOException {
        for (Map.Entry<String, String> entry : digests.entrySet()) {
            if (!Digest.of(bytesOf(resolve(entry.getKey()))).equals(entry.getValue())) {
                return false;
            }
        }
        return true;
    }

    private Path resolve(String path) throws IOException {
        Path file = root.resolve(path).normalize();
        if (!file.startsWith(root) || file.equals(root)) {
            throw new IOException("expected a path within " + root + " and found '" + path + "' in " + manifestFile);
        }
        return file;
    }

    /** The content of a file, empty if there is none: no generated file is empty. */
    private static byte[] bytesOf(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }

    private void deleteEmptyFolders(Path folder) throws IOException {
        Path empty = folder;
        while (!empty.equals(root) && empty.startsWith(root) && isEmpty(empty)) {
            Files.delete(empty);
            empty = Objects.requireNonNull(empty.getParent());
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.findAny().isEmpty();
        }
    }

    private byte[] encode(String text) {
        CharsetEncoder encoder = encoding.newEncoder();
        if (encoder.canEncode(text)) {
            return text.getBytes(encoding);
        }
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (encoder.canEncode(CharBuffer.wrap(new char[] {character}))) {
                escaped.append(character);
            } else {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) character));
            }
        }
        return escaped.toString().getBytes(encoding);
    }
}
