package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Expected texts, kept as files under {@code src/golden}. {@code mvn test -pl generator -Dgolden.update} rewrites them;
 * the difference is then read in code review like any other.
 */
public final class Goldens {
    private static final Path ROOT = Path.of("src", "golden");
    /** True if expected texts are rewritten. */
    public static final boolean UPDATE = !"false".equals(System.getProperty("golden.update", "false"));

    private Goldens() {}

    /** The file by its path under {@code src/golden}, {@code ir/unet.ir}. */
    public static Path file(String path) {
        return ROOT.resolve(path);
    }

    /** Fails unless the file says exactly this. */
    public static void check(String path, String actual) {
        check(file(path), actual);
    }

    /** Fails unless the file, which may be anywhere, says exactly this. */
    static void check(Path file, String actual) {
        assertThat(actual).as("line ends of " + file).doesNotContain("\r");
        try {
            if (UPDATE) {
                if (!Files.exists(file) || !Files.readString(file).equals(actual)) {
                    Files.createDirectories(file.getParent());
                    Files.writeString(file, actual);
                }
                return;
            }
            if (!Files.exists(file)) {
                fail("no golden " + file + "; run with -Dgolden.update to write it:\n" + actual);
            }
            assertThat(actual).as(file + " (-Dgolden.update rewrites it)").isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
