package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;

/** Compares what the README shows with what the compiler makes. */
class ReadmeTest {
    @Test
    void theJavaIsWhatTheNetBecomes() throws IOException {
        SourceFile net = new SourceFile("digits.net", block("net"));

        Compilation compilation = NetCompiler.compile(CompilationRequest.of(net));

        assertThat(compilation.diagnostics()).isEmpty();
        String java = compilation.sources().get(0).text();
        int from = 0;
        for (String part : block("java").split("(?m)^…\n")) {
            assertThat(java.substring(from)).contains(part);
            from = java.indexOf(part, from) + part.length();
        }
    }

    @Test
    void theErrorsAreThoseOfTheNetWithTwoMistakes() throws IOException {
        String net = block("net").replace("kernel_size=5", "kernel=5").replace("ReLU()", "ReLu()");

        Compilation compilation =
                NetCompiler.compile(CompilationRequest.of(new SourceFile("src/main/net/digits.net", net)));

        String errors = compilation.diagnostics().stream()
                .map(Diagnostic::render)
                .collect(Collectors.joining("\n\n", "", "\n"));
        assertThat(block("text")).isEqualTo(errors);
        assertThat(compilation.sources()).isEmpty();
    }

    /** The README's first block in a language. */
    private static String block(String language) throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        Matcher matcher =
                Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(readme);
        assertThat(matcher.find()).as("a block of %s in the README", language).isTrue();
        return matcher.group(1);
    }
}
