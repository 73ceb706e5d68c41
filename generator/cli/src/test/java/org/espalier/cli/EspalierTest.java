package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class EspalierTest {
    private static final String PERCEPTRON = """
            package com.example

            regularizer elastic = l1(1e-5) + l2(1e-4)

            network Perceptron {
                input x: float[batch, 4]
                hidden = Linear(4, 8, weight_regularizer=elastic)
                answer = Linear(8, 3)
                output logits = [hidden, ReLU(), answer](x)
                loss CrossEntropyLoss()
                optimizer Adam(lr=1e-3)
            }
            """;

    private static final String TYPO = """
            network Typo {
                input x: float[batch, 4]
                hidden = Linaer(4, 8)
                output y = hidden(x)
            }
            """;

    private static final String UNUSED = """
            network Unused {
                input x: float[batch, 4]
                line = Linear(4, 1)
                output y = line(x)
                idle = line(x)
            }
            """;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void checkIsContentWithARightSpecification() throws IOException {
        assertThat(run("check", write("perceptron.net", PERCEPTRON))).isZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).isEqualTo("no errors or warnings\n");
    }

    @Test
    void checkReportsEveryMistakeOfEveryFile() throws IOException {
        write("a.net", TYPO);
        write("deep/b.net", TYPO.replace("Typo", "Other"));

        assertThat(run("check", folder.toString())).isEqualTo(1);
        assertThat(err.toString())
                .contains(
                        "a.net:3:14: error ESP103: unknown layer 'Linaer'\n    hidden = Linaer(4, 8)\n             ^^^^^^\n")
                .contains("b.net:3:14: error ESP103")
                .contains("help: did you mean 'Linear'?")
                .endsWith("2 errors in 2 files\n");
    }

    @Test
    void whatFilesSayDoesNotDriveTheTerminal() throws IOException {
        String file = write("typo.net", TYPO.replace("hidden", "/* \u001B[2J\u202E */ hidden"));

        assertThat(run("check", file)).isEqualTo(1);
        assertThat(run("explain", write("named.net", PERCEPTRON.replace("(1e-5)", "(1e-5 /* \u001B[2J */)"))))
                .isZero();
        assertThat(run("check", "no\u001B[2Jfile.net")).isEqualTo(2);
        assertThat(err.toString())
                .contains("<U+001B>[2J<U+202E>")
                .contains("no such file or folder: no<U+001B>[2Jfile.net")
                .doesNotContain("\u001B", "\u202E");
        assertThat(out.toString()).doesNotContain("\u001B");
    }

    @Test
    void warningsFailOnRequestOnly() throws IOException {
        String file = write("unused.net", UNUSED);

        assertThat(run("check", file)).isZero();
        assertThat(run("check", "--fail-on-warning", file)).isEqualTo(1);
        assertThat(err.toString()).contains("unused.net:5:5: warning ESP410").contains("1 warning in 1 file\n");
    }

    @Test
    void compileWritesAClassForEachNetwork() throws IOException {
        Path output = folder.resolve("generated");

        assertThat(run("compile", "-o", output.toString(), write("perceptron.net", PERCEPTRON)))
                .isZero();
        assertThat(output.resolve("com/example/Perceptron.java")).content().contains("public final class Perceptron");
        assertThat(out.toString()).isEqualTo(output.resolve("com/example/Perceptron.java") + "\n");
    }

    @Test
    void compileWritesAClassForEachTarget() throws IOException {
        Path output = folder.resolve("generated");
        String file = write("perceptron.net", PERCEPTRON);

        assertThat(run("compile", "--target", "inference,java", "-o", output.toString(), file))
                .isZero();
        assertThat(output.resolve("com/example/Perceptron.java")).exists();
        assertThat(output.resolve("com/example/PerceptronInference.java"))
                .content()
                .contains("public final class PerceptronInference extends Inference");
        assertThat(run("compile", "--target", "onyx", "-o", output.toString(), file))
                .isEqualTo(2);
        assertThat(err.toString()).contains("expected a target, one of java, inference, and found 'onyx'");
        assertThat(run("compile", "--target", "onnx", "-o", output.toString(), file))
                .isEqualTo(2);
        assertThat(err.toString()).contains("found 'onnx': a model has weights").contains("espalier export");
    }

    @Test
    void aFileIsCompiledOnceHoweverOftenItIsNamed() throws IOException {
        String file = write("net/unused.net", UNUSED);
        Files.createSymbolicLink(folder.resolve("link.net"), Path.of(file));
        String net = folder.resolve("net").toString();

        assertThat(run("check", folder.toString(), net, file, net + "/../net/unused.net", net + "/./unused.net"))
                .isZero();
        assertThat(err.toString()).containsOnlyOnce("warning ESP410").endsWith("1 warning in 1 file\n");
        assertThat(run("compile", "-o", folder.resolve("own").toString(), file, folder.toString()))
                .isZero();
        assertThat(err.toString()).endsWith("1 network, 1 file changed\n");
    }

    @Test
    void errorsComeBeforeWarningsSortedByFile() throws IOException {
        write("a.net", UNUSED);
        write("b.net", TYPO);
        write("c.net", UNUSED.replace("Unused", "Other"));
        write("d.net", "network D {\n    input\n");

        assertThat(run("check", folder.toString())).isEqualTo(1);
        assertThat(err.toString().lines().filter(line -> line.matches(".*: (error|warning) ESP.*")))
                .extracting(line -> line.replaceAll(".*/(\\w\\.net).* (error|warning) ESP.*", "$1 $2"))
                .containsExactly("b.net error", "d.net error", "a.net warning", "c.net warning");
        assertThat(err.toString()).endsWith("2 errors and 2 warnings in 4 files\n");
    }

    @Test
    void compileRefusesToOverwriteWhatItDidNotWrite() throws IOException {
        String file = write("perceptron.net", PERCEPTRON);
        Path foreign = Path.of(write("own/com/example/Perceptron.java", "class Perceptron {}"));
        String own = folder.resolve("own").toString();

        assertThat(run("compile", "-o", own, file)).isEqualTo(1);
        assertThat(run("compile", "-o", own, write("unused.net", UNUSED))).isZero();
        assertThat(foreign).content().isEqualTo("class Perceptron {}");
        assertThat(err.toString())
                .startsWith("espalier: Espalier did not write " + foreign
                        + " and does not overwrite it: move it out of the output folder, or rename the network\n");
    }

    @Test
    void compileKeepsWhatItGeneratedFromOtherSpecifications() throws IOException {
        String one = write("one.net", PERCEPTRON);
        String two = write("two.net", UNUSED);
        Path own = folder.resolve("own");

        assertThat(run("compile", "-o", own.toString(), one)).isZero();
        assertThat(run("compile", "-o", own.toString(), two)).isZero();
        assertThat(own.resolve("com/example/Perceptron.java")).exists();
        Files.delete(Path.of(one));
        assertThat(run("compile", "-o", own.toString(), two)).isZero();
        assertThat(own.resolve("com/example/Perceptron.java")).doesNotExist();
        assertThat(own.resolve("Unused.java")).exists();
    }

    @Test
    void whatCannotBeReadOrWrittenIsToldInOneLine() throws IOException {
        String file = write("perceptron.net", PERCEPTRON);
        String jar = write("broken.jar", "no jar");
        String importing = write("importing.net", "import Dense from \"dense.net\"\n");
        Path link = Files.createSymbolicLink(folder.resolve("link.net"), Path.of("gone.net"));

        assertThat(run("compile", "-o", jar, file)).isEqualTo(1);
        assertThat(lastLine()).isEqualTo("espalier: expected an output folder and found a file: " + jar);
        assertThat(run("compile", "-o", jar + "/deep", file)).isEqualTo(1);
        assertThat(lastLine()).startsWith("espalier: cannot ").contains(jar + "/deep");
        assertThat(run("check", folder.toString())).isEqualTo(1);
        assertThat(lastLine())
                .isEqualTo("espalier: cannot read " + link + ": it is a link to a file that is not there");
        assertThat(run("fmt", link.toString())).isEqualTo(1);
        assertThat(lastLine()).startsWith("espalier: cannot read ");
        assertThat(run("diagram", "--format", "svg", "-o", jar, file)).isEqualTo(1);
        assertThat(lastLine()).endsWith("Perceptron.svg: " + jar + " is a file, not a folder");
        String taken = Files.createDirectory(folder.resolve("taken.svg")).toString();
        assertThat(run("diagram", "--force", "-o", taken, file)).isEqualTo(1);
        assertThat(lastLine()).isEqualTo("espalier: cannot write " + taken + ": it is a folder; give another name");
        assertThat(err.toString().lines()).hasSize(6);
        assertThat(run("check", "-I", jar, importing)).isEqualTo(1);
        assertThat(err.toString())
                .contains("importing.net:1:19: error ESP120: cannot read " + jar
                        + ": it is not a jar, or not a whole one\n");
    }

    /** Of its memory, which Linux shows as a file, a process cannot read the first page, whoever runs it. */
    @Test
    void aFileWhoseBytesCannotBeReadIsToldInOneLine() throws IOException {
        Path memory = Path.of("/proc/self/mem");
        assumeThat(memory).exists();
        Path link = Files.createSymbolicLink(folder.resolve("memory.net"), memory);
        String importing = write("importing.net", "import Dense from \"memory.net\"\n");
        String output = folder.resolve("own").toString();
        assertThat(run("compile", "-o", output, write("other/perceptron.net", PERCEPTRON)))
                .isZero();
        err.getBuffer().setLength(0);

        assertThat(run("check", link.toString())).isEqualTo(1);
        assertThat(run("compile", "-o", output, folder.toString())).isEqualTo(1);
        assertThat(run("fmt", link.toString())).isEqualTo(1);
        assertThat(err.toString().lines())
                .hasSize(3)
                .allMatch(line -> line.startsWith("espalier: cannot read " + link));
        assertThat(run("check", importing)).isEqualTo(1);
        assertThat(lastLine()).isEqualTo("1 error in 1 file");
        assertThat(err.toString()).contains("importing.net:1:19: error ESP120: cannot read " + link + ": ");
        assertThat(Path.of(output, "com/example/Perceptron.java")).exists();
    }

    @Test
    void compileWritesNothingWhenThereIsAMistake() throws IOException {
        write("net/perceptron.net", PERCEPTRON);
        write("net/typo.net", TYPO);
        Path output = folder.resolve("generated");

        assertThat(run("compile", "-o", output.toString(), folder.resolve("net").toString()))
                .isEqualTo(1);
        assertThat(output).doesNotExist();
    }

    @Test
    void explainShowsLayersRegularizersAndMemory() throws IOException {
        assertThat(run("explain", write("perceptron.net", PERCEPTRON))).isZero();
        assertThat(out.toString().lines().map(String::strip))
                .contains("Layers", "Regularizers", "Memory")
                .anyMatch(line -> line.matches("hidden +Linear +\\[batch, 8] +40 +32 +perceptron.net:7"))
                .anyMatch(line -> line.matches("hidden.weight +\\[8, 4] +32 +elastic +l1\\(1e-5\\) \\+ l2\\(1e-4\\)"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"graph", "program", "fusion", "plan"})
    void dumpPrintsTheStageThatIsAskedFor(String stage) throws IOException {
        assertThat(run("dump", "--stage", stage, write("perceptron.net", PERCEPTRON)))
                .isZero();
        assertThat(out.toString()).startsWith("network com.example.Perceptron");
        assertThat(out.toString().contains("backward")).isEqualTo(!stage.equals("graph"));
        assertThat(out.toString().contains("memory")).isEqualTo(stage.equals("plan"));
    }

    @Test
    void dumpPrintsAllStagesWithWhatChanges() throws IOException {
        assertThat(run("dump", "--stage", "all", write("unused.net", UNUSED))).isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("== ")))
                .containsExactly(
                        "== Unused after graph",
                        "== Unused after program",
                        "== Unused after fusion",
                        "== Unused after plan");
        assertThat(out.toString()).contains("== Unused after graph\nnetwork Unused");
    }

    @Test
    void dumpSaysWhichStageChangesNothing() throws IOException {
        assertThat(run("dump", "--stage", "all", write("perceptron.net", PERCEPTRON)))
                .isZero();
        assertThat(out.toString())
                .contains("== Perceptron after fusion\n(unchanged)\n")
                .containsOnlyOnce("(unchanged)");
    }

    @Test
    void oneNetworkCanBePicked() throws IOException {
        write("a.net", UNUSED);
        write("b.net", PERCEPTRON);

        assertThat(run("dump", "--network", "Perceptron", folder.toString())).isZero();
        assertThat(out.toString()).contains("network com.example.Perceptron").doesNotContain("network Unused");
        assertThat(run("explain", "-n", "Percepton", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("no network 'Percepton' in these files, only: Unused, Perceptron");
    }

    @Test
    void fmtWritesOnlyWhatChanges() throws IOException {
        Path right = Path.of(write("right.net", PERCEPTRON));
        Path untidy = Path.of(write("untidy.net", PERCEPTRON.replace(" = ", "=")));
        FileTime before = FileTime.fromMillis(1_000);
        Files.setLastModifiedTime(right, before);

        assertThat(run("fmt", folder.toString())).isZero();
        assertThat(out.toString()).isEqualTo(untidy + "\n");
        assertThat(err.toString()).isEqualTo("1 file changed\n");
        assertThat(untidy).content().isEqualTo(PERCEPTRON);
        assertThat(Files.getLastModifiedTime(right)).isEqualTo(before);
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void fmtKeepsLineEndsAndByteOrderMarks() throws IOException {
        String windows = "\uFEFF" + PERCEPTRON.replace("\n", "\r\n");
        Path right = Path.of(write("right.net", windows));
        Path untidy = Path.of(write("untidy.net", windows.replace(" = ", "=")));

        assertThat(run("fmt", "--check", right.toString())).isZero();
        assertThat(run("fmt", untidy.toString())).isZero();
        assertThat(untidy).content().isEqualTo(windows);
        assertThat(run("check", right.toString())).isZero();
    }

    @Test
    void fmtKeepsPermissions() throws IOException {
        Path untidy = Path.of(write("untidy.net", PERCEPTRON.replace(" = ", "=")));
        Files.setPosixFilePermissions(untidy, PosixFilePermissions.fromString("rw-r-----"));

        assertThat(run("fmt", untidy.toString())).isZero();
        assertThat(untidy).content().isEqualTo(PERCEPTRON);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(untidy)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void fmtLeavesBytesThatAreNotTextAlone() throws IOException {
        Path file = folder.resolve("latin.net");
        byte[] latin = ("regularizer  a=l1(1) // gr\u00f6\u00dfer\n").getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, latin);

        assertThat(run("fmt", file.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("error ESP114");
        assertThat(file).hasBinaryContent(latin);
    }

    @Test
    void fmtChecksWithoutWriting() throws IOException {
        String right = write("right.net", PERCEPTRON);
        String untidy = write("untidy.net", PERCEPTRON.replace(" = ", "="));

        assertThat(run("fmt", "--check", right)).isZero();
        assertThat(run("fmt", "--check", right, untidy)).isEqualTo(1);
        assertThat(out.toString()).isEqualTo(untidy + "\n");
        assertThat(err.toString()).endsWith("1 file would change\n");
        assertThat(Path.of(untidy)).content().isEqualTo(PERCEPTRON.replace(" = ", "="));
    }

    @Test
    void fmtReportsWhatDoesNotParseAndLeavesItAlone() throws IOException {
        String broken = write("broken.net", "network  N {\n    x = \n}\n");
        String untidy = write("untidy.net", PERCEPTRON.replace(" = ", "="));

        assertThat(run("fmt", broken, untidy)).isEqualTo(1);
        assertThat(err.toString()).contains("broken.net:3:1: error ESP101").endsWith("1 file changed\n");
        assertThat(Path.of(broken)).content().isEqualTo("network  N {\n    x = \n}\n");
        assertThat(Path.of(untidy)).content().isEqualTo(PERCEPTRON);
    }

    @Test
    void importsComeFromTheFoldersThatAreNamed() throws IOException {
        write("library/blocks.net", """
                block Dense(inputs: int, outputs: int) {
                    dense = Linear(inputs, outputs)
                    return [dense]
                }
                """);
        String file = write("net/main.net", """
                import Dense from "blocks.net"

                network Main {
                    input x: float[batch, 4]
                    dense = Dense(4, 1)
                    output y = dense(x)
                }
                """);

        assertThat(run("check", file)).isEqualTo(1);
        assertThat(run("check", "-I", folder.resolve("library").toString(), file))
                .isZero();
    }

    @Test
    void mistakesInTheArgumentsAreToldApart() throws IOException {
        assertThat(run("check", folder.resolve("missing.net").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("no such file or folder: ").contains("missing.net");
        assertThat(run("check")).isEqualTo(2);
        assertThat(run("compile", write("perceptron.net", PERCEPTRON))).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required option: '--output=FOLDER'");
        assertThat(run("chekc")).isEqualTo(2);
        assertThat(err.toString()).contains("Did you mean: espalier check");
    }

    @Test
    void mistakesInTheArgumentsAreToldInOneLine() throws IOException {
        String file = write("perceptron.net", PERCEPTRON);
        Files.createDirectories(folder.resolve("empty"));
        List<List<String>> mistakes = List.of(
                List.of(),
                List.of("check"),
                List.of("chekc", file),
                List.of("check", "--fail-on-warnings", file),
                List.of("check", "--encoding", "utf-9", file),
                List.of("check", "-I", file, file),
                List.of("check", "-I", folder.resolve("missing").toString(), file),
                List.of("check", folder.resolve("empty").toString()),
                List.of("check", "@" + file),
                List.of("check", file + "/inside.net"),
                List.of("compile", file),
                List.of("compile", "-o", "a", "-o", "b", file),
                List.of("dump", "--stage", "grph", file),
                List.of("explain", "--network", "Percepton", file),
                List.of("fmt", "-x", file),
                List.of("help", "chekc"));

        for (List<String> arguments : mistakes) {
            err.getBuffer().setLength(0);
            assertThat(run(arguments.toArray(String[]::new)))
                    .as("%s", arguments)
                    .isEqualTo(2);
            assertThat(err.toString().lines())
                    .as("%s", arguments)
                    .singleElement()
                    .asString()
                    .startsWith("espalier: ")
                    .doesNotContain("Exception", "java.");
        }
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void tooLittleMemoryIsToldInOneLine() {
        CommandLine command = Espalier.commandLine();
        command.addSubcommand("fill", new Filling());
        command.setErr(new PrintWriter(err));

        assertThat(command.execute("fill")).isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("espalier: this takes more memory than the ")
                .contains("JAVA_TOOL_OPTIONS to -Xmx");
    }

    /** A command that takes all memory there is. */
    @Command
    static final class Filling implements Runnable {
        @Override
        public void run() {
            throw new OutOfMemoryError("Java heap space");
        }
    }

    @Test
    void helpTeaches() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("Examples:")
                .contains("espalier explain unet.net")
                .contains("Exit codes:");
        assertThat(run("help", "compile")).isZero();
        assertThat(out.toString()).contains("Generate a Java class for each network.");
    }

    private String write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text).toString();
    }

    private String lastLine() {
        List<String> lines = err.toString().lines().toList();
        return lines.get(lines.size() - 1);
    }

    @Test
    void diagramDrawsANetworkInTheFormatOfTheFile() throws IOException {
        String net = write("perceptron.net", PERCEPTRON);
        Path svg = folder.resolve("pictures/net.svg");

        assertThat(run("diagram", "-o", svg.toString(), net)).isZero();
        assertThat(Files.readString(svg)).startsWith("<svg ").contains("λ elastic");
        assertThat(run("diagram", "-o", svg.toString(), net)).as("once more").isZero();

        assertThat(run("diagram", "-o", folder.resolve("net.dot").toString(), net))
                .isZero();
        assertThat(folder.resolve("net.dot")).content().contains("digraph \"Perceptron\"");
        assertThat(run("diagram", "-o", folder.toString(), "--format", "mermaid", net))
                .isZero();
        assertThat(folder.resolve("Perceptron.mmd")).content().contains("flowchart TB");
    }

    @Test
    void diagramOverwritesNothingThatItDidNotDraw() throws IOException {
        String net = write("perceptron.net", PERCEPTRON);
        String mine = write("mine.svg", "<svg/>");

        assertThat(run("diagram", "-o", mine, net)).isEqualTo(2);
        assertThat(err.toString()).contains("mine.svg is there already and was not drawn by Espalier; --force");
        assertThat(Path.of(mine)).content().isEqualTo("<svg/>");
        assertThat(run("diagram", "--force", "-o", mine, net)).isZero();
    }

    @Test
    void diagramAsksWhichNetworkAndWhichBlocks() throws IOException {
        String net = write(
                "two.net",
                PERCEPTRON + PERCEPTRON.substring(PERCEPTRON.indexOf("network")).replace("Perceptron", "Other"));

        assertThat(run("diagram", net)).isEqualTo(2);
        assertThat(err.toString()).contains("there are 2 networks (Perceptron, Other): choose one by --network");
        assertThat(run("diagram", "--network", "Other", net)).isZero();
        assertThat(out.toString()).contains("<title>Other</title>");
        assertThat(run("diagram", "--network", "Other", "--close", "Level", net))
                .isEqualTo(2);
        assertThat(err.toString()).contains("no block 'Level' in these networks");
    }

    @Test
    void explainDrawsAFigureIfAsked() throws IOException {
        assertThat(run("explain", "--figure", write("perceptron.net", PERCEPTRON)))
                .isZero();
        assertThat(out.toString()).contains("Figure\n  %% Drawn by Espalier\n  flowchart TB\n");
    }

    private int run(String... arguments) {
        CommandLine command = Espalier.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return command.execute(arguments);
    }
}
