package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.interpreter.ClobberCheck;
import org.espalier.generator.ir.Program;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The networks of {@code src/golden/net} over their planned memory. */
class PlannedSpecificationsTest {
    private static Stream<Path> specifications() throws IOException {
        try (Stream<Path> files = Files.list(Goldens.file("net"))) {
            return files.filter(file -> file.toString().endsWith(".net")).sorted().toList().stream();
        }
    }

    private static List<Program> compile(Path specification) throws IOException {
        SourceFile source = new SourceFile("net/" + specification.getFileName(), Files.readString(specification));
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(source));
        assertThat(compilation.programs()).as("%s", compilation.diagnostics()).isNotEmpty();
        return compilation.programs();
    }

    @ParameterizedTest
    @MethodSource("specifications")
    void programsKeepWhatIsStillToBeRead(Path specification) throws IOException {
        // The compiler verifies every plan by stretches; small ones are run element by element as well.
        compile(specification).stream()
                .filter(program -> program.memory().perSample() < 50_000)
                .forEach(ClobberCheck::check);
    }
}
