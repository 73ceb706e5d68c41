package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.onnx.ImportOptions;
import org.espalier.onnx.OnnxException;
import org.espalier.onnx.OnnxImport;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private String net;
    private Path model;

    @BeforeEach
    void write() throws IOException {
        net = folder.resolve("scores.net").toString();
        model = folder.resolve("scores.onnx");
        Files.writeString(Path.of(net), """
                network Scores {
                    input x: float[batch, 3]
                    output score = Linear(3, 2, bias=false)(x)
                }
                """);
    }

    private int run(String... arguments) {
        return Espalier.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String weights(String name, Long... shape) {
        int bytes = (int) (shape[0] * shape[1]) * Float.BYTES;
        Path file = folder.resolve("w.safetensors");
        new TensorFileWriter()
                .add(
                        new TensorInfo(name, TensorType.F32, List.of(shape)),
                        sink -> sink.accept(ByteBuffer.allocate(bytes)))
                .write(file);
        return file.toString();
    }

    private int export(String... more) {
        return run(Stream.concat(Stream.of("export", net, "-o", model.toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void anExportedModelIsImportedAgain() throws IOException, OnnxException {
        assertThat(export("-w", weights("score.weight", 2L, 3L)))
                .as(err.toString())
                .isZero();

        assertThat(out.toString()).isEqualTo(model + System.lineSeparator());
        assertThat(OnnxImport.read(model, ImportOptions.named("Scores")).text())
                .contains("input x: float[batch, 3]", "Linear(3, 2, bias=false)", "output score = ");
    }

    @Test
    void ownModelsAreReplacedAndOthersOnlyIfForced() throws IOException {
        String weights = weights("score.weight", 2L, 3L);
        assertThat(export("-w", weights)).isZero();
        assertThat(export("-w", weights)).isZero();
        Files.writeString(model, "somebody else's");

        assertThat(export("-w", weights)).isEqualTo(2);

        assertThat(err.toString()).contains("was not exported by Espalier; --force overwrites it");
        assertThat(Files.readString(model)).isEqualTo("somebody else's");
        assertThat(export("-w", weights, "--force")).isZero();
        assertThat(Files.readString(model, StandardCharsets.ISO_8859_1)).contains("espalier");
    }

    @Test
    void missingWeightsAreNamedAndNothingIsWritten() {
        assertThat(export()).isEqualTo(1);
        assertThat(err.toString()).contains("no file of them was given", "score.weight [2, 3] F32");

        assertThat(export("-w", weights("score.weight", 2L, 4L))).isEqualTo(1);
        assertThat(err.toString()).contains("expected score.weight [2, 3] F32, found [2, 4] F32");
        assertThat(model).doesNotExist();
    }

    @Test
    void versionsThatAreNotWrittenAreRefused() {
        assertThat(export("-w", weights("score.weight", 2L, 3L), "--opset", "17"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("expected a version of ONNX's operators from 18 to 24, and found 17");
        assertThat(model).doesNotExist();
    }
}
