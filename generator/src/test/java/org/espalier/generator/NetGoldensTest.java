package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.generator.generated.GeneratedCode;
import org.espalier.generator.generated.LongNames;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.ir.verify.GraphVerifier;
import org.espalier.generator.ir.verify.ProgramVerifier;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each specification of {@code src/golden/net} with what it becomes: the printed program and the Java. */
class NetGoldensTest {
    private static final Map<String, Compilation> COMPILED = new HashMap<>();

    static List<String> files() {
        try (Stream<Path> files = Files.list(Goldens.file("net"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Compilation compiled(String file) {
        return COMPILED.computeIfAbsent(file, NetGoldensTest::compile);
    }

    private static Compilation compile(String file) {
        Path path = Goldens.file("net").resolve(file);
        try {
            Compilation compilation = NetCompiler.compile(
                    CompilationRequest.of(new SourceFile("src/main/net/" + file, Files.readString(path))));
            assertThat(compilation.hasErrors())
                    .as(compilation.diagnostics().toString())
                    .isFalse();
            assertThat(compilation.sources()).isNotEmpty();
            return compilation;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void becomesItsGoldens(String file) {
        Compilation compilation = compiled(file);

        for (int i = 0; i < compilation.sources().size(); i++) {
            GeneratedSource source = compilation.sources().get(i);
            Goldens.check("java/" + source.path(), source.text());
            Goldens.check(
                    "ir/" + source.path().replace(".java", ".ir"),
                    IrPrinter.print(compilation.programs().get(i)));
        }
    }

    /** Those whose inference classes show what such a class is. */
    @ParameterizedTest
    @ValueSource(strings = {"digits.net", "resnet18.net", "sequence.net", "words.net"})
    void becomesItsInferenceGolden(String file) throws FormatterException {
        List<GeneratedSource> sources = compiled(file).programs().stream()
                .flatMap(program -> Targets.of(List.of(Targets.INFERENCE)).generate(program).stream())
                .toList();

        for (GeneratedSource source : sources) {
            Goldens.check("java/" + source.path(), source.text());
            JavaFormat.check(source.text());
        }
        GeneratedCode.compile(sources);
    }

    @ParameterizedTest
    @MethodSource("files")
    void leavesTheFormatterNothingToDo(String file) throws FormatterException {
        for (GeneratedSource source : compiled(file).sources()) {
            JavaFormat.check(source.text());
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void hasNoNameBeyondThirtyCharacters(String file) {
        for (GeneratedSource source : compiled(file).sources()) {
            assertThat(LongNames.in(source.text())).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void leavesTheCompilerNothingToSay(String file) {
        GeneratedCode.compile(compiled(file).sources());
    }

    @ParameterizedTest
    @MethodSource("files")
    void becomesTheSameBytesTwice(String file) {
        assertThat(compile(file).sources()).isEqualTo(compiled(file).sources());
    }

    @ParameterizedTest
    @MethodSource("files")
    void passesTheVerifiers(String file) {
        for (Program program : compiled(file).programs()) {
            GraphVerifier.verify(program.graph());
            ProgramVerifier.verify(program);
        }
    }
}
