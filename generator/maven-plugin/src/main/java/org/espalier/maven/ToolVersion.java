package org.espalier.maven;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.plugin.MojoExecution;
import org.espalier.generator.output.Digest;

/** Tells one build of this plugin and its compiler from another. */
final class ToolVersion {
    private ToolVersion() {}

    /** Name and version; for a snapshot, whose version does not say enough, also a digest of its files' times. */
    static String of(MojoExecution execution) {
        String name = execution.getArtifactId() + " " + execution.getVersion();
        if (!execution.getVersion().endsWith("-SNAPSHOT")) {
            return name;
        }
        List<Artifact> artifacts =
                execution.getMojoDescriptor().getPluginDescriptor().getArtifacts();
        List<String> stamps = artifacts.stream()
                .map(Artifact::getFile)
                .filter(Objects::nonNull)
                .flatMap(file -> stamps(file.toPath()).stream())
                .sorted()
                .toList();
        return name + " " + new Digest().addAll(stamps);
    }

    /**
     * One line for a jar; where the plugin is built in the same reactor, one for each file of its folder of classes.
     */
    private static List<String> stamps(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).map(ToolVersion::stamp).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the files of the plugin", e);
        }
    }

    private static String stamp(Path file) {
        try {
            return file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at a file of the plugin", e);
        }
    }
}
