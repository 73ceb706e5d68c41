package org.espalier.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Java sources of the whole tree, without what users are taken to have written and what builds leave. */
final class JavaSources {
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private JavaSources() {}

    static List<Path> of(String... modules) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String module : modules) {
            try (Stream<Path> all = Files.walk(ROOT.resolve(module))) {
                all.filter(JavaSources::isSource).forEach(files::add);
            }
        }
        return files;
    }

    /** Golden files and projects of integration tests are code of users, and builds leave copies of the latter. */
    private static boolean isSource(Path file) {
        String path = ROOT.relativize(file).toString().replace('\\', '/');
        return path.matches(".*/src/\\w+/java/.*\\.java")
                && !path.contains("/src/golden/")
                && !path.contains("/src/it/")
                && !path.matches(".*/target/.*/src/.*");
    }
}
