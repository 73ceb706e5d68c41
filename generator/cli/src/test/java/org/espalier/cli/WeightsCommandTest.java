package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Espalier.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String file(String name, String prefix, float... numbers) {
        TensorFileWriter writer = new TensorFileWriter();
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        writer.add(
                new TensorInfo(prefix + "weight", TensorType.F32, List.of(1L, (long) numbers.length)),
                sink -> sink.accept(bytes.duplicate()));
        writer.add(
                new TensorInfo(prefix + "bias", TensorType.F32, List.of(1L)),
                sink -> sink.accept(ByteBuffer.allocate(Float.BYTES)));
        Path file = folder.resolve(name);
        writer.write(file);
        return file.toString();
    }

    @Test
    void inspectShowsALineForEachTensor() {
        assertThat(run("weights", "inspect", file("a.safetensors", "fc.", 1, -2, 0, 3)))
                .isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "name       type  shape   bytes  min     max    mean    zeros",
                        "fc.weight  F32   [1, 4]  16     -2.000  3.000  0.5000  25.0 %",
                        "fc.bias    F32   [1]     4      0.000   0.000  0.000   100.0 %");
        assertThat(err.toString()).isEqualTo("2 tensors, 20 bytes\n");
    }

    @Test
    void diffShowsWhatDiffers() {
        String one = file("a.safetensors", "fc.", 1, -2, 0, 4);

        assertThat(run("weights", "diff", one, one)).isZero();
        assertThat(err.toString()).isEqualTo("2 the same, 0 not\n");
        String other = file("b.safetensors", "fc.", 1, -2, 0, 3.5f);
        assertThat(run("weights", "diff", one, other)).isEqualTo(1);
        assertThat(out.toString()).isEqualTo("other numbers  fc.weight  0.500  relative 0.125\n");
        assertThat(run("weights", "diff", "--tolerance", "0.5", one, other)).isZero();
        assertThat(run("weights", "diff", one, file("c.safetensors", "fc.", 1, Float.NaN, 0, 4)))
                .isEqualTo(1);
        assertThat(out.toString()).contains("Infinity");
        assertThat(run("weights", "diff", one, file("d.safetensors", "head.", 1, -2, 0, 4)))
                .isEqualTo(1);
        assertThat(out.toString())
                .contains("only in the first", "fc.weight [1, 4] F32", "only in the second", "head.bias [1] F32");
    }

    @Test
    void mapProposesNamesAndWritesThem() throws IOException {
        Path net = Files.writeString(folder.resolve("line.net"), """
                network Line {
                    input x: float[batch, 4]
                    answer = Linear(4, 1)
                    output y = answer(x)
                }
                """);
        Path mapping = folder.resolve("names.map");
        String weights = file("a.safetensors", "fc.", 1, 2, 3, 4);

        assertThat(run("weights", "map", "--weights", weights, "-o", mapping.toString(), net.toString()))
                .isZero();

        assertThat(out.toString()).isEqualTo("Line\nfc.weight  ->  answer.weight\nfc.bias    ->  answer.bias\n");
        assertThat(err.toString())
                .endsWith("0 names are the same, 2 are mapped, 0 of the file and 0 of the network are left over\n");
        assertThat(mapping).content().endsWith("\nfc.weight -> answer.weight\nfc.bias -> answer.bias\n");
    }

    @Test
    void convertWritesAnotherFormatUnderOtherNames() throws IOException {
        Path mapping = Files.writeString(folder.resolve("names.map"), "fc.* -> head.*\n");
        Path small = folder.resolve("small.safetensors");

        assertThat(run(
                        "weights",
                        "convert",
                        "--type",
                        "F16",
                        "--names",
                        mapping.toString(),
                        file("a.safetensors", "fc.", 1, -2, 0, 3),
                        small.toString()))
                .isZero();

        try (TensorFile file = TensorFile.open(small)) {
            assertThat(file.tensors())
                    .extracting(TensorInfo::toString)
                    .containsExactly("head.weight [1, 4] F16", "head.bias [1] F16");
            assertThat(file.read("head.weight").getShort(2)).isEqualTo((short) 0xC000);
        }
    }

    @Test
    void whatIsNoWeightsFileIsReportedInOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("text.safetensors"), "this is no weights file");

        assertThat(run("weights", "inspect", file.toString())).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("espalier: " + file + ": is not a safetensors file")
                .hasLineCount(1);
        assertThat(run("weights")).isEqualTo(2);
        assertThat(run("weights", "inspect", folder.resolve("none").toString())).isEqualTo(1);
        assertThat(err.toString()).endsWith("there is no such file\n");
    }
}
