package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.generator.Nets.findings;
import static org.espalier.generator.Nets.graph;
import static org.espalier.generator.Nets.network;
import static org.espalier.generator.Nets.parameters;
import static org.espalier.generator.Nets.reads;
import static org.espalier.generator.Nets.shape;
import static org.espalier.generator.Nets.values;

import java.util.Map;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.linear.Linear;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the meaning of the words of the language. */
class LanguageTest {
    @Nested
    class Expressions {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "1 + 2 * 3 | 7",
                    "2 * 3 ** 2 | 18",
                    "-2 ** 2 + 10 | 6",
                    "2 ** 3 ** 2 / 64 | 8",
                    "64 / 2 | 32",
                    "7 % 4 | 3",
                    "-1 % 4 | 3",
                    "min(3, 8, 5) | 3",
                    "max(3, 8, 5) | 8",
                    "floor(7 / 2) | 3",
                    "ceil(7 / 2) | 4",
                    "len([ReLU(), Tanh()] + [ReLU()]) | 3",
                    "if 1 < 2 and not (3 <= 2) then 4 else 5 | 4",
                    "if 1 == 1.0 or 1 / 0 == 1 then 4 else 5 | 4",
                    "if 1 != 1 then 4 else if true then 6 else 5 | 6",
                    "if BatchNorm2d == InstanceNorm2d then 4 else 5 | 5",
                    "if none == None and False == false then 4 else 5 | 4",
                    "if (1, 2) == (1, 2) then 4 else 5 | 4",
                    "1_000 - 990 | 10"
                })
        void evaluate(String expression, int expected) {
            Graph net = network("[batch, 4]", "output y = Linear(4, " + expression + ")(x)");

            assertThat(shape(net, "y")).isEqualTo("[batch, " + expected + "]");
        }

        @Test
        void aQuotientThatIsNotWholeIsNotCutOff() {
            assertThat(findings("network N { input x: float[batch, 7] output y = Linear(7, 7 / 2)(x) }"))
                    .containsExactly("1:59: error ESP205: 'out_features' of Linear takes a whole number but gets 3.5");
        }
    }

    @Test
    void aListThatABlockReturnsIsAList() {
        String blocks = "block Body() { return [ReLU(), Tanh()] }\n";
        String network =
                "network N { input x: float[batch, 4] a = Linear(4, 4) output y = sequential([a] + Body() + Body())(x) }";

        assertThat(findings(blocks + network)).isEmpty();
    }

    @Nested
    class LongMessages {
        @Test
        void argumentsThatAreTooManyAreReportedOnce() {
            assertThat(findings("network N { input x: float[batch, 4] output y = Linear(" + "4, ".repeat(3_000)
                            + "4)(x) }"))
                    .singleElement()
                    .asString()
                    .contains("ESP203: Linear takes at most 3 arguments by position but gets 3001");
        }

        @Test
        void aLongListOfValuesIsCutOff() {
            assertThat(findings("network N { input x: float[batch, 4] output y = cat(repeat(3000, x), dim=1) }"))
                    .singleElement()
                    .asString()
                    .endsWith("a tensor, a tensor, and 2980 more)")
                    .hasSizeLessThan(400);
        }
    }

    @Nested
    class Names {
        @Test
        void aBindingNamesItsLayerAndItsParameters() {
            Graph net = network("[batch, 4]", "hidden = Linear(4, 3)", "output y = ReLU()(hidden(x))");

            assertThat(values(net)).isEqualTo("hidden, y");
            assertThat(parameters(net)).containsExactly("hidden.weight", "hidden.bias");
        }

        @Test
        void anUnboundLayerIsCalledByItsKindAndANumber() {
            Graph net = network("[batch, 4]", "output y = sequential(Linear(4, 3), ReLU(), Linear(3, 2), ReLU())(x)");

            assertThat(values(net)).isEqualTo("linear1, relu1, linear2, y");
        }

        @ParameterizedTest
        @ValueSource(strings = {"features", "features*", "features.*", "features.**"})
        void theLayersOfABoundListAreNamedByItAndTheirPlaces(String selector) {
            Graph net = network(
                    "[batch, 3, 8, 8]",
                    "features = [Conv2d(3, 4, 3), ReLU(), Conv2d(4, 4, 3), BatchNorm2d(4)]",
                    "layer1 = [Conv2d(4, 4, 1), residual([Conv2d(4, 4, 1)])]",
                    "head = Flatten()",
                    "output y = sequential(features + layer1 + [head, Linear(64, 2)])(x)",
                    "freeze " + selector,
                    "loss MSELoss()");

            assertThat(values(net))
                    .isEqualTo(
                            "features.0, relu1, features.2, features.3, layer1.0, layer1.1.conv1, layer1.1, head, y");
            assertThat(net.parameters().stream()
                            .filter(ParameterDecl::frozen)
                            .map(ParameterDecl::name)
                            .toList())
                    .containsExactly(
                            "features.0.weight",
                            "features.0.bias",
                            "features.2.weight",
                            "features.2.bias",
                            "features.3.weight",
                            "features.3.bias");
        }

        @Test
        void placesInAListCountWhatHasANameAlready() {
            Graph net = network(
                    "[batch, 4]",
                    "first = Linear(4, 4)",
                    "head = [first, Tanh()] + [Linear(4, 4)]",
                    "both = head + [Linear(4, 2)]",
                    "head3 = Linear(2, 1)",
                    "output y = sequential(both, head3)(x)");

            assertThat(parameters(net))
                    .containsExactly(
                            "first.weight",
                            "first.bias",
                            "head.2.weight",
                            "head.2.bias",
                            "both.3.weight",
                            "both.3.bias",
                            "head3.weight",
                            "head3.bias");
        }

        @Test
        void aListThatIsAnArgumentIsNamedByTheParameter() {
            Graph net = graph("""
                    block Stage(tail: layers) {
                        return [Linear(4, 4)] + tail
                    }
                    network N {
                        input x: float[batch, 4]
                        one = Stage([Tanh(), Linear(4, 4)])
                        two = Stage(Linear(4, 1))
                        output y = sequential(one, two)(x)
                    }
                    """);

            assertThat(parameters(net).stream().filter(name -> name.endsWith("weight")))
                    .containsExactly("one.0.weight", "one.tail.1.weight", "two.0.weight", "two.tail.0.weight");
        }

        @Test
        void theNamesInABlockStandBehindTheNameOfTheBlock() {
            Graph net = graph("""
                    block Pair(size: int) {
                        first = Linear(size, size)
                        return [first, ReLU()]
                    }
                    network N {
                        input x: float[batch, 4]
                        one = Pair(4)
                        two = Pair(4)
                        output y = sequential(one, two, Linear(4, 1))(x)
                    }
                    """);

            assertThat(values(net)).isEqualTo("one.first, one.relu1, two.first, two.relu1, y");
        }

        @Test
        void anArgumentIsNamedByTheParameterUnlessItHasAName() {
            Graph net = graph("""
                    block Around(submodule: layer) {
                        return skip([submodule])
                    }
                    network N {
                        input x: float[batch, 4]
                        known = Linear(4, 4)
                        inner = Around(Linear(4, 4))
                        outer = Around(known)
                        output y = sequential(inner, Linear(8, 4), outer)(x)
                    }
                    """);

            assertThat(parameters(net)).startsWith("inner.submodule.weight").contains("known.weight");
            assertThat(values(net)).isEqualTo("inner.submodule, inner.skip, linear1, known, y");
        }

        @Test
        void aBlockThatReturnsAnotherBlockAddsNoSegment() {
            Graph net = graph("""
                    block Inner(size: int) {
                        only = Linear(size, size)
                        return [only]
                    }
                    block Outer(size: int) {
                        return Inner(size)
                    }
                    network N {
                        input x: float[batch, 4]
                        model = Outer(4)
                        output y = Tanh()(model(x))
                    }
                    """);

            assertThat(parameters(net)).containsExactly("model.only.weight", "model.only.bias");
        }

        @Test
        void aLayerAppliedToATensorThatIsBoundIsNamedByTheTensor() {
            Graph net = network("[batch, 4]", "hidden = Linear(4, 3)(x)", "output y = Linear(3, 2)(hidden)");

            assertThat(parameters(net)).containsExactly("hidden.weight", "hidden.bias", "y.weight", "y.bias");
        }

        @Test
        void wordsOfClausesAreNamesElsewhere() {
            Graph net = network(
                    "[batch, 4]",
                    "input = Linear(4, 4)",
                    "loss = ReLU()",
                    "of = Linear(4, 2)",
                    "output weights = of(loss(input(x)))",
                    "regularize weights of of by l1(1e-5)");

            assertThat(parameters(net)).contains("input.weight", "of.weight");
            assertThat(net.updateGroups().get(1).parameters())
                    .singleElement()
                    .satisfies(parameter -> assertThat(parameter.name()).isEqualTo("of.weight"));
        }

        @Test
        void onlyTensorsCanBeBoundAgain() {
            Graph net = network("[batch, 4]", "x = Linear(4, 4)(x)", "x = ReLU()(x)", "output y = Tanh()(x)");

            assertThat(values(net)).isEqualTo("linear1, relu1, y");
        }
    }

    @Nested
    class Composition {
        @Test
        void repeatMakesNewLayersEachTime() {
            Graph net = network(
                    "[batch, 4]",
                    "body = repeat(3, Linear(4, 4))",
                    "wide = repeat(2, i -> Linear(4 + i, 5 + i))",
                    "output y = sequential(body + wide)(x)");

            assertThat(parameters(net))
                    .containsExactly(
                            "body.0.weight",
                            "body.0.bias",
                            "body.1.weight",
                            "body.1.bias",
                            "body.2.weight",
                            "body.2.bias",
                            "wide.0.weight",
                            "wide.0.bias",
                            "wide.1.weight",
                            "wide.1.bias");
            assertThat(shape(net, "y")).isEqualTo("[batch, 6]");
        }

        @Test
        void aLayerUsedTwiceSharesItsWeights() {
            Graph net = network("[batch, 4]", "layer = Linear(4, 4)", "output y = layer(ReLU()(layer(x)))");

            assertThat(parameters(net)).containsExactly("layer.weight", "layer.bias");
            assertThat(net.operations()).filteredOn(Linear.class::isInstance).hasSize(2);
            assertThat(net.operations().stream().map(op -> op.origin().layer()))
                    .containsExactly("layer", "relu1", "layer_2");
        }

        @Test
        void aListFromABlockIsAList() {
            Graph net = graph("""
                    block Pair(size: int) {
                        first = Linear(size, size)
                        return [first, ReLU()]
                    }
                    block Same(size: int) {
                        return Pair(size)
                    }
                    block Tower(levels: int) {
                        return if levels == 0 then [] else [Linear(4, 4)] + Tower(levels - 1)
                    }
                    block Sizes(count: int) {
                        return if count == 0 then [] else Sizes(count - 1) + [count]
                    }
                    network N {
                        input x: float[batch, 4]
                        head = [Tanh()] + Pair(4) + Same(4)
                        linear, relu = Pair(4)
                        tower = Tower(2) + [Sigmoid()]
                        two = branches(Pair(4))
                        output y = sequential(head, linear, relu, tower, two, Linear(max(*Sizes(4)) + 4, len(head)))(x)
                    }
                    """);

            assertThat(values(net))
                    .isEqualTo("tanh1, head.1.first, head.1.relu1, head.2.first, head.2.relu1, pair1.first, relu, "
                            + "tower.0.0, tower.0.1.0, sigmoid1, two.pair1.first, two.pair1.relu1, two, y");
            assertThat(shape(net, "y")).isEqualTo("[batch, 5]");
            assertThat(reads(net, "two")).containsExactly("two.pair1.first", "two.pair1.relu1");
        }

        /** In a list, what a block made is one element, as it was written. */
        @Test
        void aBlockInAListIsOneElement() {
            Graph net = graph("""
                    block Pair(size: int) {
                        return [Linear(size, size), ReLU()]
                    }
                    network N {
                        input x: float[batch, 4]
                        body = [Pair(4), Pair(4)]
                        output y = sequential(branches(repeat(2, Pair(4))), Linear(8, 4), body, Linear(4, len(body)))(x)
                    }
                    """);

            assertThat(parameters(net)).contains("body.0.0.weight", "body.1.0.weight");
            assertThat(shape(net, "y")).isEqualTo("[batch, 2]");
        }

        @Test
        void skipConcatenatesAndResidualAdds() {
            Graph net = network(
                    "[batch, 3, 8, 8]",
                    "around = skip(Conv2d(3, 5, 1))",
                    "past = residual([Conv2d(8, 8, 1), ReLU()])",
                    "output y = past(around(x))");

            assertThat(shape(net, "around")).isEqualTo("[batch, 8, 8, 8]");
            assertThat(reads(net, "around")).containsExactly("x", "around.conv1");
            assertThat(reads(net, "y")).containsExactly("around", "past.relu1");
        }

        @Test
        void branchesJoinByConcatenationOrSum() {
            Graph net = network(
                    "[batch, 3, 8, 8]",
                    "a = branches(Conv2d(3, 2, 1), Conv2d(3, 4, 3, padding='same'), Identity())",
                    "b = branches(Tanh(), Sigmoid(), Conv2d(9, 9, 1), merge=add)",
                    "output y = b(a(x))");

            assertThat(shape(net, "a")).isEqualTo("[batch, 9, 8, 8]");
            assertThat(reads(net, "a")).containsExactly("a.conv1", "a.conv2", "x");
            assertThat(values(net)).isEqualTo("a.conv1, a.conv2, a, b.tanh1, b.sigmoid1, b.conv1, b.partial, y");
        }

        @Test
        void blocksWithInputsAndOutputsAreGraphs() {
            Graph net = graph("""
                    block Cross(size: int) {
                        input a
                        input b
                        left = Linear(size, size)
                        right = Linear(size, size)
                        output sum = left(a) + right(b)
                        output mean = add(left(b), right(a))
                    }
                    network N {
                        input x: float[batch, 4]
                        cross = Cross(4)
                        sum, mean = cross(x, Tanh()(x))
                        output first = Sigmoid()(sum)
                        output second = concat(mean, x)
                    }
                    """);

            assertThat(parameters(net))
                    .containsExactlyInAnyOrder(
                            "cross.left.weight", "cross.left.bias", "cross.right.weight", "cross.right.bias");
            assertThat(net.outputs().stream().map(Value::name)).containsExactly("first", "second");
            assertThat(shape(net, "second")).isEqualTo("[batch, 8]");
        }

        @Test
        void veryManyPartsAreJoinedInGroups() {
            Graph net = graph("""
                    network N {
                        input x: float[batch, 2]
                        wide = concat(*repeat(450, i -> Identity()(x)))
                        output y = Linear(900, 1)(wide)
                    }
                    """);

            assertThat(values(net)).isEqualTo("wide.partial, wide.partial_2, wide.partial_3, wide, y");
            assertThat(reads(net, "wide.partial")).hasSize(150);
            assertThat(reads(net, "wide")).containsExactly("wide.partial", "wide.partial_2", "wide.partial_3");
            assertThat(shape(net, "wide")).isEqualTo("[batch, 900]");
        }

        @Test
        void blocksReturnAnyValue() {
            Graph net = graph("""
                    block channels(level: int, ngf: int) {
                        return min(8, 2 ** level) * ngf
                    }
                    block pair(size: int) {
                        return Linear(size, 2), Linear(2, size)
                    }
                    network N {
                        input x: float[batch, 12]
                        encoder, decoder = pair(channels(2, 3))
                        output y = decoder(encoder(x))
                    }
                    """);

            assertThat(shape(net, "y")).isEqualTo("[batch, 12]");
        }

        @Test
        void blocksAndLayersAreArguments() {
            Graph net = graph("""
                    block Basic(size: int) {
                        return residual([Linear(size, size), ReLU()])
                    }
                    block Stage(size: int, kind: block = Basic, tail: layers = [], norm: norm = Identity) {
                        return [kind(size), norm(size)] + tail
                    }
                    network N {
                        input x: float[batch, 4]
                        output y = sequential(Stage(4), Stage(4, kind=Basic, tail=[Tanh(), Linear(4, 1)]))(x)
                    }
                    """);

            assertThat(shape(net, "y")).isEqualTo("[batch, 1]");
        }

        @Test
        void defaultsMayUseTheParametersBeforeThem() {
            Graph net = graph("""
                    block Wide(size: int, wide: int = 2 * size, shape: shape = (size, wide)) {
                        return Linear(size, wide)
                    }
                    network N(size: int = 4, factor: float = 1) {
                        input x: float[batch, size]
                        output y = Wide(size)(x)
                    }
                    """);

            assertThat(shape(net, "y")).isEqualTo("[batch, 8]");
        }

        @Test
        void valuesThatNoOutputNeedsAreLeftOut() {
            Graph net = network("[batch, 4]", "unused = Linear(4, 4)(x)", "output y = Linear(4, 2)(x)");

            assertThat(values(net)).isEqualTo("y");
            assertThat(parameters(net)).containsExactly("y.weight", "y.bias");
        }
    }

    @Nested
    class Clauses {
        @Test
        void theTargetOfALossNeedNotBeDeclared() {
            Loss loss = network("[batch, 4]", "output y = Linear(4, 3)(x)", "loss 100 * L1Loss()")
                    .losses()
                    .get(0);

            assertThat(loss.function()).isEqualTo(Loss.Function.mean(Loss.Kind.L1_LOSS));
            assertThat(loss.scale()).isEqualTo(100);
            assertThat(loss.target()).hasToString("%target");
            assertThat(loss.target().kind()).isEqualTo(Value.Kind.TARGET);
            assertThat(loss.target().shape()).hasToString("[batch, 3]");
        }

        @Test
        void aLossMayNameItsOutputAndItsTarget() {
            Loss loss = network(
                            "[batch, 4]",
                            "target label: int[batch]",
                            "output other = Linear(4, 3)(x)",
                            "output kind = Linear(4, 3)(x)",
                            "loss CrossEntropyLoss()(kind, label) * 2")
                    .losses()
                    .get(0);

            assertThat(loss.prediction()).hasToString("%kind");
            assertThat(loss.target()).hasToString("%label");
            assertThat(loss.target().shape()).hasToString("[batch]");
            assertThat(loss.scale()).isEqualTo(2);
        }

        @Test
        void optimizersHavePytorchsArguments() {
            assertThat(optimizer("Adam(lr=2e-4, betas=(0.5, 0.999))").values())
                    .hasToString("{lr=[2.0E-4], betas=[0.5, 0.999], eps=[1.0E-8], amsgrad=[0.0], maximize=[0.0]}");
            assertThat(optimizer("SGD(0.1, 0.9, nesterov=True)").values())
                    .hasToString("{lr=[0.1], momentum=[0.9], dampening=[0.0], nesterov=[1.0], maximize=[0.0]}");
            assertThat(optimizer("AdamW(1e-4, weight_decay=0.1)").decay()).isEqualTo(0.1);
            assertThat(optimizer("RMSprop(0.1, 0.9, 1e-6, 0, 0.5, True)").values())
                    .hasToString(
                            "{lr=[0.1], alpha=[0.9], eps=[1.0E-6], momentum=[0.5], centered=[1.0], maximize=[0.0]}");
            assertThat(optimizer("Adagrad(0.1, 0.2, 0, 0.3, 1e-6)").describe())
                    .isEqualTo("Adagrad(lr=0.1, lr_decay=0.2, initial_accumulator_value=0.3, eps=1e-6)");
            assertThat(optimizer("RAdam(1e-2, (0.8, 0.9), 1e-6, 0.1, True)").describe())
                    .isEqualTo("RAdam(lr=0.01, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.1,"
                            + " decoupled_weight_decay=true)");
        }

        @ParameterizedTest
        @CsvSource({
            "SGD, 1e-3",
            "Adam, 1e-3",
            "AdamW, 1e-3",
            "RMSprop, 1e-2",
            "Adagrad, 1e-2",
            "Adadelta, 1",
            "Adamax, 2e-3",
            "NAdam, 2e-3",
            "RAdam, 1e-3",
            "Rprop, 1e-2",
            "Lion, 1e-4"
        })
        void optimizersHavePytorchsDefaults(String word, double lr) {
            OptimizerDecl optimizer = optimizer(word + "()");

            assertThat(optimizer.number("lr")).isEqualTo(lr);
            assertThat(optimizer).isEqualTo(new OptimizerDecl(optimizer.kind(), Map.of()));
        }

        private static OptimizerDecl optimizer(String call) {
            return network("[batch, 4]", "output y = Linear(4, 3)(x)", "loss MSELoss()", "optimizer " + call)
                    .optimizer()
                    .orElseThrow();
        }

        @Test
        void precisionIs32BitsUnlessSaidOtherwise() {
            assertThat(network("[batch, 4]", "output y = Tanh()(x)").precision())
                    .isEqualTo(Precision.FLOAT32);
            assertThat(network("[batch, 4]", "output y = Tanh()(x)", "precision float64")
                            .precision())
                    .isEqualTo(Precision.FLOAT64);
        }

        @Test
        void docCommentsAndPackagesReachTheGraph() {
            Graph net = graph("""
                    /* not this one */
                    package com.example.block
                    /** Nor this one. */
                    /**
                     * Two lines
                     *   of words.
                     */
                    // a remark between
                    network N { input x: float[batch, 4] output y = Tanh()(x) }
                    """);

            assertThat(net.packageName()).isEqualTo("com.example.block");
            assertThat(net.documentation()).isEqualTo("Two lines\n  of words.");
            assertThat(net.span().text()).isEqualTo("network N");
        }
    }
}
