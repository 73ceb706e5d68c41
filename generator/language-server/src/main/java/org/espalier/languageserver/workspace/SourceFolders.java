package org.espalier.languageserver.workspace;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Folders that a file's imports are looked for in, as the build has them: {@code src/main/net}, for tests
 * {@code src/test/net} as well, and elsewhere the file's own folder and that of the workspace.
 *
 * @param workspace the folders that the editor has open
 * @param imports further folders, and jars with specifications under {@code META-INF/net}
 */
record SourceFolders(List<Path> workspace, List<Path> imports) {
    private static final Path MAIN = Path.of("src", "main", "net");
    private static final Path TEST = Path.of("src", "test", "net");

    SourceFolders {
        workspace = List.copyOf(workspace);
        imports = List.copyOf(imports);
    }

    /** The folders for the imports of a file. */
    List<Path> of(Path file) {
        Set<Path> folders = new LinkedHashSet<>();
        for (Path above = file.getParent(); above != null; above = above.getParent()) {
            if (above.endsWith(MAIN)) {
                folders.add(above);
            } else if (above.endsWith(TEST)) {
                folders.add(above);
                folders.add(above.resolve(Path.of("..", "..", "main", "net")).normalize());
            }
        }
        if (folders.isEmpty()) {
            Optional.ofNullable(file.getParent()).ifPresent(folders::add);
            holding(file).ifPresent(folders::add);
        }
        imports.stream().filter(Files::isDirectory).forEach(folders::add);
        return new ArrayList<>(folders);
    }

    /** The innermost folder of the workspace that a file lies in. */
    Optional<Path> holding(Path file) {
        return workspace.stream()
                .filter(file::startsWith)
                .reduce((one, other) -> one.getNameCount() > other.getNameCount() ? one : other);
    }

    /** The name by which messages call a file: from the workspace on, with forward slashes. */
    String nameOf(Path file) {
        Path name = holding(file).map(folder -> folder.relativize(file)).orElse(file);
        return name.toString().replace(file.getFileSystem().getSeparator(), "/");
    }

    /** The folder that names of files in messages begin from; one that holds no file if they are to be whole. */
    Path shownFrom(Path file) {
        return holding(file).orElseGet(() -> file.resolve("nothing"));
    }
}
