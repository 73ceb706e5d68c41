package org.espalier.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.codehaus.plexus.util.DirectoryScanner;
import org.espalier.generator.output.Digest;

/** Finds the specifications of a request. */
final class Specifications {
    private Specifications() {}

    /** The files to compile, each once: folder by folder as they are given, by name within a folder. */
    static List<Path> find(GenerationRequest request) {
        return request.sourceDirectories().stream()
                .flatMap(folder -> scan(folder, request.includes(), request.excludes()).stream()
                        .map(folder::resolve))
                .distinct()
                .toList();
    }

    /**
     * A digest over every {@code .net} file of the source folders, by path in its folder and content. It has those that
     * are not compiled too, since they may be imported.
     */
    static String digest(GenerationRequest request) throws IOException {
        Digest digest = new Digest();
        for (Path folder : request.directories()) {
            List<String> files = scan(folder, List.of("**/*.net"), List.of());
            digest.addAll(files);
            for (String file : files) {
                digest.add(Files.readAllBytes(folder.resolve(file)));
            }
        }
        return digest.toString();
    }

    /** Paths relative to the folder, with forward slashes, in the order of the alphabet. */
    private static List<String> scan(Path folder, List<String> includes, List<String> excludes) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        DirectoryScanner scanner = new DirectoryScanner();
        scanner.setBasedir(folder.toFile());
        scanner.setIncludes(includes.toArray(String[]::new));
        scanner.setExcludes(excludes.toArray(String[]::new));
        scanner.addDefaultExcludes();
        scanner.scan();
        return Arrays.stream(scanner.getIncludedFiles())
                .map(path -> path.replace(File.separatorChar, '/'))
                .sorted()
                .toList();
    }
}
