package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.cli.init.NewProject;
import org.espalier.cli.init.Template;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class InitCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @EnumSource
    void theSpecificationOfANewProjectIsRightAndFormatted(Template template) {
        Path project = folder.resolve("one");

        assertThat(run("init", "--template", template.label(), "--package", "com.acme", project.toString()))
                .isZero();

        assertThat(out.toString().lines())
                .hasSize(7)
                .allSatisfy(file ->
                        assertThat(Path.of(file)).isRegularFile().content().doesNotContain("${"));
        String net = project.resolve("src/main/net").toString();
        assertThat(run("check", "--fail-on-warning", net)).as(err.toString()).isZero();
        assertThat(run("fmt", "--check", net)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void everyFileOfATemplateIsInItsProjects(Template template) throws IOException {
        List<String> names = new NewProject(template, "a", "com.acme")
                .files().keySet().stream()
                        .map(path -> path.substring(path.lastIndexOf('/') + 1).replace(".gitignore", "gitignore"))
                        .toList();

        for (String part : List.of("common", template.label())) {
            try (Stream<Path> files = Files.walk(Path.of("src", "main", "init", part))) {
                assertThat(files.filter(Files::isRegularFile)
                                .map(file -> file.getFileName().toString()))
                        .isSubsetOf(names);
            }
        }
    }

    @Test
    void theFolderGivesTheNamesThatAreNotGiven() {
        assertThat(run("init", folder.resolve("My Project 7").toString())).isZero();

        assertThat(folder.resolve("My Project 7/pom.xml"))
                .content()
                .contains("<groupId>com.example.myproject7</groupId>", "<artifactId>my-project-7</artifactId>");
        assertThat(folder.resolve("My Project 7/src/main/java/com/example/myproject7/Main.java"))
                .content()
                .startsWith("package com.example.myproject7;");
        assertThat(err.toString()).contains("'mvn verify' in ").contains(" builds, trains and tests it");
    }

    @Test
    void aProjectMayBeginInARepositoryOfGit() throws IOException {
        Files.createDirectories(folder.resolve(".git"));

        assertThat(run("init", folder.toString())).isZero();
        assertThat(folder.resolve("pom.xml")).exists();
    }

    @Test
    void aFolderWithFilesIsRefusedAndLeftAlone() throws IOException {
        for (String file : List.of("a.txt", "b.txt", "c.txt", "d.txt")) {
            Files.writeString(folder.resolve(file), "mine");
        }

        assertThat(run("init", folder.toString())).isEqualTo(2);

        assertThat(err.toString().strip())
                .endsWith("is not empty: it has a.txt, b.txt, c.txt and 1 more; name a new folder")
                .doesNotContain("\n");
        assertThat(folder.resolve("pom.xml")).doesNotExist();
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "mine");

        assertThat(run("init", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("a.txt is a file; a project needs a folder of its own");
    }

    @ParameterizedTest
    @CsvSource({
        "--template, gan, 'there is no template ''gan''; there are classifier, image-to-image, sequence, tabular'",
        "--package, com.class.x, '--package is the name of a Java package such as com.example.shapes'",
        "--package, com..x, '--package is the name of a Java package'",
        "--name, a b, '--name is the project''s name in Maven'",
        "--name, <x>, '--name is the project''s name in Maven'"
    })
    void mistakesAreNamed(String option, String value, String message) {
        assertThat(run("init", option, value, folder.resolve("new").toString())).isEqualTo(2);
        assertThat(err.toString()).contains(message);
        assertThat(folder.resolve("new")).doesNotExist();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Espalier.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
