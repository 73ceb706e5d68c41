package org.espalier.cli.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.output.AtomicWrite;
import org.espalier.generator.source.FileProblem;
import org.jspecify.annotations.Nullable;

/**
 * Finds the jars that networks run on: the runtime, ND4J and its native libraries for this platform, 60 MB of them. The
 * command itself has none of these, so that it stays small and runs anywhere; the user's own Maven, with its mirrors
 * and its repository, is asked for them by their coordinates once, and the answer is kept.
 */
public final class RuntimeClassPath {
    /** Variable that gives the class path where there is no Maven. */
    public static final String VARIABLE = "ESPALIER_CLASSPATH";

    private static final String DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

    private final String version;
    private final Map<String, String> environment;
    private final List<String> artifacts;

    /**
     * Of a version of Espalier.
     *
     * @param environment variables, see {@link System#getenv()}
     * @param artifacts the names of those of Espalier that are needed
     */
    public RuntimeClassPath(String version, Map<String, String> environment, String... artifacts) {
        this.version = version;
        this.environment = environment;
        this.artifacts = List.of(artifacts);
    }

    /**
     * The class path that was given, that of the variable, that of the project in a folder, or that of Maven.
     *
     * @param given by the user, if anything
     * @param project a folder with a {@code pom.xml} whose dependencies are meant; null for none
     * @throws FileProblem if there is no Maven, or it does not find them
     */
    public String find(@Nullable String given, @Nullable Path project) throws FileProblem {
        if (given != null) {
            return given;
        }
        String variable = environment.getOrDefault(VARIABLE, "");
        if (!variable.isBlank()) {
            return variable;
        }
        if (project != null && Files.isRegularFile(project.resolve("pom.xml"))) {
            return ask(project.resolve("pom.xml"));
        }
        Path kept = cache().resolve(String.join("-", artifacts) + "-" + version + "-" + platform() + ".txt");
        Optional<String> known = whole(kept);
        return known.isPresent() ? known.get() : askAndKeep(kept);
    }

    /** The class path in a file, if all its jars are there. */
    private static Optional<String> whole(Path kept) throws FileProblem {
        if (!Files.isRegularFile(kept)) {
            return Optional.empty();
        }
        try {
            String classPath = Files.readString(kept).strip();
            boolean there = Stream.of(classPath.split(File.pathSeparator)).allMatch(jar -> Files.exists(Path.of(jar)));
            return there && !classPath.isEmpty() ? Optional.of(classPath) : Optional.empty();
        } catch (IOException e) {
            throw FileProblem.reading(kept, e);
        }
    }

    private String askAndKeep(Path kept) throws FileProblem {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("espalier");
            Path pom = Files.writeString(folder.resolve("pom.xml"), pom());
            String classPath = ask(pom);
            AtomicWrite.replace(kept, classPath.getBytes(StandardCharsets.UTF_8));
            return classPath;
        } catch (FileProblem problem) {
            throw problem;
        } catch (IOException e) {
            throw FileProblem.writing(folder == null ? Path.of(System.getProperty("java.io.tmpdir")) : folder, e);
        } finally {
            delete(folder);
        }
    }

    private String pom() {
        String dependencies = artifacts.stream()
                .map(artifact -> """
                            <dependency>
                              <groupId>org.espalier</groupId>
                              <artifactId>%s</artifactId>
                              <version>%s</version>
                            </dependency>
                        """.formatted(artifact, version))
                .collect(Collectors.joining());
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>org.espalier</groupId>
                  <artifactId>espalier-class-path</artifactId>
                  <version>1</version>
                  <dependencies>
                %s  </dependencies>
                </project>
                """.formatted(dependencies);
    }

    private String ask(Path pom) throws FileProblem {
        Path answer = null;
        try {
            answer = Files.createTempFile("espalier", ".txt");
            List<String> command = new ArrayList<>();
            command.add(maven(pom));
            command.addAll(List.of(
                    "--batch-mode",
                    "--quiet",
                    "--file",
                    pom.toString(),
                    DEPENDENCY_PLUGIN + ":build-classpath",
                    "-Dmdep.includeScope=runtime",
                    "-Dmdep.outputFile=" + answer));
            ChildProcess.Result result = ChildProcess.run(command, environment);
            String classPath = Files.readString(answer).strip();
            if (result.code() != 0 || classPath.isEmpty()) {
                throw new FileProblem("Maven does not find what networks run on, "
                        + artifacts.stream().map(one -> "org.espalier:" + one).collect(Collectors.joining(" and "))
                        + " of version " + version + ": " + reason(result.output()));
            }
            return classPath;
        } catch (FileProblem problem) {
            throw problem;
        } catch (IOException e) {
            throw new FileProblem("cannot run Maven, which knows where the jars are that networks run on ("
                    + e.getMessage() + "): install it, or give their class path by --class-path or the variable "
                    + VARIABLE);
        } finally {
            deleteFile(answer);
        }
    }

    /** Maven's wrapper in the project, that of the variable for its home, or the one on the path. */
    private String maven(Path pom) {
        String name = isWindows() ? "mvn.cmd" : "mvn";
        Path wrapper = pom.resolveSibling(isWindows() ? "mvnw.cmd" : "mvnw");
        if (Files.isExecutable(wrapper)) {
            return wrapper.toAbsolutePath().toString();
        }
        String home = environment.getOrDefault("MAVEN_HOME", "");
        Path own = Path.of(home, "bin", name);
        return !home.isEmpty() && Files.isExecutable(own) ? own.toString() : name;
    }

    /** The first of Maven's lines that says what is wrong. */
    private static String reason(String output) {
        return output.lines()
                .filter(line -> line.contains("ERROR"))
                .map(line -> line.replaceAll("\u001B\\[[0-9;]*m", "")
                        .replaceFirst("^\\[?ERROR]? *", "")
                        .replaceFirst(" *-> \\[Help.*", ""))
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse(
                        output.strip().isEmpty()
                                ? "it says nothing"
                                : output.strip().lines().findFirst().orElse(""));
    }

    private Path cache() {
        String given = environment.getOrDefault("XDG_CACHE_HOME", "");
        return (given.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(given))
                .resolve("espalier");
    }

    private static String platform() {
        return (System.getProperty("os.name") + "-" + System.getProperty("os.arch"))
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9-]", "");
    }

    private static boolean isWindows() {
        return System.getProperty("os.name").startsWith("Windows");
    }

    private static void delete(@Nullable Path folder) {
        if (folder != null) {
            deleteFile(folder.resolve("pom.xml"));
            deleteFile(folder);
        }
    }

    private static void deleteFile(@Nullable Path file) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException leftBehind) {
                // One temporary file too many, which the system clears away.
                file.toFile().deleteOnExit();
            }
        }
    }
}
