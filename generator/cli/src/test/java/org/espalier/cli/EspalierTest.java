package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

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
        assertThat(err.toString()).isEqualTo("no mistakes\n");
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
        Path untidy = Path.of(write("untidy.net", PERCEPTRON.replace(" = ", "=").replace("\n", "\r\n")));
        FileTime before = FileTime.fromMillis(1_000);
        Files.setLastModifiedTime(right, before);

        assertThat(run("fmt", folder.toString())).isZero();
        assertThat(out.toString()).isEqualTo(untidy + "\n");
        assertThat(err.toString()).isEqualTo("1 file changed\n");
        assertThat(untidy).content().isEqualTo(PERCEPTRON);
        assertThat(Files.getLastModifiedTime(right)).isEqualTo(before);
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
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
    void helpTeaches() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("Examples:")
                .contains("espalier explain unet.net")
                .contains("Exit codes:");
        assertThat(run("help", "compile")).isZero();
        assertThat(out.toString()).contains("Write a Java class for each network.");
    }

    private String write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text).toString();
    }

    private int run(String... arguments) {
        CommandLine command = Espalier.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return command.execute(arguments);
    }
}
