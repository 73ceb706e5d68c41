package org.espalier.generator.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was read and written last.
 *
 * @param inputs digest of everything but imported files
 * @param imports digest of each file imported from a library, by its path there
 * @param outputs digest of each written file, by its path in the output folder, with forward slashes
 */
record Manifest(String inputs, SortedMap<String, String> imports, SortedMap<String, String> outputs) {
    private static final String HEADER = "# What Espalier read and generated: kind, SHA-256, path.\n";

    /** Copies the maps. */
    Manifest {
        imports = Collections.unmodifiableSortedMap(new TreeMap<>(imports));
        outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    }

    /** A manifest on disk, one of nothing if there is none. What another version wrote differently is passed over. */
    static Manifest read(Path file) throws IOException {
        String inputs = "";
        SortedMap<String, String> imports = new TreeMap<>();
        SortedMap<String, String> outputs = new TreeMap<>();
        for (String line : lines(file)) {
            // The path comes last, so that it may contain spaces.
            String[] parts = line.split(" ", 3);
            if (parts.length == 3 && parts[0].equals("inputs")) {
                inputs = parts[1];
            } else if (parts.length == 3 && parts[0].equals("import")) {
                imports.put(parts[2], parts[1]);
            } else if (parts.length == 3 && parts[0].equals("output")) {
                outputs.put(parts[2], parts[1]);
            }
        }
        return new Manifest(inputs, imports, outputs);
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readString(file).lines().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Writes it in place of the one before. */
    void write(Path file) throws IOException {
        StringBuilder text = new StringBuilder(HEADER);
        append(text, "inputs", inputs, ".");
        imports.forEach((path, digest) -> append(text, "import", digest, path));
        outputs.forEach((path, digest) -> append(text, "output", digest, path));
        AtomicFile.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void append(StringBuilder text, String kind, String digest, String path) {
        text.append(kind).append(' ').append(digest).append(' ').append(path).append('\n');
    }
}
