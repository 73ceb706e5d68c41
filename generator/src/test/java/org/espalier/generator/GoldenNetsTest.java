package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.verify.GraphVerifier;
import org.espalier.generator.ir.verify.ProgramVerifier;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example specifications under {@code src/golden/net}. */
class GoldenNetsTest {
    static List<Path> specifications() throws IOException {
        try (Stream<Path> files = Files.list(Goldens.file("net"))) {
            return files.filter(file -> file.toString().endsWith(".net"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("specifications")
    void compileWithoutErrorsIntoSoundPrograms(Path file) throws IOException {
        Compilation compilation = compile(file);

        assertThat(compilation.diagnostics().stream()
                        .filter(Diagnostic::isError)
                        .map(Diagnostic::render))
                .isEmpty();
        assertThat(compilation.sources()).isNotEmpty();
        for (Program program : compilation.programs()) {
            GraphVerifier.verify(program.graph());
            ProgramVerifier.verify(program);
        }
    }

    @ParameterizedTest
    @MethodSource("specifications")
    void compileToTheSameBytesTwice(Path file) throws IOException {
        assertThat(compile(file).sources()).isEqualTo(compile(file).sources());
    }

    private static Compilation compile(Path file) throws IOException {
        SourceFile source = new SourceFile(file.getFileName().toString(), Files.readString(file));
        return NetCompiler.compile(CompilationRequest.of(source));
    }
}
