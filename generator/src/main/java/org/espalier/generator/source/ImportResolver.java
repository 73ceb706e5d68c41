package org.espalier.generator.source;

import java.util.Optional;

/** Finds the files that specifications import. */
@FunctionalInterface
public interface ImportResolver {
    /** Finds nothing. */
    ImportResolver NONE = (importer, path) -> Optional.empty();

    /**
     * The file that is meant by {@code import … from "path"}.
     *
     * @param importer the file that says so
     * @param path what it says
     * @return the file, always the same object's text for the same file; empty if there is none
     * @throws java.io.UncheckedIOException if there is one and it cannot be read; the message says which, and why
     */
    Optional<SourceFile> resolve(SourceFile importer, String path);
}
