package org.espalier.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.weights.AtomicFile;

/**
 * A text that a test expects, kept in a file beside the code, so that a review shows what a change does to it. Run with
 * {@code -Dgolden.update=true} (or just {@code -Dgolden.update}) to have the file written instead.
 *
 * <pre>
 *   GoldenFile.of(Path.of("src/golden/Tiny.java")).verify(Files.readString(generated));
 * </pre>
 *
 * <p>Lines end with {@code \n} in the file; {@code \r\n} in either text counts as that.
 */
public final class GoldenFile {
    private static final String UPDATE = "golden.update";

    private final Path file;

    private GoldenFile(Path file) {
        this.file = file;
    }

    /** In that place, relative to the module's folder, which is where Maven runs its tests. */
    public static GoldenFile of(Path file) {
        return new GoldenFile(file);
    }

    /**
     * Compares a text with the file, or writes it there if the system property {@code golden.update} is set.
     *
     * @throws AssertionError if they differ, with the first line that does, or if there is no such file
     * @throws UncheckedIOException if the file cannot be read or written
     */
    public void verify(String text) {
        String actual = text.replace("\r\n", "\n");
        String update = System.getProperty(UPDATE);
        try {
            if (update != null && !update.equals("false")) {
                write(actual);
            } else if (Files.exists(file)) {
                compare(Files.readString(file).replace("\r\n", "\n"), actual);
            } else {
                throw new AssertionError("there is no golden file " + file.toAbsolutePath() + "; run with -D" + UPDATE
                        + " to have it written");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot use the golden file " + file.toAbsolutePath(), failure);
        }
    }

    private void write(String actual) throws IOException {
        // A file is touched only if it changes, so that nothing is built again for it.
        if (!Files.exists(file) || !Files.readString(file).equals(actual)) {
            AtomicFile.write(file, actual.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void compare(String expected, String actual) {
        if (expected.equals(actual)) {
            return;
        }
        List<String> expectedLines = expected.lines().toList();
        List<String> actualLines = actual.lines().toList();
        int line = 0;
        while (line < Math.min(expectedLines.size(), actualLines.size())
                && expectedLines.get(line).equals(actualLines.get(line))) {
            line++;
        }
        throw new AssertionError(file.toAbsolutePath() + ":" + (line + 1) + ": differs"
                + "\n  expected: " + at(expectedLines, line)
                + "\n  actual:   " + at(actualLines, line)
                + "\nrun with -D" + UPDATE + " if the change is meant");
    }

    private static String at(List<String> lines, int line) {
        return line < lines.size() ? lines.get(line) : "(end of text)";
    }
}
