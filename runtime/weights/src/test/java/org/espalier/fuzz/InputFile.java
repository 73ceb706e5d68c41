package org.espalier.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of this process for readers that want one, written anew for each input. */
public final class InputFile {
    private final Path file;

    /** A file whose name ends in an ending, such as {@code .npz}. */
    public InputFile(String ending) {
        try {
            file = Files.createTempFile("espalier-fuzz", ending);
        } catch (IOException e) {
            throw new IllegalStateException("no temporary file can be made", e);
        }
        file.toFile().deleteOnExit();
    }

    /** The file, still empty. */
    public Path path() {
        return file;
    }

    /** The file with these bytes. */
    public Path with(byte[] content) throws IOException {
        return Files.write(file, content);
    }
}
