package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourcePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compiles what the pages of the language show, and compares the grammar they show with the parser's. */
class LanguagePagesTest {
    @TempDir
    private Path folder;

    /**
     * A block marked {@code ```net} is a file; {@code ```net parts/dense.net} is one that others import; {@code ```net
     * network} is what stands in a network with one input x.
     */
    @ParameterizedTest
    @ValueSource(strings = {"language.md", "layers.md", "regularization.md"})
    void everyExampleCompiles(String page) throws IOException {
        List<Pages.Example> examples = Pages.examples(page);
        for (Pages.Example part : examples) {
            if (part.label().endsWith(".net")) {
                Path file = folder.resolve(part.label());
                Files.createDirectories(file.getParent());
                Files.writeString(file, part.text());
            }
        }
        for (Pages.Example example : examples) {
            assertThat(findings(example)).as(example.text()).isEmpty();
        }
    }

    private List<String> findings(Pages.Example example) throws IOException {
        String text = example.label().equals("network")
                ? "network N {\ninput x: float[batch, 3, 32, 32]\n" + example.text() + "}\n"
                : example.text();
        Path file = Files.writeString(folder.resolve("example.net"), text);
        SourcePath path = new SourcePath(List.of(folder), List.of(), StandardCharsets.UTF_8, folder);
        Compilation compilation = NetCompiler.compile(new CompilationRequest(List.of(path.read(file)), path));
        List<String> errors = compilation.diagnostics().stream()
                .filter(Diagnostic::isError)
                .map(Diagnostic::render)
                .toList();
        assertThat(errors.isEmpty() && compilation.sources().isEmpty())
                .as(text)
                .isEqualTo(errors.isEmpty() && !text.contains("network "));
        return errors;
    }

    @Test
    void theForumsFragmentIsAnExample() {
        String fragment = Pages.examples("language.md").get(0).text();

        assertThat(fragment)
                .contains("downrelu", "downnorm", "uprelu", "upnorm", "upconv")
                .contains("down + [submodule] + up + [Dropout(0.5)]");
        assertThat(Nets.parameters(Nets.graph(fragment)))
                .contains("unet.downconv.weight", "unet.submodule.submodule.upconv.weight")
                .doesNotContain("unet.downconv.bias");
    }

    @Test
    void theGrammarIsTheParsers() throws IOException {
        String page = Pages.read("language.md");
        Path grammar = Path.of("..", "grammar", "src", "main", "antlr4", "org", "espalier", "grammar", "Net.g4");
        String before = page.substring(0, page.indexOf("```ebnf\n") + "```ebnf\n".length());
        String after = page.substring(page.indexOf("```", before.length()));

        Pages.check("language.md", before + Ebnf.of(Files.readString(grammar)) + after);
    }

    /** Of each code: what it means, its message, and the first of its fixtures. */
    @Test
    void everyErrorIsOnItsPage() throws IOException {
        Pages.check("errors.md", ErrorsPage.text());
    }
}
