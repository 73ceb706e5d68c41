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
import org.espalier.generator.source.FileProblem;

/**
 * Record of what was read and written last, with digests.
 *
 * @param folder the output folder, by its path from the manifest's, with forward slashes
 * @param inputs digest of everything but imported files
 * @param imports digest of each file imported from a library, by its path there
 * @param outputs each written file, by its path in the output folder, with forward slashes
 */
record Manifest(String folder, String inputs, SortedMap<String, String> imports, SortedMap<String, Output> outputs) {
    private static final String HEADER = "# What Espalier read and generated: kind, SHA-256, path.\n";
    private static final String NONE = "-";

    /**
     * A written file.
     *
     * @param digest of its bytes
     * @param specification the file that it was made from, by its path from the output folder; empty if nobody asks
     */
    record Output(String digest, String specification) {}

    /** Copies the maps. */
    Manifest {
        imports = Collections.unmodifiableSortedMap(new TreeMap<>(imports));
        outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    }

    /**
     * A manifest on disk, one of nothing if there is none. Lines that are damaged, or that another version wrote, are
     * passed over.
     */
    static Manifest read(Path file) throws FileProblem {
        String folder = "";
        String inputs = "";
        SortedMap<String, String> imports = new TreeMap<>();
        SortedMap<String, Output> outputs = new TreeMap<>();
        for (String line : lines(file)) {
            // The path comes last, so that it may contain spaces.
            String[] parts = line.split(" ", 3);
            if (parts.length < 3) {
                continue;
            }
            switch (parts[0]) {
                case "folder" -> folder = parts[2];
                case "inputs" -> inputs = parts[1];
                case "import" -> imports.put(parts[2], parts[1]);
                case "output" -> {
                    String[] paths = parts[2].split("\t", 2);
                    outputs.put(paths[0], new Output(parts[1], paths.length == 2 ? paths[1] : ""));
                }
                default -> {}
            }
        }
        return new Manifest(folder, inputs, imports, outputs);
    }

    private static List<String> lines(Path file) throws FileProblem {
        try {
            // Not readString, which throws for what is no UTF-8.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
    }

    /** Writes it in place of the one before. */
    void write(Path file) throws FileProblem {
        StringBuilder text = new StringBuilder(HEADER);
        append(text, "folder", NONE, folder);
        append(text, "inputs", inputs, ".");
        imports.forEach((path, digest) -> append(text, "import", digest, path));
        outputs.forEach((path, output) -> append(
                text,
                "output",
                output.digest(),
                output.specification().isEmpty() ? path : path + "\t" + output.specification()));
        AtomicWrite.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void append(StringBuilder text, String kind, String digest, String path) {
        text.append(kind).append(' ').append(digest).append(' ').append(path).append('\n');
    }
}
