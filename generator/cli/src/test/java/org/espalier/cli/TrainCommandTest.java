package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.espalier.weights.npy.NpyArray;
import org.espalier.weights.npy.NpzWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains in processes of their own, with the class path of the tests. */
class TrainCommandTest {
    private static final String NET = """
            network Kinds {
                input x: float[batch, 3]
                hidden = Linear(3, 8, weight_regularizer=l1(1e-4))
                answer = Linear(8, 2)
                output scores = [hidden, ReLU(), Dropout(0.1), answer](x)
                loss CrossEntropyLoss()
                optimizer Adam(lr=1e-2)
            }
            """;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String net = "";

    @BeforeEach
    void writeSpecification() throws IOException {
        net = Files.writeString(folder.resolve("kinds.net"), NET).toString();
    }

    @Test
    void learnsFromATableWithWordsAndIsMeasuredAsItWasTrained() throws IOException {
        String table = table("a.csv", "cat", "dog");
        String results = folder.resolve("results").toString();

        assertThat(train("-d", table, "-v", "0.25", "-e", "12", "-b", "8", "--normalize", "-o", results))
                .as(err.toString())
                .isZero();

        assertThat(out.toString())
                .startsWith("72 examples to train on, 24 to validate with\n")
                .contains("epoch 12  loss 0.", "validation accuracy ");
        assertThat(folder.resolve("results/ledger.csv"))
                .content()
                .startsWith("epoch,data,l1(1e-4):l1,total,validation:loss,validation:accuracy\n")
                .hasLineCount(13);
        assertThat(run("eval", "-w", results + "/best.safetensors", "-d", table, "-m", "accuracy,f1"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).startsWith("96 examples\nloss ").contains("f1 ");
        double accuracy = Double.parseDouble(out.toString()
                .lines()
                .filter(line -> line.startsWith("accuracy"))
                .findFirst()
                .orElseThrow()
                .substring(17));
        assertThat(accuracy).isGreaterThan(0.85);
    }

    @Test
    void aRunThatGoesOnEndsWithTheBitsOfOneThatWasNotStopped() throws IOException {
        String arrays = arrays("x", 0);
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        String checkpoint = folder.resolve("a.ckpt").toString();

        assertThat(train("-d", arrays, "-e", "3", "-b", "8", "-o", whole.toString()))
                .isZero();
        assertThat(train("-d", arrays, "-e", "2", "-b", "8", "-o", parts.toString(), "--checkpoint", checkpoint))
                .isZero();
        assertThat(train("-d", arrays, "-e", "3", "-o", parts.toString(), "--checkpoint", checkpoint))
                .isEqualTo(2);
        assertThat(err.toString()).contains("is there already: --resume goes on from it");
        assertThat(train(
                        "-d",
                        arrays,
                        "-e",
                        "3",
                        "-b",
                        "8",
                        "-o",
                        parts.toString(),
                        "--checkpoint",
                        checkpoint,
                        "--resume"))
                .as(err.toString())
                .isZero();

        assertThat(parts.resolve("weights.safetensors")).hasSameBinaryContentAs(whole.resolve("weights.safetensors"));
        assertThat(parts.resolve("ledger.csv")).hasSameTextualContentAs(whole.resolve("ledger.csv"));
        reportsSideBySide(whole, parts);
    }

    private void reportsSideBySide(Path whole, Path parts) throws IOException {
        String result = folder.resolve("runs.html").toString();

        assertThat(report(
                        "-o",
                        result,
                        whole.toString(),
                        parts.resolve("report.html").toString()))
                .as(err.toString())
                .isZero();
        assertThat(Path.of(result))
                .content()
                .containsOnlyOnce("class=\"run\">{\"name\":\"whole\",\"running\":false")
                .containsOnlyOnce("class=\"run\">{\"name\":\"parts\",\"running\":false")
                .contains("<title>Runs</title>", "Kinds (kinds.net:1)", "<svg ")
                .satisfies(page -> assertThat(page.split("class=\"run\">", -1)).hasSize(3));
        // What is put side by side can be put beside others.
        assertThat(report("-o", result, result, whole.toString())).isZero();
        assertThat(Files.readString(Path.of(result)).split("class=\"run\">", -1))
                .hasSize(4);

        assertThat(report("-o", result, net)).isEqualTo(2);
        assertThat(err.toString()).contains("kinds.net is no training report");
        assertThat(report("-o", net, whole.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("kinds.net is there already and was not written by Espalier; --force");
    }

    private int report(String... arguments) {
        clear();
        List<String> all = new ArrayList<>(List.of("report"));
        all.addAll(List.of(arguments));
        return Espalier.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(new String[0]));
    }

    @Test
    void mistakesInDataNameFileAndRow() throws IOException {
        says("bad.npz: expected a class from 0 to 1 in row 17 of 'target', from 0, found 7", arrays("bad", 7));
        Path csv = Path.of(table("b.csv", "0", "1"));
        List<String> lines = new ArrayList<>(Files.readAllLines(csv));
        lines.set(4, "1,zwei,3,0");
        Files.write(csv, lines);
        says("b.csv: expected a finite number in line 5, field 2", csv.toString());
        says(
                "expected 3 columns of inputs and 1 of targets",
                Files.writeString(folder.resolve("c.csv"), "a,b\n1,0\n").toString());
        says("expected a folder with a folder of pictures for each class, a .csv or an .npz file", net);
        says("folders of pictures are for networks from float[batch, 3, height, width]", folder.toString());
    }

    @Test
    void mistakesInArgumentsAreFoundBeforeAnythingStarts() throws IOException {
        String table = table("a.csv", "0", "1");
        usage(
                "no such file or folder",
                "train",
                net,
                "-d",
                folder.resolve("none").toString());
        usage("--epochs must be at least 1", "train", net, "-d", table, "-e", "0");
        usage("--lr must be a finite number above 0", "train", net, "-d", table, "--lr", "-1");
        usage("--batch-size must be at least 1", "train", net, "-d", table, "-b", "0");
        usage("--resume goes on from a checkpoint", "train", net, "-d", table, "--resume");
        String without = Files.writeString(folder.resolve("w.net"), NET.replaceAll("(?m)^ *(loss|optimizer).*\n", ""))
                .toString();
        usage("network Kinds has no loss", "train", without, "-d", table);
        usage("expected a folder for what training writes and found a file: ", "train", net, "-d", table, "-o", table);
        assertThat(Espalier.commandLine()
                        .setErr(new PrintWriter(err, true))
                        .execute("train", net, "-d", table, "--class-path", folder.toString()))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .last()
                .asString()
                .startsWith("espalier: the class path has no espalier-runtime-cpu, or that of another version");
    }

    private void says(String message, String data) {
        assertThat(train("-d", data, "-e", "1", "-o", folder.resolve("none").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("espalier: ", message).doesNotContain("\tat ");
    }

    private void usage(String message, String... arguments) {
        clear();
        assertThat(Espalier.commandLine().setErr(new PrintWriter(err, true)).execute(arguments))
                .isEqualTo(2);
        assertThat(err.toString()).contains(message);
    }

    private int train(String... arguments) {
        return run("train", arguments);
    }

    private int run(String command, String... arguments) {
        clear();
        List<String> all = new ArrayList<>(List.of(command, net));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--class-path", System.getProperty("java.class.path"), "-J=-XX:TieredStopAtLevel=1"));
        return Espalier.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(new String[0]));
    }

    private void clear() {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
    }

    private String table(String name, String... words) throws IOException {
        Random random = new Random(1);
        List<String> lines = new ArrayList<>(List.of("a,b,c,kind"));
        for (int i = 0; i < 96; i++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            lines.add(a + "," + b + "," + random.nextInt(9) + "," + words[a + b > 0 ? 1 : 0]);
        }
        return Files.write(folder.resolve(name), lines).toString();
    }

    private String arrays(String name, int label) {
        Random random = new Random(2);
        float[] x = new float[96];
        float[] y = new float[32];
        IntStream.range(0, x.length).forEach(i -> x[i] = (float) random.nextGaussian());
        IntStream.range(0, y.length).forEach(i -> y[i] = i == 17 && label > 0 ? label : i % 2);
        Path npz = folder.resolve(name + ".npz");
        new NpzWriter()
                .add("x", NpyArray.of(x, List.of(32L, 3L)))
                .add("y", NpyArray.of(y, List.of(32L)))
                .write(npz);
        return npz.toString();
    }
}
