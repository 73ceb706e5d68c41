package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.FormatterException;
import java.util.List;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.JavaFormat;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The largest networks of well-known families are classes that a reader gets through, as their small ones are. */
class LargeNetworksIT {
    /** An encoder and a decoder of so many layers each that none of them has a field of its own. */
    private static final String TRANSLATOR = """
            package com.example

            network Translator {
                input source: int[batch, 8]
                input begun: int[batch, 8]
                target next: int[batch, 8]
                words = Embedding(100, 16)
                model = Transformer(16, 2, 24, 24, 32, batch_first=true)
                output logits = Linear(16, 100)(model(words(source), words(begun), tgt_is_causal=true)).transpose(1, 2)
                loss CrossEntropyLoss()(logits, next)
                optimizer Adam(lr=1e-4)
            }
            """;

    private static final List<Large> NETWORKS = List.of(
            new Large("Translator", 1_650, TRANSLATOR),
            known("vit_tiny", 1_100, "depth: int = 12", "depth: int = 32"),
            known("nanogpt", 1_150, "layers: int = 4", "layers: int = 48"),
            known("resnet50", 980, "256, 128, 4)", "256, 128, 8)", "512, 256, 6)", "512, 256, 36)"),
            known(
                    "densenet121",
                    1_100,
                    "growth, 24)",
                    "growth, 48)",
                    "Transition(1024)",
                    "Transition(1792)",
                    "512, growth, 16)",
                    "896, growth, 32)",
                    "BatchNorm2d(1024)",
                    "BatchNorm2d(1920)",
                    "Linear(1024",
                    "Linear(1920"),
            known("swin_tiny", 2_800, "dim, rows / 4, 6, 12", "dim, rows / 4, 18, 12"),
            known("convnext_atto", 1_200, "80, 160, 6)", "80, 160, 27)"));

    private static GeneratedCode code;

    /**
     * A large network.
     *
     * @param lines as many as its class has at most
     */
    private record Large(String name, int lines, GeneratedSource source) {
        Large(String name, int lines, String text) {
            this(name, lines, compiled(name, text));
        }

        private static GeneratedSource compiled(String name, String text) {
            Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile(name + ".net", text)));
            assertThat(compilation.hasErrors())
                    .as(compilation.diagnostics().toString())
                    .isFalse();
            return compilation.sources().get(0);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A network of {@code src/golden/known} with some of its text replaced: what is there, then what is to be. */
    private static Large known(String name, int lines, String... replaced) {
        String text = KnownNetworksTest.text(name);
        for (int i = 0; i < replaced.length; i += 2) {
            assertThat(text).contains(replaced[i]);
            text = text.replace(replaced[i], replaced[i + 1]);
        }
        return new Large(name, lines, text);
    }

    private static List<Large> networks() {
        return NETWORKS;
    }

    @BeforeAll
    static void compile() {
        code = GeneratedCode.compile(NETWORKS.stream().map(Large::source).toList());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void blocksAreClassesAndListsOfThemLoops(Large network) {
        String text = network.source().text();

        assertThat(text).contains("extends Network.Part").doesNotContain("The layers, in parts");
        boolean inLoops = !network.name().startsWith("convnext"); // Its lists begin with other layers.
        assertThat(text.contains("for (int i = 1; i < ")).isEqualTo(inLoops);
        assertThat(text.lines()).hasSizeLessThanOrEqualTo(network.lines());
        assertThat(LongNames.in(text)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theFormatterHasNothingToDo(Large network) throws FormatterException {
        JavaFormat.check(network.source().text());
    }

    @Test
    void classFilesAreWithinTheLimitsOfTheMachine() {
        ThousandLayersIT.assertThatClassFilesAreWithinLimits(code);
    }
}
