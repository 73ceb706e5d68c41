package org.espalier.benchmarks.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.espalier.benchmarks.Subject;

/**
 * What the Maven plugin adds to a build in which nothing has changed: the time of {@code mvn generate-sources} in a
 * project of two specifications, less that in the same project without the plugin.
 */
public final class IdleBuildSubject implements Subject {
    private static final Path FOLDER = Path.of("target", "bench", "idle-build");
    private static final String PLUGIN = """
            <build>
              <plugins>
                <plugin>
                  <groupId>org.espalier</groupId>
                  <artifactId>espalier-maven-plugin</artifactId>
                  <version>%s</version>
                  <executions>
                    <execution>
                      <goals>
                        <goal>generate</goal>
                      </goals>
                    </execution>
                  </executions>
                </plugin>
              </plugins>
            </build>
            """;

    private final Path repository = FOLDER.resolve("repository").toAbsolutePath();
    private final Path with = FOLDER.resolve("with");
    private final Path without = FOLDER.resolve("without");

    /** Makes both projects, and builds them, so that nothing is left to do. */
    public IdleBuildSubject() {
        String version = property("bench.version");
        try {
            LocalRepository.make(repository, Path.of(property("bench.repository")), version);
            make(with, PLUGIN.formatted(version));
            make(without, "");
            build(with);
            build(without);
            String second = build(with);
            if (!second.contains("up to date")) {
                throw new IllegalStateException("expected that nothing is left to do, but Maven says:\n" + second);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the projects in " + FOLDER.toAbsolutePath() + ": " + e, e);
        }
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("expected the system property " + name + ", which mvn -Pbench sets");
        }
        return value;
    }

    private static void make(Path project, String build) throws IOException {
        Path specifications = Files.createDirectories(project.resolve("src/main/net"));
        Files.writeString(specifications.resolve("unet.net"), withoutWarnings(Specifications.unet()));
        Files.writeString(specifications.resolve("chain.net"), withoutWarnings(Specifications.chain(100)));
        Files.writeString(project.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                <modelVersion>4.0.0</modelVersion>
                <groupId>com.example</groupId>
                <artifactId>measured</artifactId>
                <version>1</version>
                <properties>
                  <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                </properties>
                %s
                </project>
                """.formatted(build));
    }

    /** Specifications that the compiler warns of are compiled again in every build, to warn again. */
    private static String withoutWarnings(String specification) {
        return specification.replaceAll("regularize [^\n]*", "");
    }

    /** Builds both once, whatever the number of steps: the difference of one pair tells as much as any. */
    @Override
    public long run(int steps) {
        return steps * (nanoseconds(with) - nanoseconds(without));
    }

    @Override
    public void step() {
        run(1);
    }

    private long nanoseconds(Path project) {
        try {
            long start = System.nanoTime();
            build(project);
            return System.nanoTime() - start;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot build " + project.toAbsolutePath() + ": " + e, e);
        }
    }

    private String build(Path project) throws IOException {
        Process maven = new ProcessBuilder(
                        List.of(command(), "-o", "-B", "-Dmaven.repo.local=" + repository, "generate-sources"))
                .directory(project.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(maven.getInputStream().readAllBytes(), Charset.defaultCharset());
        try {
            if (maven.waitFor() != 0) {
                throw new IllegalStateException("Maven fails in " + project.toAbsolutePath() + ":\n" + output);
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static String command() {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        return Path.of(property("bench.maven"), "bin", windows ? "mvn.cmd" : "mvn")
                .toString();
    }

    @Override
    public String build() {
        return "Maven at " + property("bench.maven");
    }
}
