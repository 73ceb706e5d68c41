package org.espalier.languageserver.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.generator.source.SourceFile;
import org.espalier.languageserver.document.Document;

/**
 * Copies of specifications that are no files, for editors to open: those of the standard library and of jars. They are
 * files and no documents of a scheme of our own, since every editor can open a file. Each has a folder that its text
 * names, so that a copy is never wrong and another version has another one.
 */
public final class ReadableCopies {
    private final Path folder;
    private final Map<String, Document> copies = new ConcurrentHashMap<>();

    /**
     * Copies.
     *
     * @param folder where they are put
     */
    public ReadableCopies(Path folder) {
        this.folder = folder;
    }

    /** Copies in the folder where programs of the user keep what they can make again. */
    public static ReadableCopies ofUser() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path home = Path.of(System.getProperty("user.home", "."));
        Path caches = cache == null || cache.isBlank() ? home.resolve(".cache") : Path.of(cache);
        return new ReadableCopies(caches.resolve("espalier").resolve("read-only"));
    }

    /** The copy of a file, written when it is first asked for; empty if it cannot be written. */
    public Optional<Document> of(SourceFile file) {
        try {
            return Optional.of(copies.computeIfAbsent(key(file), key -> copy(key, file)));
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static String key(SourceFile file) {
        return Integer.toHexString(file.text().hashCode()) + "-"
                + Integer.toHexString(file.text().length()) + "/"
                + file.fileName().replaceAll("[^\\w.-]", "_");
    }

    private Document copy(String key, SourceFile file) {
        Path target = folder.resolve(key);
        try {
            if (!Files.isRegularFile(target) || !Files.readString(target).equals(file.text())) {
                Files.createDirectories(target.getParent());
                Path whole = Files.createTempFile(target.getParent(), "copy", ".tmp");
                Files.write(whole, file.text().getBytes(StandardCharsets.UTF_8));
                Files.move(whole, target, StandardCopyOption.REPLACE_EXISTING);
                // Only for the reader: nothing depends on it.
                boolean marked = target.toFile().setReadOnly();
                assert marked || Files.exists(target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Document.saved(target.toUri().toString(), target, file);
    }
}
