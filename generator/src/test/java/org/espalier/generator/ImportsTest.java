package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourcePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportsTest {
    private static final String NETWORK = """
            network N {
                input x: float[batch, 4]
                model = Block(4)
                output y = Tanh()(model(x))
            }
            """;

    @TempDir
    private Path folder;

    private Compilation compile(String main, List<Path> libraries) throws IOException {
        SourcePath path = new SourcePath(List.of(folder), libraries, StandardCharsets.UTF_8, folder);
        return NetCompiler.compile(new CompilationRequest(List.of(path.read(write("main.net", main))), path));
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static List<String> parameters(Compilation compilation) {
        assertThat(compilation.diagnostics().stream().map(Diagnostic::render)).isEmpty();
        return Nets.parameters(compilation.programs().get(0).graph());
    }

    @Test
    void blocksAndRegularizersComeFromFilesBesideOrBelow() throws IOException {
        write(
                "parts/blocks.net",
                "import small from \"../terms.net\"\nblock Dense(size: int) { return ["
                        + "Linear(size, size, weight_regularizer=small), ReLU()] }");
        write("terms.net", "regularizer small = l1(1e-5)");

        Compilation compilation = compile("import Dense as Block from 'parts/blocks.net'\n" + NETWORK, List.of());

        assertThat(parameters(compilation)).containsExactly("model.0.weight", "model.0.bias");
        assertThat(compilation.programs().get(0).graph().updateGroups().get(0).name())
                .isEqualTo("small");
    }

    @Test
    void filesMayImportEachOther() throws IOException {
        write(
                "odd.net",
                "import Even from \"even.net\"\nblock Odd(n: int) { return if n == 0 then [] else [Even(n - 1), ReLU()] }");
        write(
                "even.net",
                "import Odd from \"odd.net\"\nblock Even(n: int) { return if n == 0 then [] else [Odd(n - 1), Tanh()] }");

        Compilation compilation = compile("import Odd as Block from 'odd.net'\n" + NETWORK, List.of());

        assertThat(parameters(compilation)).isEmpty();
        assertThat(Nets.values(compilation.programs().get(0).graph()))
                .isEqualTo("model.0.0.0.tanh1, model.0.0.relu1, model.0.tanh1, model.relu1, y");
    }

    @Test
    void aFileThatImportsFromItselfWhatItDoesNotDeclareIsToldSo() throws IOException {
        Compilation compilation = compile("import Block from 'main.net'\n" + NETWORK, List.of());

        assertThat(compilation.diagnostics().stream().map(Diagnostic::headline))
                .containsExactly("main.net:1:8: error ESP109: main.net declares no block or regularizer 'Block'");
    }

    @Test
    void librariesPublishTheirsInMetaInf() throws IOException {
        Path jar = folder.resolve("blocks.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file)) {
            entries.putNextEntry(new ZipEntry("META-INF/net/com/example/blocks.net"));
            entries.write("import size from \"sizes.net\"\nblock Block(n: int) { return Linear(n, size(n)) }"
                    .getBytes(StandardCharsets.UTF_8));
            entries.putNextEntry(new ZipEntry("META-INF/net/com/example/sizes.net"));
            entries.write("block size(n: int) { return 2 * n }".getBytes(StandardCharsets.UTF_8));
        }

        Compilation compilation = compile("import Block from \"com/example/blocks.net\"\n" + NETWORK, List.of(jar));

        assertThat(parameters(compilation)).containsExactly("model.weight", "model.bias");
        assertThat(Nets.shape(compilation.programs().get(0).graph(), "model")).isEqualTo("[batch, 8]");
    }

    @Test
    void mistakesInImportedFilesAreReportedThereOnce() throws IOException {
        write("blocks.net", "block Block(size: int) {\n    return Linaer(size, size)\n}\n");
        String other = NETWORK.replace("network N", "network M");

        Compilation compilation = compile("import Block from 'blocks.net'\n" + NETWORK + other, List.of());

        assertThat(compilation.diagnostics().stream().map(Diagnostic::headline))
                .containsExactly("blocks.net:2:12: error ESP103: unknown layer 'Linaer'");
        assertThat(compilation.sources()).isEmpty();
    }

    @Test
    void theFilesOfOneRequestImportEachOtherWithoutAResolver() {
        SourceFile main = new SourceFile("net/main.net", "import Block from 'parts/block.net'\n" + NETWORK);
        SourceFile block =
                new SourceFile("net/parts/block.net", "block Block(size: int) { return Linear(size, size) }");

        Compilation compilation = NetCompiler.compile(CompilationRequest.of(block, main));

        assertThat(parameters(compilation)).containsExactly("model.weight", "model.bias");
    }

    @Test
    void aMistakeInOneNetworkLeavesTheOtherAlone() throws IOException {
        String broken = NETWORK.replace("network N", "network M").replace("Block(4)", "Linear(5, 5)");

        Compilation compilation = compile(NETWORK.replace("Block(4)", "Linear(4, 4)") + broken, List.of());

        assertThat(compilation.sources())
                .extracting(source -> source.className())
                .containsExactly("N");
        assertThat(compilation.diagnostics()).hasSize(1);
    }
}
