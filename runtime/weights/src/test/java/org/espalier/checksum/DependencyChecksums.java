package org.espalier.checksum;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds the jars on a module's class path to {@code .mvn/checksums/checksums.sha256}, which Maven 3.9 and later also
 * check by themselves before they use a jar. After a change of a version, delete the file and let {@code mvn test
 * -Dtest=*ChecksumsTest -Dsurefire.failIfNoSpecifiedTests=false -Dchecksums.update} write it; the difference is
 * reviewed with that of the version.
 */
public abstract class DependencyChecksums {
    private static final boolean UPDATE = !"false".equals(System.getProperty("checksums.update", "false"));

    /** Natives are listed for one platform: nobody has all of them in their local repository. */
    private static final Pattern OTHER_PLATFORM = Pattern.compile(".*-(linux-arm64|macosx-|windows-)[\\w-]*\\.jar");

    /** Jars by which a test runner is on the class path; each runner has its own. */
    private static final Pattern RUNNER =
            Pattern.compile(".*/(junit-platform-(console-standalone|launcher)|surefire-[^/]*)/.*");

    /** Maven's local repository, which the build names; the usual one for tests that an IDE starts. */
    private static final String REPOSITORY = Path.of(System.getProperty(
                            "espalier.repository",
                            Path.of(System.getProperty("user.home"), ".m2", "repository")
                                    .toString()))
                    .toAbsolutePath()
                    .normalize()
                    .toString()
                    .replace(File.separatorChar, '/')
            + "/";

    @Test
    void everyJarOnTheClassPathHasItsChecksum() throws IOException {
        Path list = root().resolve(Path.of(".mvn", "checksums", "checksums.sha256"));
        Map<String, String> expected = UPDATE && !Files.exists(list) ? new TreeMap<>() : read(list);
        Map<String, String> found = checksums();
        assertThat(found).as("jars of a local repository").hasSizeGreaterThan(3);
        if (UPDATE) {
            expected.putAll(found);
            List<String> lines = new ArrayList<>();
            expected.forEach((path, checksum) -> lines.add(checksum + "  " + path));
            Files.createDirectories(list.getParent());
            Files.write(list, lines);
        }
        assertThat(expected)
                .as("checksums in %s; the comment of %s says how they are updated", list, DependencyChecksums.class)
                .containsAllEntriesOf(found);
    }

    /** The folder of the whole project. */
    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve(".mvn"))) {
            folder = Objects.requireNonNull(
                    folder.getParent(), "no .mvn above " + Path.of("").toAbsolutePath());
        }
        return folder;
    }

    private static Map<String, String> read(Path list) throws IOException {
        Map<String, String> checksums = new TreeMap<>();
        for (String line : Files.readAllLines(list)) {
            String[] parts = line.split("  ", 2);
            checksums.put(parts[1], parts[0]);
        }
        return checksums;
    }

    /** SHA-256 of each jar from a local repository, by its path there. */
    private static Map<String, String> checksums() throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (String entry : System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1)) {
            Path jar = Path.of(entry).toAbsolutePath().normalize();
            String whole = jar.toString().replace(File.separatorChar, '/');
            String path = whole.startsWith(REPOSITORY) ? whole.substring(REPOSITORY.length()) : "";
            if (path.endsWith(".jar")
                    && !path.startsWith("org/espalier/")
                    && !RUNNER.matcher(path).matches()
                    && !OTHER_PLATFORM.matcher(path).matches()) {
                found.put(path, checksum(jar));
            }
        }
        return found;
    }

    private static String checksum(Path jar) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
