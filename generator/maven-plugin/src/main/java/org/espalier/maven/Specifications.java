package org.espalier.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.plugin.MojoFailureException;
import org.codehaus.plexus.util.AbstractScanner;
import org.codehaus.plexus.util.MatchPatterns;
import org.espalier.generator.output.Digest;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.Printable;
import org.espalier.generator.source.SourceFolder;
import org.jspecify.annotations.Nullable;

/** Finds the specifications of a request. */
final class Specifications {
    private Specifications() {}

    /**
     * The files to compile, each once: folder by folder as they are given, by name within a folder.
     *
     * @throws FileProblem if a folder cannot be read
     */
    static List<Path> find(GenerationRequest request) throws FileProblem {
        List<Path> found = new ArrayList<>();
        for (Path folder : request.sourceDirectories()) {
            found.addAll(scan(folder, request.includes(), request.excludes()));
        }
        return SourceFolder.distinct(found);
    }

    /**
     * A digest over every {@code .net} file of the source folders, by path in its folder and content. It has those that
     * are not compiled too, since they may be imported.
     *
     * @throws FileProblem if one of them cannot be read
     */
    static String digest(GenerationRequest request) throws FileProblem {
        Digest digest = new Digest();
        for (Path folder : request.directories()) {
            List<Path> files = scan(folder, List.of("**/*.net"), List.of());
            digest.addAll(files.stream().map(folder::relativize).toList());
            for (Path file : files) {
                digest.add(bytesOf(file));
            }
        }
        return digest.toString();
    }

    private static byte[] bytesOf(Path file) throws FileProblem {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
    }

    /** The files whose path in the folder matches, by name; none if there is no folder. */
    private static List<Path> scan(Path folder, List<String> includes, List<String> excludes) throws FileProblem {
        if (!SourceFolder.exists(folder)) {
            return List.of();
        }
        MatchPatterns included = patterns(includes.stream());
        MatchPatterns excluded = patterns(Stream.concat(excludes.stream(), Stream.of(AbstractScanner.DEFAULTEXCLUDES)));
        return SourceFolder.files(folder, ".net", file -> {
            String path = folder.relativize(file).toString();
            return included.matches(path, true) && !excluded.matches(path, true);
        });
    }

    /** Refuses patterns that are none, of a parameter by its name. */
    static void requirePatterns(String parameter, @Nullable List<String> patterns) throws MojoFailureException {
        for (String pattern : patterns == null ? List.<String>of() : patterns) {
            try {
                patterns(Stream.of(pattern)).matches("a" + File.separator + "b", true);
            } catch (IllegalArgumentException unfit) {
                throw new MojoFailureException("expected Ant patterns, such as **/*.net, in the parameter '" + parameter
                        + "' and found '" + Printable.line(pattern) + "': "
                        + Printable.line(String.valueOf(unfit.getMessage())));
            }
        }
    }

    /** Ant patterns as Ant reads them: with either slash, and a folder meaning all that is in it. */
    private static MatchPatterns patterns(Stream<String> patterns) {
        return MatchPatterns.from(patterns.map(String::trim)
                .map(pattern -> pattern.replace('/', File.separatorChar).replace('\\', File.separatorChar))
                .map(pattern -> pattern.endsWith(File.separator) ? pattern + "**" : pattern)
                .toList());
    }
}
