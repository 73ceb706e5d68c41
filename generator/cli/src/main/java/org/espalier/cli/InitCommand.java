package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import org.espalier.cli.argument.Console;
import org.espalier.cli.init.NewProject;
import org.espalier.cli.init.Template;
import org.espalier.generator.output.AtomicWrite;
import org.espalier.generator.source.FileProblem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a new project. */
@Command(
        name = "init",
        header = "Begin a Maven project that builds, trains and tests.",
        description = {
            "",
            "The project has a specification, a class that makes a little data, one that trains, a test and a README:"
                    + " 'mvn verify' runs all of it at once. The folder must be empty, or not there yet; a repository"
                    + " of Git may be in it.",
            "",
            "Templates:",
            "  classifier       pictures in, one of several classes out: convolutions",
            "  image-to-image   pictures in, pictures out: a U-Net",
            "  sequence         sequences in, a number out: a recurrent network",
            "  tabular          rows of a table in, a number out: a regularizer chooses columns"
        },
        footer = {"", "Example: espalier init --template tabular --package com.example.prices prices"})
final class InitCommand implements Callable<Integer> {
    @Option(
            names = {"-t", "--template"},
            paramLabel = "TEMPLATE",
            description = "classifier, image-to-image, sequence or tabular. classifier unless given.")
    private String template = Template.CLASSIFIER.label();

    @Option(
            names = {"-p", "--package"},
            paramLabel = "PACKAGE",
            description =
                    "Package of the classes, and group of the project in Maven. com.example and the project's name"
                            + " unless given.")
    private @Nullable String packageName;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the project, its artifact in Maven. That of the folder unless given.")
    private @Nullable String name;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "Folder of the project. The current one unless given.")
    private Path folder = Path.of("");

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws FileProblem {
        Template kind = Stream.of(Template.values())
                .filter(one -> one.label().equals(template.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> mistake("there is no template '" + template + "'; there are "
                        + String.join(
                                ", ",
                                Stream.of(Template.values())
                                        .map(Template::label)
                                        .toList())));
        String artifact = artifactId();
        NewProject project = new NewProject(kind, artifact, packageOf(artifact));
        requireEmpty();
        Console console = new Console(command);
        for (Map.Entry<String, String> file : project.files().entrySet()) {
            Path path = folder.resolve(file.getKey());
            AtomicWrite.replace(path, file.getValue().getBytes(StandardCharsets.UTF_8));
            console.print(path.toString());
        }
        console.note("a project that " + beginning(kind.summary()) + " 'mvn verify'"
                + (folder.toString().isEmpty() ? "" : " in " + folder) + " builds, trains and tests it");
        return ExitCode.OK;
    }

    /** {@code Tells pictures apart.} within a sentence. */
    private static String beginning(String summary) {
        return summary.substring(0, 1).toLowerCase(Locale.ROOT) + summary.substring(1, summary.length() - 1) + ";";
    }

    private String artifactId() {
        if (name != null) {
            if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
                throw mistake("--name is the project's name in Maven, letters, digits, and - _ . behind the first, and"
                        + " '" + name + "' is none");
            }
            return name;
        }
        Path last = folder.toAbsolutePath().normalize().getFileName();
        String cleaned = (last == null ? "" : last.toString())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+|-+$", "");
        if (cleaned.isEmpty()) {
            throw mistake("the folder's name makes no name for a project; give one by --name");
        }
        return cleaned;
    }

    private String packageOf(String artifact) {
        if (packageName == null) {
            String last = artifact.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
            String made = "com.example." + last;
            return SourceVersion.isName(made) ? made : "com.example.net" + last;
        }
        boolean fits = packageName.matches("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*");
        if (!fits || !SourceVersion.isName(packageName)) {
            throw mistake("--package is the name of a Java package such as com.example.shapes, and '" + packageName
                    + "' is none");
        }
        return packageName;
    }

    private void requireEmpty() throws FileProblem {
        if (!Files.exists(folder.toAbsolutePath())) {
            return;
        }
        if (!Files.isDirectory(folder.toAbsolutePath())) {
            throw mistake(folder + " is a file; a project needs a folder of its own");
        }
        try (Stream<Path> inside = Files.list(folder.toAbsolutePath())) {
            List<String> found = inside.map(path -> String.valueOf(path.getFileName()))
                    .filter(file -> !file.equals(".git"))
                    .sorted()
                    .toList();
            if (!found.isEmpty()) {
                throw mistake("the folder " + folder.toAbsolutePath().normalize() + " is not empty: it has "
                        + String.join(", ", found.subList(0, Math.min(3, found.size())))
                        + (found.size() > 3 ? " and " + (found.size() - 3) + " more" : "")
                        + "; name a new folder");
            }
        } catch (IOException e) {
            throw FileProblem.reading(folder, e);
        }
    }

    private ParameterException mistake(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
