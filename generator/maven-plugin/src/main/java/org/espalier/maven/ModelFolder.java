package org.espalier.maven;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.espalier.generator.output.AtomicWrite;
import org.espalier.generator.output.Digest;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.SourceFolder;
import org.espalier.onnx.ImportOptions;
import org.espalier.onnx.ImportedNetwork;
import org.espalier.onnx.OnnxException;
import org.espalier.onnx.OnnxImport;
import org.espalier.weights.WeightsFileException;

/**
 * Imports a folder of ONNX models incrementally: a specification and a file of weights for each.
 *
 * @param models the folder; it need not exist
 * @param specifications where the specifications go
 * @param weights where the weights go
 * @param memory the file that remembers what was made of what
 * @param options without name and package, which follow from files and folders
 * @param tool the importer by name and version: outputs of another one are not up to date
 */
record ModelFolder(Path models, Path specifications, Path weights, Path memory, ImportOptions options, String tool) {
    private static final String ENDING = ".onnx";

    /**
     * An end of the work.
     *
     * @param models how many there are
     * @param changed the files that were written or deleted
     * @param problems everything that is in the way; nothing was written if there is anything
     */
    record Result(int models, List<Path> changed, List<String> problems) {}

    /** A model by its path in the folder, without its ending and with slashes. */
    private record Entry(String path, Path file) {
        String name() {
            return ImportOptions.className(path.substring(path.lastIndexOf('/') + 1));
        }

        String packageName() {
            return path.contains("/") ? path.substring(0, path.lastIndexOf('/')).replace('/', '.') : "";
        }
    }

    Result update() throws IOException {
        List<Entry> entries = entries();
        Map<String, String> before = remembered();
        Map<String, String> after = new TreeMap<>();
        Map<Entry, ImportedNetwork> imported = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (Entry entry : entries) {
            String digest = digest(entry);
            after.put(entry.path(), digest);
            boolean upToDate = digest.equals(before.get(entry.path()))
                    && outputs(entry.path()).stream().allMatch(Files::isRegularFile);
            if (!upToDate) {
                try {
                    ImportOptions named =
                            new ImportOptions(entry.name(), entry.packageName(), options.batchAxis(), options.loss());
                    imported.put(entry, OnnxImport.read(entry.file(), named));
                } catch (OnnxException refused) {
                    problems.add(entry.file() + " cannot be imported:");
                    refused.problems().stream().flatMap(String::lines).forEach(line -> problems.add("  " + line));
                }
            }
        }
        if (!problems.isEmpty()) {
            return new Result(entries.size(), List.of(), problems);
        }
        List<Path> changed = new ArrayList<>();
        for (Map.Entry<Entry, ImportedNetwork> one : imported.entrySet()) {
            changed.addAll(write(one.getKey(), one.getValue()));
        }
        for (String path : before.keySet()) {
            for (Path gone : after.containsKey(path) ? List.<Path>of() : outputs(path)) {
                if (Files.deleteIfExists(gone)) {
                    changed.add(gone);
                }
            }
        }
        if (!after.equals(before)) {
            remember(after);
        }
        return new Result(entries.size(), changed, List.of());
    }

    private List<Entry> entries() throws IOException {
        if (!SourceFolder.exists(models)) {
            return List.of();
        }
        return SourceFolder.files(models, ENDING, file -> file.toString().endsWith(ENDING)).stream()
                .map(file -> new Entry(path(file), file))
                .toList();
    }

    private String path(Path file) {
        String path = models.relativize(file).toString().replace('\\', '/');
        return path.substring(0, path.length() - ENDING.length());
    }

    /** The specification and the weights. */
    private List<Path> outputs(String path) {
        return List.of(specifications.resolve(path + ".net"), weights.resolve(path + ".safetensors"));
    }

    private List<Path> write(Entry entry, ImportedNetwork network) throws FileProblem {
        List<Path> outputs = outputs(entry.path());
        try {
            network.writeWeights(outputs.get(1));
        } catch (WeightsFileException failure) {
            throw new FileProblem(String.valueOf(failure.getMessage()));
        }
        AtomicWrite.replace(outputs.get(0), network.text().getBytes(StandardCharsets.UTF_8));
        return outputs;
    }

    /** A digest of the model, of the files beside it, which may have its weights, and of how it is imported. */
    private String digest(Entry entry) throws IOException {
        Digest digest = new Digest().add(tool).add(String.valueOf(options)).add(bytes(entry.file()));
        Path folder = entry.file().toAbsolutePath().getParent();
        for (Path beside : SourceFolder.files(folder == null ? models : folder)) {
            if (!beside.toString().endsWith(ENDING)) {
                digest.add(beside + " " + Files.size(beside) + " " + Files.getLastModifiedTime(beside));
            }
        }
        return digest.toString();
    }

    private static byte[] bytes(Path file) throws FileProblem {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
    }

    private Map<String, String> remembered() throws IOException {
        if (!Files.isRegularFile(memory)) {
            return Map.of();
        }
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(new String(bytes(memory), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException damaged) {
            // Then everything is imported again.
            return Map.of();
        }
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(
                        name -> name,
                        name -> Objects.requireNonNull(properties.getProperty(name), name),
                        (one, other) -> one,
                        TreeMap::new));
    }

    private void remember(Map<String, String> digests) throws FileProblem {
        String text = digests.entrySet().stream()
                .map(entry -> entry.getKey().replaceAll("([\\\\ :=#!])", "\\\\$1") + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining());
        AtomicWrite.replace(memory, text.getBytes(StandardCharsets.UTF_8));
    }
}
