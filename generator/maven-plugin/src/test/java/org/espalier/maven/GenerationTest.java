package org.espalier.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.FileProblem;
import org.espalier.maven.Generation.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationTest {
    @TempDir
    Path module;

    private Path specifications;
    private Path output;
    private Path jar;

    private Charset encoding = StandardCharsets.UTF_8;
    private String tool = "espalier 1";
    private boolean failOnWarning;
    private List<String> excludes = List.of();
    private List<String> targets = List.of("java");

    @BeforeEach
    void layOutAModule() {
        specifications = module.resolve("src/main/net");
        output = module.resolve("target/generated-sources/espalier");
        jar = module.resolve("blocks.jar");
    }

    @Test
    void generatesOnceForTheSameInput() throws IOException {
        write("line.net", line("Line", 4));

        assertThat(generate().outcome()).isEqualTo(Outcome.GENERATED);
        assertThat(output.resolve("Line.java")).exists();
        assertThat(generate().outcome()).isEqualTo(Outcome.UP_TO_DATE);
    }

    @Test
    void generatesAgainForAnyChangeOfItsInput() throws IOException {
        write("line.net", line("Line", 4));
        generate();

        write("line.net", line("Line", 5));
        assertThat(generate().outcome()).isEqualTo(Outcome.GENERATED);
        tool = "espalier 2";
        assertThat(generate().outcome()).isEqualTo(Outcome.GENERATED);
        encoding = StandardCharsets.ISO_8859_1;
        assertThat(generate().outcome()).isEqualTo(Outcome.GENERATED);
        Files.delete(output.resolve("Line.java"));
        assertThat(generate().outcome()).isEqualTo(Outcome.GENERATED);
        assertThat(generate().outcome()).isEqualTo(Outcome.UP_TO_DATE);
    }

    @Test
    void writesOnlyTheFilesThatChange() throws IOException {
        write("line.net", line("Line", 4));
        write("other.net", line("Other", 4));
        generate();

        write("line.net", line("Line", 5));

        assertThat(generate().changed()).containsExactly(output.resolve("Line.java"));
    }

    @Test
    void deletesTheClassOfARenamedNetwork() throws IOException {
        write("line.net", line("Line", 4));
        generate();

        write("line.net", line("Renamed", 4));
        generate();

        assertThat(output.resolve("Line.java")).doesNotExist();
        assertThat(output.resolve("Renamed.java")).exists();
    }

    @Test
    void leavesTheOutputOfTheLastGoodBuildUntilTheNextOne() throws IOException {
        write("line.net", line("Line", 4));
        write("other.net", line("Other", 4));
        generate();
        byte[] before = Files.readAllBytes(output.resolve("Line.java"));

        write("line.net", line("Line", 5));
        write("other.net", line("Other", 4).replace("Linear", "Linaer"));
        assertThat(generate().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(output.resolve("Line.java")).hasBinaryContent(before);
        assertThat(output.resolve("Other.java")).exists();

        write("line.net", line("Line", 4));
        write("other.net", line("Other", 4));
        assertThat(generate().outcome()).isEqualTo(Outcome.UP_TO_DATE);
    }

    @Test
    void compilesAgainAsLongAsThereAreWarnings() throws IOException {
        write("line.net", line("Line", 4).replace("output", "idle = line(x)\n    output"));

        assertThat(generate().outcome()).isEqualTo(Outcome.GENERATED);
        Generation.Result again = generate();

        assertThat(again.outcome()).isEqualTo(Outcome.GENERATED);
        assertThat(again.changed()).isEmpty();
        assertThat(again.compilation().diagnostics()).hasSize(1).noneMatch(Diagnostic::isError);
        failOnWarning = true;
        assertThat(generate().outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void countsImportedLibrariesAmongItsInput() throws IOException {
        write(
                "main.net",
                "import Dense from \"blocks/dense.net\"\n" + line("Main", 4).replace("Linear", "Dense"));
        writeJar(dense(true));
        assertThat(generate().outcome()).isEqualTo(Outcome.GENERATED);
        assertThat(generate().outcome()).isEqualTo(Outcome.UP_TO_DATE);

        writeJar(dense(false));
        assertThat(generate().outcome()).isEqualTo(Outcome.GENERATED);

        Files.delete(jar);
        Generation.Result without = generate();
        assertThat(without.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(without.compilation().diagnostics())
                .singleElement()
                .asString()
                .contains("ESP108");
    }

    @Test
    void countsFilesThatAreOnlyImportedAmongItsInput() throws IOException {
        excludes = List.of("blocks/**");
        write("blocks/dense.net", dense(true));
        write(
                "main.net",
                "import Dense from \"blocks/dense.net\"\n" + line("Main", 4).replace("Linear", "Dense"));
        generate();
        assertThat(generate().outcome()).isEqualTo(Outcome.UP_TO_DATE);

        write("blocks/dense.net", dense(false));
        assertThat(generate().outcome()).isEqualTo(Outcome.GENERATED);
    }

    @Test
    void readsAndWritesTheEncodingOfTheProject() throws IOException {
        encoding = StandardCharsets.ISO_8859_1;
        write("line.net", "/** Entraînée à la main. */\n" + line("Line", 4));

        generate();

        assertThat(Files.readString(output.resolve("Line.java"), StandardCharsets.ISO_8859_1))
                .contains("Entraînée à la main.");
    }

    @Test
    void reportsBytesThatAreNotInTheEncoding() throws IOException {
        encoding = StandardCharsets.ISO_8859_1;
        write("line.net", "/** Entraînée à la main. */\n" + line("Line", 4));
        encoding = StandardCharsets.UTF_8;

        Generation.Result result = generate();

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.compilation().diagnostics())
                .singleElement()
                .asString()
                .isEqualTo("src/main/net/line.net:1:10: error ESP114: this cannot be read as text");
    }

    @Test
    void refusesToOverwriteAHandWrittenClass() throws IOException {
        write("line.net", line("Line", 4));
        Files.createDirectories(output);
        Path foreign = Files.writeString(output.resolve("Line.java"), "class Line {}");

        assertThatThrownBy(this::generate)
                .isInstanceOf(FileProblem.class)
                .hasMessageContaining("did not write " + foreign);
        Files.delete(specifications.resolve("line.net"));
        generate();

        assertThat(foreign).hasContent("class Line {}");
    }

    @Test
    void losesNothingWhenTheFolderOfSpecificationsIsALinkThatLeadsNowhere() throws IOException {
        write("line.net", line("Line", 4));
        generate();
        Path disk = Files.move(specifications, module.resolve("disk"));
        Files.createSymbolicLink(specifications, disk);
        assertThat(generate().outcome()).isEqualTo(Outcome.UP_TO_DATE);

        Files.move(disk, module.resolve("unmounted"));

        assertThatThrownBy(this::generate)
                .isInstanceOf(FileProblem.class)
                .hasMessage("cannot read " + specifications + ": it is a link to a file that is not there");
        assertThat(output.resolve("Line.java")).exists();
    }

    @Test
    void losesNothingWhenAFolderOfSpecificationsCannotBeRead() throws IOException {
        write("line.net", line("Line", 4));
        write("deep/other.net", line("Other", 4));
        generate();
        Path deep = specifications.resolve("deep");
        Files.setPosixFilePermissions(deep, PosixFilePermissions.fromString("---------"));
        try {
            assumeThat(Files.isReadable(deep))
                    .as("the administrator may read anything")
                    .isFalse();

            assertThatThrownBy(this::generate)
                    .isInstanceOf(FileProblem.class)
                    .hasMessage("cannot read " + deep + ": permission denied");
            assertThat(output.resolve("Other.java")).exists();
        } finally {
            Files.setPosixFilePermissions(deep, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void refusesAFileInPlaceOfTheFolderOfSpecifications() throws IOException {
        write("line.net", line("Line", 4));
        generate();
        Files.delete(specifications.resolve("line.net"));
        Files.delete(specifications);
        Files.writeString(specifications, "");

        assertThatThrownBy(this::generate)
                .isInstanceOf(FileProblem.class)
                .hasMessage("expected a folder and found a file: " + specifications);
        assertThat(output.resolve("Line.java")).exists();
    }

    @Test
    void deletesWhatWasGeneratedWhenTheSpecificationsAreGone() throws IOException {
        write("line.net", line("Line", 4));
        generate();
        Files.delete(specifications.resolve("line.net"));
        Files.delete(specifications);

        assertThat(generate().changed()).containsExactly(output.resolve("Line.java"));
        assertThat(output.resolve("Line.java")).doesNotExist();
    }

    @Test
    void compilesAFileOnceThatLinksLeadTo() throws IOException {
        write("line.net", line("Line", 4));
        Files.createSymbolicLink(specifications.resolve("zlink.net"), Path.of("line.net"));

        assertThat(generate().outcome()).isEqualTo(Outcome.GENERATED);
    }

    @Test
    void takesPatternsAsAntDoes() throws IOException {
        write("one.net", line("One", 4));
        write("deep/two.net", line("Two", 4));
        write("deep/old/three.net", line("Three", 4));
        write("._one.net", "of a Mac");
        excludes = List.of("deep\\old/");

        generate();

        assertThat(output.resolve("One.java")).exists();
        assertThat(output.resolve("Two.java")).exists();
        assertThat(output.resolve("Three.java")).doesNotExist();
    }

    @Test
    void reportsAnImportFromABrokenJar() throws IOException {
        write("main.net", "import Dense from \"blocks/dense.net\"\n" + line("Main", 4));
        Files.writeString(jar, "no jar");

        assertThat(generate().compilation().diagnostics())
                .singleElement()
                .asString()
                .isEqualTo("src/main/net/main.net:1:19: error ESP120: cannot read blocks.jar: it is not a jar, or not a"
                        + " whole one");
    }

    @Test
    void givesTheSameBytesWhereverTheProjectLies() throws IOException {
        write("line.net", line("Line", 4));
        generate();
        byte[] here = Files.readAllBytes(output.resolve("Line.java"));

        module = module.resolve("moved to another place");
        layOutAModule();
        write("line.net", line("Line", 4));
        generate();

        assertThat(output.resolve("Line.java")).hasBinaryContent(here);
    }

    @Test
    void aNetworkHasAClassForEachTarget() throws IOException {
        layOutAModule();
        write("line.net", line("Line", 4));
        targets = List.of("java", "inference");

        generate();

        assertThat(output.resolve("Line.java")).exists();
        assertThat(output.resolve("LineInference.java")).content().contains("extends Inference<");

        targets = List.of("java");
        generate();

        assertThat(output.resolve("LineInference.java")).doesNotExist();
    }

    private Generation.Result generate() throws IOException {
        return new Generation(new GenerationRequest(
                        module,
                        List.of(specifications),
                        List.of("**/*.net"),
                        excludes,
                        List.of(),
                        () -> List.of(jar),
                        encoding,
                        failOnWarning,
                        targets,
                        tool,
                        output,
                        module.resolve("target/espalier/generate.manifest")))
                .generate();
    }

    private static String line(String name, int inputs) {
        return """
                network %s {
                    input x: float[batch, %d]
                    line = Linear(%d, 1)
                    output y = line(x)
                }
                """.formatted(name, inputs, inputs);
    }

    private static String dense(boolean bias) {
        return """
                block Dense(inputs: int, outputs: int) {
                    dense = Linear(inputs, outputs, bias=%s)
                    return [dense]
                }
                """.formatted(bias);
    }

    private void write(String name, String text) throws IOException {
        Path file = specifications.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, text.getBytes(encoding));
    }

    private void writeJar(String blocks) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry("META-INF/net/blocks/dense.net"));
            zip.write(blocks.getBytes(StandardCharsets.UTF_8));
        }
    }
}
