package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.format.NetFormatter;
import org.espalier.generator.source.ImportResolver;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever a file says, the compiler and the formatter answer, on a stack of half the usual size. The usual run is
 * short; {@code mvn test -pl generator -Dtest=RobustnessTest -Despalier.random.files=20000} is not.
 */
@Tag(Rounds.TAG)
class RobustnessTest {
    private static final int STACK = 512 << 10;

    /** The usual answer takes milliseconds; a network of 60,000 layers, which a fixture is close to, half a minute. */
    private static final int MILLISECONDS_FOR_EACH = 120_000;

    @Test
    void answersToDamagedFiles() throws Exception {
        List<String> texts = specifications();
        int files = Integer.getInteger("espalier.random.files", Rounds.of(60, 300));
        for (int seed = 0; seed < files; seed++) {
            String text = texts.get(new Random(seed).nextInt(texts.size()));
            answers(new Mutations(seed).damaged(text));
        }
    }

    /** Every example and every file with a mistake; not the samples' long networks, which would make this slow. */
    private static List<String> specifications() throws IOException {
        List<String> texts = new ArrayList<>();
        for (String folder : List.of("net", "errors")) {
            try (Stream<Path> files = Files.list(Goldens.file(folder))) {
                for (Path file : files.filter(one -> one.toString().endsWith(".net"))
                        .sorted()
                        .toList()) {
                    texts.add(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
                }
            }
        }
        return texts;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "( ~ 1 ~ )",
                "[ ~ ReLU() ~ ]",
                "- ~ 1 ~ ``",
                "`not ` ~ true ~ ``",
                "`if true then ` ~ 1 ~ ` else 2`",
                "`if true then 1 else ` ~ 2 ~ ``",
                "`a -> ` ~ a ~ ``",
                "2 ** ~ 1 ~ ``",
                "skip( ~ ReLU() ~ )",
                "sequential( ~ ReLU() ~ )",
                "1 + ~ 1 ~ ``",
                "`` ~ x ~ (x)",
                "`` ~ x ~ .y",
                "`` ~ 1 ~ ` + 1`",
                "`` ~ [] ~ ` + []`",
                "`f(a=` ~ 1 ~ )",
            })
    void answersToDeepNesting(String opening, String core, String closing) throws Exception {
        for (int depth : new int[] {40, 100, 200, 240, 248, 10_000}) {
            String expression = opening.repeat(depth) + core + closing.repeat(depth);
            answers("network N {\n    input x: float[batch, 4]\n    output y = " + expression + "\n}\n");
            answers("block B() {\n    return " + expression + "\n}\nnetwork N {\n    input x: float[batch, 4]\n"
                    + "    y = B()\n    output z = y(x)\n}\n");
        }
    }

    /** Each of 100 calls comes from the depth of an expression. */
    @Test
    void answersToDeepCallsInDeepExpressions() throws Exception {
        for (int depth : new int[] {1, 10, 50, 100, 200}) {
            answers("block B(n: int) {\n    return " + "[".repeat(depth) + "if n == 0 then ReLU() else B(n - 1)"
                    + "]".repeat(depth)
                    + "\n}\nnetwork N {\n    input x: float[batch, 4]\n    output z = B(99)(x)\n}\n");
        }
    }

    /** Compiles and lays out on a thread of its own. */
    private static void answers(String text) throws InterruptedException {
        AtomicReference<Optional<Throwable>> thrown = new AtomicReference<>(Optional.empty());
        Thread thread = new Thread(null, () -> compileAndFormat(text), "small stack", STACK);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((of, failure) -> thrown.set(Optional.of(failure)));
        thread.start();
        thread.join(MILLISECONDS_FOR_EACH);
        String shown = text.length() > 20_000 ? text.substring(0, 20_000) + "…" : text;
        assertThat(thread.isAlive()).as("no answer to:\n" + shown).isFalse();
        thrown.get().ifPresent(failure -> {
            throw new AssertionError("thrown for:\n" + shown, failure);
        });
    }

    private static void compileAndFormat(String text) {
        SourceFile file = new SourceFile("test.net", text);
        Compilation compilation = NetCompiler.compile(new CompilationRequest(List.of(file), ImportResolver.NONE));
        compilation.diagnostics().forEach(Diagnostic::render);
        NetFormatter.format(file);
    }
}
