package org.espalier.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.onnx.ImportOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
    private static final Path SCORES = Path.of("src/it/import/src/main/onnx/com/example/scores/scores.onnx");
    private static final Path BROKEN = Path.of("src/it/import/broken/broken.onnx");

    @TempDir
    Path module;

    private Path models;
    private Path net;
    private Path weights;

    @BeforeEach
    void layOutAModule() throws IOException {
        models = module.resolve("src/main/onnx/com/example");
        net = module.resolve("target/net/com/example/scores.net");
        weights = module.resolve("target/resources/com/example/scores.safetensors");
        Files.createDirectories(models);
        Files.copy(SCORES, models.resolve("scores.onnx"));
    }

    private ModelFolder.Result update(String tool) throws IOException {
        return new ModelFolder(
                        module.resolve("src/main/onnx"),
                        module.resolve("target/net"),
                        module.resolve("target/resources"),
                        module.resolve("target/import.properties"),
                        ImportOptions.named(""),
                        tool)
                .update();
    }

    @Test
    void foldersArePackagesAndFilesAreNetworks() throws IOException {
        assertThat(update("1").changed()).containsExactlyInAnyOrder(net, weights);

        assertThat(net).content().contains("package com.example", "network Scores {", "Linear(2, 1)");
    }

    @Test
    void modelsAreImportedAgainOnlyIfSomethingChanged() throws IOException {
        update("1");

        assertThat(update("1").changed()).isEmpty();
        assertThat(update("2").changed()).hasSize(2);
        Files.delete(weights);
        assertThat(update("2").changed()).hasSize(2);
        Files.write(models.resolve("weights.data"), new byte[1]);
        assertThat(update("2").changed()).hasSize(2);
    }

    @Test
    void whatAModelBecameGoesWithIt() throws IOException {
        update("1");
        Files.delete(models.resolve("scores.onnx"));

        assertThat(update("1").changed()).containsExactlyInAnyOrder(net, weights);

        assertThat(net).doesNotExist();
        assertThat(weights).doesNotExist();
    }

    @Test
    void nothingIsWrittenIfOneModelCannotBeImported() throws IOException {
        Files.copy(BROKEN, models.resolve("broken.onnx"));
        Files.write(models.resolve("none.onnx"), new byte[] {1, 2, 3});

        ModelFolder.Result result = update("1");

        assertThat(result.changed()).isEmpty();
        assertThat(result.problems())
                .contains(
                        models.resolve("broken.onnx") + " cannot be imported:",
                        models.resolve("none.onnx") + " cannot be imported:")
                .anyMatch(line -> line.contains("node 'places', NonZero"))
                .anyMatch(line -> line.contains("node 'over', ReduceSum"));
        assertThat(module.resolve("target")).doesNotExist();
    }
}
