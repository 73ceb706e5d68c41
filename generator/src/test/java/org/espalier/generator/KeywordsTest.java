package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.espalier.grammar.NetParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every keyword wherever a name can stand: most are names there, and of the others one error says so. */
class KeywordsTest {
    private static final List<String> NEVER_NAMES = List.of(
            "and",
            "block",
            "else",
            "false",
            "False",
            "if",
            "import",
            "network",
            "none",
            "None",
            "not",
            "or",
            "package",
            "regularizer",
            "return",
            "then",
            "true",
            "True");

    /** Specifications with § for the name. */
    private static final List<String> PLACES = List.of(
            "network N { input x: float[batch, 4] § = Linear(4, 2) output y = §(x) }",
            "network N { input x: float[batch, 4] § = [Linear(4, 4), ReLU()] output y = sequential(§ + [ReLU()], Tanh())(x) }",
            "network N { input x: float[batch, 4] § = Linear(4, 2) output y = [§, ReLU()](x) }",
            "network N { input x: float[batch, 4] § = ReLU()(x) output y = ReLU()(§) }",
            "network N { input x: float[batch, 4] § = 2 output y = Linear(4, § + 1)(x) }",
            "network N { input §: float[batch, 4] output y = Linear(4, 2)(§) }",
            "network N { input x: float[batch, 4] output § = Linear(4, 2)(x) }",
            "network N { input x: float[batch, 4] § = Tanh()(x) output § }",
            "network N { input x: float[batch, 4] target §: float[batch, 2] output y = Linear(4, 2)(x) "
                    + "loss MSELoss()(y, §) }",
            "network N { input x: float[batch, 4] § = Linear(4, 2) output y = §(x) freeze § }",
            "network N { input x: float[batch, 4] § = Linear(4, 2) output y = §(x) loss MSELoss() "
                    + "regularize weights of § by l1(1e-5, mode=prox) report sparsity of weights of § }",
            "block B() { § = Linear(4, 2) return [§] } network N { input x: float[batch, 4] b = B() output y = b(x) "
                    + "freeze b.§ }",
            "network N { input x: float[batch, 4] output y = sequential(repeat(2, § -> Linear(4 - §, 3 - §)))(x) }",
            "block B() { return ReLU(), Tanh() } network N { input x: float[batch, 4] a, § = B() output y = [a, §](x) }",
            "block B() { return ReLU(), Tanh() } network N { input x: float[batch, 4] §, a = B() output y = [a, §](x) }",
            "block §(n: int) { return Linear(4, n) } network N { input x: float[batch, 4] output y = §(2)(x) }",
            "block B(§: int) { return Linear(4, §) } network N { input x: float[batch, 4] output y = B(§=2)(x) }",
            "block B(§: int = 2) { return Linear(4, §) } network N { input x: float[batch, 4] output y = B()(x) }",
            "block B(n: int, §: layer?) { return [Linear(4, n), §] } "
                    + "network N { input x: float[batch, 4] output y = B(2, Tanh())(x) }",
            "network §(n: int = 2) { input x: float[batch, 4] output y = Linear(4, n)(x) }",
            "network § { input x: float[batch, 4] output y = Linear(4, 2)(x) }",
            "network N(§: int = 2) { input x: float[batch, 4] output y = Linear(4, §)(x) }",
            "regularizer § = l1(1e-5) network N { input x: float[batch, 4] "
                    + "output y = Linear(4, 2, weight_regularizer=§)(x) }",
            "regularizer §(s) = s * l1(1e-5) network N { input x: float[batch, 4] "
                    + "output y = Linear(4, 2, weight_regularizer=§(2))(x) }",
            "regularizer r(§) = § * l1(1e-5) network N { input x: float[batch, 4] "
                    + "output y = Linear(4, 2, weight_regularizer=r(2))(x) }",
            "regularizer r = § -> §*§ network N { input x: float[batch, 4] "
                    + "output y = Linear(4, 2, weight_regularizer=r)(x) }",
            "import Wide as § from \"blocks.net\" network N { input x: float[batch, 4] output y = §()(x) }");

    private static List<Arguments> cases(Stream<String> words) {
        return words.flatMap(word -> PLACES.stream().map(place -> Arguments.of(word, place)))
                .toList();
    }

    static List<Arguments> keywords() {
        return cases(NEVER_NAMES.stream());
    }

    private static List<Diagnostic> findings(String place, String word) {
        SourceFile library = new SourceFile("blocks.net", "block Wide() { return Linear(4, 2) }");
        return NetCompiler.compile(new CompilationRequest(
                        List.of(new SourceFile("test.net", place.replace("§", word))),
                        (importer, path) -> Optional.of(library)))
                .diagnostics();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("keywords")
    void aKeywordAsANameIsOneError(String word, String place) {
        assertThat(findings(place, word)).singleElement().satisfies(finding -> {
            assertThat(finding.message()).isEqualTo("expected a name but found the keyword '" + word + "'");
            assertThat(finding.span().start()).isEqualTo(place.indexOf('§'));
            assertThat(finding.help())
                    .hasValueSatisfying(help -> assertThat(help).contains("'" + word + "_'"));
        });
    }

    @Test
    void everyOtherWordOfTheGrammarIsAName() {
        List<String> words = IntStream.rangeClosed(1, NetParser.VOCABULARY.getMaxTokenType())
                .mapToObj(NetParser.VOCABULARY::getLiteralName)
                .filter(name -> name != null && Character.isLetter(name.charAt(1)))
                .map(name -> name.substring(1, name.length() - 1))
                .filter(word -> !NEVER_NAMES.contains(word))
                .toList();

        assertThat(words).contains("weights", "output", "from", "by");
        for (String word : words) {
            for (String place : PLACES) {
                assertThat(findings(place, word)).as(place.replace("§", word)).isEmpty();
            }
        }
    }

    @Test
    void eachKeywordIsToldOnceAndTheRestIsRead() {
        String text = """
                network N {
                    input x: float[batch, 4]
                    network = Linear(4, 2)
                    block = Linear(2, 3)
                    output y = sequential(network, block, network, Linear(3, 1, biass=false))(x)
                }
                """;

        assertThat(Nets.findings(text))
                .containsExactly(
                        "3:5: error ESP101: expected a name but found the keyword 'network'",
                        "4:5: error ESP101: expected a name but found the keyword 'block'",
                        "5:65: error ESP201: Linear has no argument 'biass'");
    }

    @Test
    void keywordsInTheirPlacesAreNoNames() {
        assertThat(Nets.findings("""
                        package com.network.block

                        regularizer none_ = l1(1e-5)
                        block B(n: int, kind: block = ReLU, r: regularizer = none_, tail: layer? = none) {
                            return if n == 1 and not false or n == 2 then [Linear(4, n, weight_regularizer=r), kind()]
                                   else []
                        }
                        network N {
                            input x: float[batch, 4]
                            output y = B(2)(x)
                        }
                        """)).isEmpty();
    }
}
