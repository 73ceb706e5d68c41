package org.espalier.benchmarks.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.espalier.benchmarks.subject.Subject;

/**
 * Time that the Maven plugin adds to a build in which nothing has changed: that of {@code mvn generate-sources} in a
 * project of two specifications, less that of the same build where it does nothing.
 */
public final class IdleBuildSubject implements Subject {
    private static final Path FOLDERS = Path.of("target", "bench", "idle-build");
    private static final String NOTHING_ELSE = "-Despalier.skip=false";
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

    private final Path repository = FOLDERS.resolve("repository").toAbsolutePath();
    private final Path project;
    private final Path baseline;
    private final String baselineOption;

    private IdleBuildSubject(Path folder, boolean pluginInBaseline, String baselineOption) {
        this.project = folder.resolve("with");
        this.baseline = folder.resolve("without");
        this.baselineOption = baselineOption;
        String version = property("bench.version");
        String plugin = PLUGIN.formatted(version);
        try {
            LocalRepository.make(repository, Path.of(property("bench.repository")), version);
            make(project, plugin);
            make(baseline, pluginInBaseline ? plugin : "");
            build(project, NOTHING_ELSE);
            build(baseline, baselineOption);
            String second = build(project, NOTHING_ELSE);
            if (!second.contains("up to date")) {
                throw new IllegalStateException("expected that nothing is left to do, but Maven says:\n" + second);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the projects in " + folder.toAbsolutePath() + ": " + e, e);
        }
    }

    /** The goal itself, less its own {@code skip}: what Espalier does to find that it has nothing to do. */
    public static Subject goal() {
        return new IdleBuildSubject(FOLDERS.resolve("goal"), true, "-Despalier.skip");
    }

    /** The plugin, less a project without it: that, and what Maven does to find and load any plugin. */
    public static Subject plugin() {
        return new IdleBuildSubject(FOLDERS.resolve("plugin"), false, NOTHING_ELSE);
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
        Files.writeString(specifications.resolve("unet.net"), withoutWarnings(BenchmarkedSpecifications.unet()));
        Files.writeString(specifications.resolve("chain.net"), withoutWarnings(BenchmarkedSpecifications.chain(100)));
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
        return specification.replaceAll("regularizer? [^\n]*", "");
    }

    /**
     * Builds both twice, whatever the number of steps: the difference tells as much as any. The first build after a
     * pause takes longer than the next, so each of the two is once before the other and once behind it.
     */
    @Override
    public long run(int steps) {
        long ahead = nanoseconds(project, NOTHING_ELSE) - nanoseconds(baseline, baselineOption);
        long behind = -nanoseconds(baseline, baselineOption) + nanoseconds(project, NOTHING_ELSE);
        return steps * ((ahead + behind) / 2);
    }

    @Override
    public void step() {
        run(1);
    }

    private long nanoseconds(Path project, String option) {
        try {
            long start = System.nanoTime();
            build(project, option);
            return System.nanoTime() - start;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot build " + project.toAbsolutePath() + ": " + e, e);
        }
    }

    private String build(Path project, String option) throws IOException {
        Process maven = new ProcessBuilder(
                        List.of(command(), "-o", "-B", option, "-Dmaven.repo.local=" + repository, "generate-sources"))
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
