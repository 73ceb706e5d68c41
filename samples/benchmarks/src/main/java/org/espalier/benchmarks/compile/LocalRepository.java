package org.espalier.benchmarks.compile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A local repository of Maven that has what this build has just made, and links to the user's for everything else,
 * which itself is left as it is.
 */
final class LocalRepository {
    private static final Path ROOT = Path.of("..", "..");
    private static final Map<String, String> MODULES = Map.of(
            "espalier-grammar", "grammar",
            "espalier-generator", "generator",
            "espalier-maven-plugin", "generator/maven-plugin");

    private LocalRepository() {}

    /**
     * Makes it, or brings it up to date.
     *
     * @param folder where
     * @param users the user's local repository
     * @param version of Espalier
     * @throws IOException if a file cannot be copied, or the file system has no links
     */
    static void make(Path folder, Path users, String version) throws IOException {
        Path espalier = folder.resolve("org").resolve("espalier");
        Files.createDirectories(espalier);
        link(users, folder, "org");
        link(users.resolve("org"), folder.resolve("org"), "espalier");
        copy(ROOT.resolve("pom.xml"), espalier, "espalier", version, "pom");
        for (Map.Entry<String, String> module : MODULES.entrySet()) {
            String artifact = module.getKey();
            Path base = ROOT.resolve(module.getValue());
            copy(base.resolve("pom.xml"), espalier, artifact, version, "pom");
            copy(base.resolve("target").resolve(artifact + "-" + version + ".jar"), espalier, artifact, version, "jar");
        }
    }

    private static void link(Path from, Path to, String except) throws IOException {
        List<Path> all;
        try (Stream<Path> children = Files.list(from)) {
            all = children.filter(child -> !child.endsWith(except)).toList();
        }
        for (Path child : all) {
            Path link = to.resolve(child.getFileName());
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, child.toAbsolutePath());
            }
        }
    }

    private static void copy(Path file, Path group, String artifact, String version, String extension)
            throws IOException {
        Path folder = Files.createDirectories(group.resolve(artifact).resolve(version));
        Files.copy(
                file, folder.resolve(artifact + "-" + version + "." + extension), StandardCopyOption.REPLACE_EXISTING);
    }
}
