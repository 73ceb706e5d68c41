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
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.espalier.weights.npy.NpyArray;
import org.espalier.weights.npy.NpzFile;
import org.espalier.weights.npy.NpzWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] all = new String[arguments.length + 1];
        all[0] = "run";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Espalier.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private static ByteBuffer floats(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return bytes;
    }

    private float[] numbers(String name) {
        NpyArray array = NpyArray.read(folder.resolve(name));
        float[] numbers = new float[array.numbers().remaining() / 4];
        array.numbers().asFloatBuffer().get(numbers);
        return numbers;
    }

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("line.net"), """
                network Line {
                    input x: float[batch, 2]
                    fc = Linear(2, 1)
                    output y = fc(x)
                }
                """);
        Files.writeString(folder.resolve("words.net"), """
                network Words {
                    input word: int[batch, 2]
                    input scale: float[batch, 1]
                    embed = Embedding(3, 2)
                    output first = embed(word)[:, 0] * scale
                    output sum = first + 1
                }
                network Doubled {
                    input x: float[batch, 1]
                    output y = x * 2
                }
                """);
        new TensorFileWriter()
                .add(new TensorInfo("fc.weight", TensorType.F32, List.of(1L, 2L)), sink -> sink.accept(floats(2, 3)))
                .add(new TensorInfo("fc.bias", TensorType.F32, List.of(1L)), sink -> sink.accept(floats(10)))
                .write(folder.resolve("line.safetensors"));
        new TensorFileWriter()
                .add(
                        new TensorInfo("embed.weight", TensorType.F32, List.of(3L, 2L)),
                        sink -> sink.accept(floats(0, 1, 10, 11, 20, 21)))
                .write(folder.resolve("words.safetensors"));
        NpyArray.of(new float[] {1, 1, 1, 2}, List.of(2L, 2L)).write(folder.resolve("x.npy"));
    }

    @Test
    void aNetworkPredictsFromFileToFile() {
        assertThat(run("--net", at("line.net"), "-w", at("line.safetensors"), "-i", at("x.npy"), "-o", at("y.npy")))
                .isZero();

        assertThat(numbers("y.npy")).containsExactly(15, 18);
        assertThat(NpyArray.read(folder.resolve("y.npy")).shape()).containsExactly(2L, 1L);
        assertThat(out.toString()).isEqualTo("y  [2, 1]\n");
    }

    @Test
    void moreSamplesThanAreComputedAtOnceAreOneResult() {
        float[] many = new float[2 * 150];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }
        NpyArray.of(many, List.of(150L, 2L)).write(folder.resolve("many.npy"));

        run("--net", at("line.net"), "-w", at("line.safetensors"), "-i", at("many.npy"), "-o", at("y.npy"));

        assertThat(numbers("y.npy")).hasSize(150);
        for (int i = 0; i < 150; i++) {
            assertThat(numbers("y.npy")[i]).isEqualTo(10 * i + 13);
        }
    }

    @Test
    void numbersOfAnotherFrameworkAreComparedWith() {
        NpyArray.of(new float[] {15, 17}, List.of(2L, 1L)).write(folder.resolve("other.npy"));
        String[] arguments = {
            "--net", at("line.net"), "-w", at("line.safetensors"), "-i", at("x.npy"), "--expected", at("other.npy")
        };

        assertThat(run(arguments)).isZero();
        assertThat(out.toString())
                .isEqualTo("y  [2, 1]  greatest difference 1.00  of numbers up to 17.0, relative 0.0588\n");
        String[] strict = List.of(
                        "--net",
                        at("line.net"),
                        "-w",
                        at("line.safetensors"),
                        "-i",
                        at("x.npy"),
                        "--expected",
                        at("other.npy"),
                        "--tolerance",
                        "0.5")
                .toArray(new String[0]);
        assertThat(run(strict)).isEqualTo(1);
    }

    @Test
    void severalInputsAndOutputsHaveNames() {
        ByteBuffer words = ByteBuffer.allocate(4).put(new byte[] {2, 0, 1, 0});
        new NpyArray(TensorType.U8, List.of(2L, 2L), words.flip()).write(folder.resolve("word.npy"));
        new NpzWriter()
                .add("scale", NpyArray.of(new float[] {1, 2}, List.of(2L, 1L)))
                .write(folder.resolve("scale.npz"));

        assertThat(run(
                        "--net",
                        at("words.net"),
                        "-n",
                        "Words",
                        "-w",
                        at("words.safetensors"),
                        "-i",
                        "word=" + at("word.npy"),
                        "-i",
                        at("scale.npz"),
                        "-o",
                        at("all.npz")))
                .isZero();

        try (NpzFile all = NpzFile.open(folder.resolve("all.npz"))) {
            float[] sum = new float[4];
            all.numbers("sum").asFloatBuffer().get(sum);
            assertThat(sum).containsExactly(21, 22, 21, 23);
            assertThat(all.tensors()).hasSize(2);
        }
    }

    @Test
    void aNetworkWithoutParametersNeedsNoWeights() {
        NpyArray.of(new float[] {4}, List.of(1L, 1L)).write(folder.resolve("four.npy"));

        assertThat(run("--net", at("words.net"), "-n", "Doubled", "-i", at("four.npy"), "-o", at("y.npy")))
                .isZero();
        assertThat(numbers("y.npy")).containsExactly(8);
    }

    @Test
    void mistakesAreSaidInOneLineAndNothingIsWritten() {
        String net = at("line.net");
        String weights = at("line.safetensors");
        String x = at("x.npy");
        NpyArray.of(new float[] {1, 1}, List.of(2L)).write(folder.resolve("one.npy"));
        NpyArray.of(new float[] {1}, List.of(1L, 1L)).write(folder.resolve("scale.npy"));
        new NpyArray(TensorType.I32, List.of(2L, 2L), floats(0, 0, 0, 0)).write(folder.resolve("words.npy"));

        says(
                1,
                "network Line has 2 tensors of weights ('fc.weight' [1, 2] and so on), which --weights has to give",
                "--net",
                net,
                "-i",
                x);
        says(
                1,
                "tensor 'fc.weight' is missing; there are embed.weight",
                "--net",
                net,
                "-w",
                at("words.safetensors"),
                "-i",
                x);
        says(
                1,
                "input 'x' should be [batch, 2] with at least one sample, and the array is [2]; a[None] gives one"
                        + " sample a batch axis",
                "--net",
                net,
                "-w",
                weights,
                "-i",
                at("one.npy"));
        says(2, "--input names 'z', and the network has 'x' [batch, 2]", "--net", net, "-w", weights, "-i", "z=" + x);
        says(2, "--input gives 'x' twice", "--net", net, "-w", weights, "-i", x, "-i", "x=" + x);
        says(2, "has several networks; choose one by --network: Words, Doubled", "--net", at("words.net"), "-i", x);
        says(
                2,
                "--output needs a name",
                "--net",
                at("words.net"),
                "-n",
                "Words",
                "-w",
                at("words.safetensors"),
                "-i",
                "word=" + at("words.npy"),
                "-i",
                "scale=" + x,
                "-o",
                at("y.npy"));
        says(
                1,
                "input 'scale' has 1 samples, but 'word' has 2",
                "--net",
                at("words.net"),
                "-n",
                "Words",
                "-w",
                at("words.safetensors"),
                "-i",
                "word=" + at("words.npy"),
                "-i",
                "scale=" + at("scale.npy"),
                "-o",
                at("y.npz"));
        says(
                1,
                "input 'word' has whole numbers, and the array has F32; astype('int32') makes them so",
                "--net",
                at("words.net"),
                "-n",
                "Words",
                "-w",
                at("words.safetensors"),
                "-i",
                "word=" + x,
                "-i",
                "scale=" + x);
        says(
                1,
                "input 'scale' [batch, 1] is not given",
                "--net",
                at("words.net"),
                "-n",
                "Words",
                "-w",
                at("words.safetensors"),
                "-i",
                "word=" + at("words.npy"));
        says(1, "it is not an NPY file", "--net", net, "-w", weights, "-i", x, "-o", net);
        says(1, "there is no such file", "--net", net, "-w", weights, "-i", at("none.npy"));
        says(2, "no such file", "--net", at("none.net"), "-w", weights, "-i", x);
        assertThat(folder.resolve("y.npy")).doesNotExist();
        assertThat(folder.resolve("y.npz")).doesNotExist();
    }

    private void says(int code, String message, String... arguments) {
        assertThat(run(arguments)).as(err.toString()).isEqualTo(code);
        assertThat(err.toString().strip()).contains(message).doesNotContain("\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void weightsThatAreNotThereAndTolerancesThatNothingIsWithinAreMistakes() {
        assertThat(run("--net", at("line.net"), "-w", at("gone"), "-i", at("x.npy")))
                .isEqualTo(2);
        assertThat(err.toString()).isEqualTo("espalier: no such file: " + at("gone") + "\n");
        assertThat(run("--net", at("line.net"), "-w", folder.toString(), "-i", at("x.npy")))
                .isEqualTo(1);
        assertThat(err.toString()).isEqualTo("espalier: " + folder + " is a folder, not a weights file\n");
        assertThat(run("--net", at("line.net"), "-i", at("x.npy"), "--tolerance", "NaN"))
                .isEqualTo(2);
        assertThat(err.toString()).isEqualTo("espalier: expected a --tolerance of at least 0, and found NaN\n");
    }
}
