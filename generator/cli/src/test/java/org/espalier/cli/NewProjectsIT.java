package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.espalier.cli.init.Template;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Builds what {@code espalier init} writes, by Maven, with the artifacts of this build. */
class NewProjectsIT {
    /** Downloads nothing: what the projects need was downloaded by the build that runs this. */
    private static final String SETTINGS = """
            <settings>
              <profiles>
                <profile>
                  <id>local</id>
                  <activation><activeByDefault>true</activeByDefault></activation>
                  <repositories>%s</repositories>
                  <pluginRepositories>%s</pluginRepositories>
                </profile>
              </profiles>
            </settings>
            """;

    private static final String REPOSITORY = """
            <%1$s>
              <id>central</id>
              <url>%2$s</url>
              <releases><checksumPolicy>ignore</checksumPolicy></releases>
              <snapshots><checksumPolicy>ignore</checksumPolicy></snapshots>
            </%1$s>
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void buildsTrainsAndTests(Template template) throws IOException, InterruptedException {
        Path project = folder.resolve(template.label());
        assertThat(Espalier.commandLine().execute("init", "-t", template.label(), project.toString()))
                .isZero();
        String downloaded =
                Path.of(System.getProperty("espalier.it.downloaded")).toUri().toString();
        Path settings = Files.writeString(
                folder.resolve("settings.xml"),
                SETTINGS.formatted(
                        REPOSITORY.formatted("repository", downloaded),
                        REPOSITORY.formatted("pluginRepository", downloaded)));

        String log = maven(project, settings);

        assertThat(log)
                .contains("Tests run: 6, Failures: 0, Errors: 0, Skipped: 0")
                .contains("BUILD SUCCESS");
        assertThat(project.resolve("target/" + template.label() + "-1.0-SNAPSHOT.jar"))
                .exists();
    }

    private String maven(Path project, Path settings) throws IOException, InterruptedException {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        Path log = folder.resolve("log.txt");
        List<String> command = List.of(
                Path.of(System.getProperty("espalier.it.maven"), "bin", windows ? "mvn.cmd" : "mvn")
                        .toString(),
                "--batch-mode",
                "--settings",
                settings.toString(),
                "-Dmaven.repo.local=" + System.getProperty("espalier.it.repository"),
                "verify");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        Process process = builder.start();
        process.getOutputStream().close();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        return Files.readString(log, StandardCharsets.UTF_8);
    }
}
