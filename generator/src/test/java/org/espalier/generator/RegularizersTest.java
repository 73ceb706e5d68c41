package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.espalier.generator.Nets.graph;
import static org.espalier.generator.Nets.network;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clauses reach the parameters that they name. */
class RegularizersTest {
    private static final String[] THREE_LAYERS = {
        "first = Linear(4, 4)",
        "second = Linear(4, 4)",
        "third = Linear(4, 4)",
        "output y = sequential(first, second, third)(x)"
    };

    private static Graph threeLayers(String... clauses) {
        String[] statements = Arrays.copyOf(THREE_LAYERS, THREE_LAYERS.length + clauses.length);
        System.arraycopy(clauses, 0, statements, THREE_LAYERS.length, clauses.length);
        return network("[batch, 4]", statements);
    }

    private static Map<String, String> groups(Graph graph) {
        return graph.updateGroups().stream()
                .collect(Collectors.toMap(
                        UpdateGroup::name,
                        group -> group.parameters().stream()
                                .map(ParameterDecl::name)
                                .collect(Collectors.joining(", "))));
    }

    private static String activities(UpdateGroup group) {
        return group.activities().stream()
                .map(activity -> activity.reduction() + " of " + activity.value())
                .collect(Collectors.joining(", "));
    }

    private static ParameterDecl parameter(Graph graph, String name) {
        return graph.parameters().stream()
                .filter(parameter -> parameter.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingIsRegularizedUnlessAskedFor() {
        assertThat(groups(threeLayers())).containsOnlyKeys("");
    }

    @Test
    void weightsMeansNoBiasAndNoNormalization() {
        Graph net = network(
                "[batch, 3, 8, 8]",
                "conv = Conv2d(3, 4, 1)",
                "norm = BatchNorm2d(4)",
                "output y = sequential(conv, norm)(x)",
                "regularize weights by l1(1e-5)");

        assertThat(groups(net))
                .containsEntry("l1(1e-5)", "conv.weight")
                .containsEntry("", "conv.bias, norm.weight, norm.bias");
    }

    @Test
    void biasesAndNormsAreReachedByTheirWords() {
        Graph net = network(
                "[batch, 3, 8, 8]",
                "conv = Conv2d(3, 4, 1)",
                "norm = BatchNorm2d(4)",
                "output y = sequential(conv, norm)(x)",
                "regularize biases, norm_biases by l1(1)",
                "regularize norm_weights by l2(1)");

        assertThat(groups(net))
                .containsEntry("l1(1)", "conv.bias, norm.bias")
                .containsEntry("l2(1)", "norm.weight")
                .containsEntry("", "conv.weight");
    }

    @Test
    void theLayersOwnClauseWinsThenTheMostSpecificSelector() {
        Graph net = network(
                "[batch, 4]",
                "first = Linear(4, 4, weight_regularizer=l1(3))",
                "second = Linear(4, 4)",
                "third = Linear(4, 4)",
                "fourth = Linear(4, 4)",
                "output y = sequential(first, second, third, fourth)(x)",
                "regularize weights of second by l1(2)",
                "regularize weights by l1(1)",
                "regularize weights of *ourth by none");

        assertThat(groups(net))
                .containsEntry("l1(3)", "first.weight")
                .containsEntry("l1(2)", "second.weight")
                .containsEntry("l1(1)", "third.weight")
                .containsEntry("", "first.bias, second.bias, third.bias, fourth.weight, fourth.bias");
    }

    @Test
    void anArgumentOfNoneLeavesALayerToTheClauses() {
        Graph net = network(
                "[batch, 4]",
                "first = Linear(4, 4, weight_regularizer=none)",
                "output y = first(x)",
                "regularize weights by l1(1)");

        assertThat(groups(net)).containsEntry("l1(1)", "first.weight");
    }

    @Test
    void theArgumentsOfANormalizationAreForItsScaleAndItsShift() {
        Graph net = network(
                "[batch, 3, 8, 8]",
                "norm = BatchNorm2d(3, weight_regularizer=l1(1), bias_regularizer=l1(2))",
                "output y = norm(x)");

        assertThat(groups(net)).containsEntry("l1(1)", "norm.weight").containsEntry("l1(2)", "norm.bias");
    }

    @Test
    void oneSegmentOfAnyLettersIsMoreSpecificThanAnyNumberOfSegments() {
        Graph net = threeLayers("regularize weights of * by l1(1)", "regularize weights, biases of ** by l1(2)");

        assertThat(groups(net))
                .containsEntry("l1(1)", "first.weight, second.weight, third.weight")
                .containsEntry("l1(2)", "first.bias, second.bias, third.bias");
    }

    @Test
    void asterisksStandForLettersAndSegments() {
        String text = """
                block Level(size: int) {
                    downconv = Conv2d(size, size, 1)
                    upconv = Conv2d(size, size, 1)
                    return [downconv, upconv]
                }
                network N {
                    input x: float[batch, 3, 4, 4]
                    level = Level(3)
                    other = Conv2d(3, 3, 1)
                    output y = sequential(level, other)(x)
                    regularize weights of SELECTOR by l1(1)
                }
                """;

        assertThat(groups(graph(text.replace("SELECTOR", "level.**"))).get("l1(1)"))
                .isEqualTo("level.downconv.weight, level.upconv.weight");
        assertThat(groups(graph(text.replace("SELECTOR", "*.down*"))).get("l1(1)"))
                .isEqualTo("level.downconv.weight");
        assertThat(groups(graph(text.replace("SELECTOR", "**.*conv"))).get("l1(1)"))
                .isEqualTo("level.downconv.weight, level.upconv.weight");
        assertThat(groups(graph(text.replace("SELECTOR", "*"))).get("l1(1)")).isEqualTo("other.weight");
        assertThat(groups(graph(text.replace("SELECTOR", "level.upconv, other")))
                        .get("l1(1)"))
                .isEqualTo("level.upconv.weight, other.weight");
    }

    @Test
    void regularizersAddAndScale() {
        Graph net = graph("""
                regularizer elastic = l1(1e-6) + l2(1e-5)
                regularizer scaled(strength: float) = strength * elastic + elastic_net(1, ratio=0.25)
                network N {
                    input x: float[batch, 4]
                    a = Linear(4, 4, weight_regularizer=elastic)
                    b = Linear(4, 4, weight_regularizer=scaled(2))
                    c = Linear(4, 4, weight_regularizer=0.5 * l1(1))
                    output y = sequential(a, b, c)(x)
                }
                """);

        assertThat(net.updateGroups().stream().filter(group -> !group.terms().isEmpty()))
                .extracting(UpdateGroup::name, UpdateGroup::terms)
                .containsExactly(
                        tuple("elastic", List.of(new RegularizerTerm.L1(1e-6), new RegularizerTerm.L2(1e-5))),
                        tuple(
                                "scaled(2)",
                                List.of(new RegularizerTerm.L1(2e-6 + 0.25), new RegularizerTerm.L2(2e-5 + 0.75))),
                        tuple("0.5 * l1(1)", List.of(new RegularizerTerm.L1(0.5))));
    }

    @Test
    void everyTermHasAWord() {
        Graph net = graph("""
                regularizer all = l1(1) + l2(2) + l2_norm(3) + group_lasso(4) + orthogonal(6) + max_norm(8)
                network N {
                    input x: float[batch, 4]
                    a = Linear(4, 4, weight_regularizer=all)
                    b = Linear(4, 4, weight_regularizer=decay(7) + group_lasso(5, axis=1, mode=prox) + l1(3, mode=prox))
                    output y = sequential(a, b)(x)
                }
                """);

        assertThat(net.updateGroups().stream().filter(group -> !group.terms().isEmpty()))
                .extracting(UpdateGroup::terms)
                .containsExactly(
                        List.of(
                                new RegularizerTerm.L1(1),
                                new RegularizerTerm.L2(2),
                                new RegularizerTerm.L2Norm(3),
                                new RegularizerTerm.GroupLasso(
                                        4, OptionalInt.empty(), RegularizerTerm.Mode.SUBGRADIENT),
                                new RegularizerTerm.Orthogonal(6),
                                new RegularizerTerm.MaxNorm(8)),
                        List.of(
                                new RegularizerTerm.Decay(7),
                                new RegularizerTerm.GroupLasso(5, OptionalInt.of(1), RegularizerTerm.Mode.PROX),
                                new RegularizerTerm.L1(3, RegularizerTerm.Mode.PROX)));
    }

    @Test
    void aModeIsAWordOrAStringOrAParameter() {
        for (String mode : List.of("mode=prox", "prox", "mode='prox'", "mode=chosen", "chosen")) {
            Graph net = graph("""
                    regularizer lasso(chosen: string) = l1(1, MODE)
                    network N {
                        input x: float[batch, 4]
                        output y = Linear(4, 4, weight_regularizer=lasso("prox"))(x)
                    }
                    """.replace("MODE", mode));

            assertThat(net.updateGroups().get(0).terms())
                    .as(mode)
                    .containsExactly(new RegularizerTerm.L1(1, RegularizerTerm.Mode.PROX));
        }
    }

    @Test
    void aModeThatIsShadowedIsTheNearerName() {
        Graph net = network(
                "[batch, 4]",
                "prox = 'subgradient'",
                "output y = Linear(4, 4, weight_regularizer=l1(1, mode=prox))(x)");

        assertThat(net.updateGroups().get(0).terms()).containsExactly(new RegularizerTerm.L1(1));
    }

    @Test
    void termsOfOneKindAddAndTheLowerBoundHolds() {
        Graph net = graph("""
                regularizer one = elastic_net(4, 0.75, mode=prox) + group_lasso(1) + max_norm(3)
                regularizer other = l1(1, mode=prox) + group_lasso(2) + group_lasso(5, axis=1) + max_norm(2)
                network N {
                    input x: float[batch, 4]
                    output y = Linear(4, 4, weight_regularizer=one + other)(x)
                }
                """);

        assertThat(net.updateGroups().get(0).terms())
                .containsExactly(
                        new RegularizerTerm.L1(4, RegularizerTerm.Mode.PROX),
                        new RegularizerTerm.L2(1),
                        new RegularizerTerm.GroupLasso(3, OptionalInt.empty(), RegularizerTerm.Mode.SUBGRADIENT),
                        new RegularizerTerm.MaxNorm(2),
                        new RegularizerTerm.GroupLasso(5, OptionalInt.of(1), RegularizerTerm.Mode.SUBGRADIENT));
    }

    @Test
    void aTransposedConvolutionsOutputUnitsAreOnItsSecondAxis() {
        Graph net = network(
                "[batch, 3, 8, 8]",
                "conv = Conv2d(3, 4, 1)",
                "up = ConvTranspose2d(4, 8, 2)",
                "output y = sequential(conv, up)(x)",
                "regularize weights, biases by group_lasso(1)");

        assertThat(groups(net))
                .containsOnlyKeys("group_lasso(1)")
                .containsEntry("group_lasso(1)", "conv.weight, conv.bias, up.weight, up.bias");
        assertThat(net.parameters()).extracting(ParameterDecl::outputAxis).containsExactly(0, 0, 1, 0);
    }

    @Test
    void sparsityIsReportedWhereItIsAskedFor() {
        Graph net = threeLayers(
                "report sparsity of weights below 1e-3",
                "report sparsity of weights, biases of third",
                "regularize weights by l1(1e-4, mode=prox)",
                "below = 1");

        assertThat(net.parameters())
                .extracting(ParameterDecl::name, ParameterDecl::sparsityBelow)
                .containsExactly(
                        tuple("first.weight", OptionalDouble.of(1e-3)),
                        tuple("first.bias", OptionalDouble.empty()),
                        tuple("second.weight", OptionalDouble.of(1e-3)),
                        tuple("second.bias", OptionalDouble.empty()),
                        tuple("third.weight", OptionalDouble.of(0)),
                        tuple("third.bias", OptionalDouble.of(0)));
    }

    @Test
    void theSameWordsWithOtherNumbersAreAnotherGroup() {
        Graph net = graph("""
                block Layer(strength: float) {
                    return Linear(4, 4, weight_regularizer=l1(strength))
                }
                network N {
                    input x: float[batch, 4]
                    output y = sequential(Layer(1), Layer(2), Layer(1))(x)
                }
                """);

        assertThat(groups(net))
                .containsEntry("l1(strength)", "layer1.weight, layer3.weight")
                .containsEntry("l1(strength) = l1(2)", "layer2.weight");
    }

    @Test
    void frozenParametersAreInNoGroup() {
        Graph net = threeLayers("freeze first, s*", "regularize weights by l1(1)");

        assertThat(groups(net)).containsEntry("l1(1)", "third.weight").containsEntry("", "third.bias");
        assertThat(net.parameters().stream().filter(ParameterDecl::frozen).map(ParameterDecl::name))
                .containsExactly("first.weight", "first.bias", "second.weight", "second.bias");
    }

    @Test
    void aStarAtTheEndOfALineIsEveryLayerWhateverTheNextLineBeginsWith() {
        Graph net = threeLayers("freeze first", "report sparsity of weights of *\n\noutput again = third(x)");

        assertThat(net.outputs().stream().map(one -> one.name())).contains("again");
    }

    @Test
    void parametersStartAsInPytorchUnlessInitialized() {
        Graph net = network(
                "[batch, 3, 8, 8]",
                "conv = Conv2d(3, 4, (2, 5))",
                "up = ConvTranspose2d(4, 8, 2)",
                "norm = BatchNorm2d(8)",
                "output y = sequential(conv, up, norm)(x)",
                "initialize biases of up by constant(0.5)",
                "initialize norm_weights by normal(1, 0.02)");

        assertThat(parameter(net, "conv.weight").initializer())
                .isEqualTo(new InitializerDecl.Uniform(1 / Math.sqrt(30)));
        assertThat(parameter(net, "conv.bias").initializer()).isEqualTo(new InitializerDecl.Uniform(1 / Math.sqrt(30)));
        assertThat(parameter(net, "up.weight").initializer()).isEqualTo(new InitializerDecl.Uniform(1 / Math.sqrt(32)));
        assertThat(parameter(net, "up.bias").initializer()).isEqualTo(new InitializerDecl.Constant(0.5));
        assertThat(parameter(net, "norm.weight").initializer()).isEqualTo(new InitializerDecl.Normal(1, 0.02));
        assertThat(parameter(net, "norm.bias").initializer()).isEqualTo(new InitializerDecl.Constant(0));
    }

    @Test
    void activitiesJoinTheGroupOfTheWeightsThatShareTheirRegularizer() {
        Graph net = network(
                "[batch, 4]",
                "first = Linear(4, 4, weight_regularizer=l1(0.5), activity_regularizer=l1(0.5), activity_reduction=sum)",
                "aside = ActivityRegularization(l2(0.5), reduction=sum)",
                "output y = [first, ReLU(inplace=true), aside, aside, Identity()](x)");

        assertThat(net.updateGroups())
                .extracting(UpdateGroup::name, group -> group.parameters().size(), RegularizersTest::activities)
                .containsExactly(
                        tuple("l1(0.5)", 1, "SUM of %first"),
                        tuple("", 1, ""),
                        tuple("l2(0.5)", 0, "SUM of %y, SUM of %y"));
    }

    @Test
    void aLayerAppliedTwiceHasItsActivityPenaltyTwice() {
        Graph net = network(
                "[batch, 4]",
                "again = Linear(4, 4, activity_regularizer=l1(0.5))",
                "output y = [again, Tanh(), again](x)");

        assertThat(net.updateGroups().get(1).activities()).hasSize(2);
    }

    /** After the definitions of these libraries: the gradient of the mean loss is the same. */
    @ParameterizedTest
    @CsvSource({
        "l2(keras=1e-4), l2(2e-4)",
        "l1(keras=1e-4), l1(1e-4)",
        "l2(djl=1e-4), l2(2e-4)",
        "l2(dl4j=1e-4), l2(1e-4)",
        "l1(dl4j=1e-4), l1(1e-4)",
        "l2(caffe=5e-4), l2(5e-4)",
        "l2(pytorch=5e-4), l2(5e-4)",
        "'l1(caffe=5e-4, mode=prox)', 'l1(5e-4, mode=prox)'",
        "l1(sklearn_alpha=0.1), l1(0.2)",
        "'l2(sklearn_alpha=1, samples=500)', l2(0.004)",
        "'elastic_net(sklearn_alpha=0.1, ratio=0.25)', 'elastic_net(0.2, ratio=0.25)'",
        "'l2(sklearn_c=4, samples=500)', l2(5e-4)",
        "'l1(sklearn_c=4, samples=500)', l1(5e-4)",
        "0.5 * l2(keras=1e-4) + l1(keras=1e-4), l2(1e-4) + l1(1e-4)"
    })
    void factorsOfOtherLibrariesAreConverted(String written, String meant) {
        assertThat(terms(written)).isEqualTo(terms(meant));
    }

    private static List<String> terms(String regularizer) {
        return threeLayers("regularize weights by " + regularizer).updateGroups().stream()
                .flatMap(group -> group.terms().stream())
                .map(RegularizerTerm::describe)
                .toList();
    }
}
