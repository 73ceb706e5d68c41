package org.espalier.generator.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Operations;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.elementwise.Add;
import org.espalier.generator.loss.LossGradient;
import org.junit.jupiter.api.Test;

class AutodiffTest {
    private static Stream<String> written(Program program) {
        return program.backward().stream().flatMap(op -> op.outputs().stream()).map(Value::name);
    }

    @Test
    void backwardMirrorsForwardAndStartsWithTheLoss() {
        Program program = Autodiff.differentiate(Graphs.tinyClassifier());

        assertThat(program.backward().stream().map(Operations::name))
                .containsExactly(
                        "LossGradient",
                        "LinearBackwardWeight",
                        "LinearBackwardBias",
                        "LinearBackwardInput",
                        "ReshapeBackward",
                        "MaxPoolBackward",
                        "ActivationBackward",
                        "BatchNormalizationBackward",
                        "ConvolutionBackwardWeight",
                        "ChannelBiasBackward");
    }

    @Test
    void aValueReadTwiceGetsTheSumOfBothGradients() {
        Program program = Autodiff.differentiate(NetBuilder.network("Fork", net -> {
            Value x = net.linear("stem", net.input("x", 3), 3);
            net.output(net.add("sum", net.tanh("left", x), net.sigmoid("right", x)));
        }));

        assertThat(program.backward())
                .filteredOn(Add.class::isInstance)
                .singleElement()
                .satisfies(op -> {
                    assertThat(op.inputs().stream().map(Value::name))
                            .containsExactly("d stem (from right)", "d stem (from left)");
                    assertThat(op.outputs().stream().map(Value::name)).containsExactly("d stem");
                });
    }

    @Test
    void aValueReadThreeTimesIsSummedAsItsGradientsArrive() {
        Program program = Autodiff.differentiate(NetBuilder.network("Fork", net -> {
            Value x = net.linear("stem", net.input("x", 3), 3);
            net.output(net.add("sum", net.tanh("tanh", x), net.add("twice", x, x)));
        }));

        assertThat(written(program).filter(name -> name.startsWith("d stem") && !name.startsWith("d stem.")))
                .containsExactly(
                        "d stem (from twice)",
                        "d stem (from twice, 2)",
                        "d stem (sum of 2)",
                        "d stem (from tanh)",
                        "d stem");
    }

    @Test
    void inputsGetAGradientOnlyOnRequest() {
        Graph graph = Graphs.tinyClassifier();

        assertThat(written(Autodiff.differentiate(graph))).doesNotContain("d image");
        assertThat(written(Autodiff.differentiate(graph, graph.inputs()))).contains("d image");
        assertThat(Autodiff.differentiate(graph, graph.inputs()).inputGradients())
                .containsExactly(graph.inputs().get(0).gradient());
    }

    @Test
    void frozenLayersGetNoGradientAndNothingIsComputedBelowTheLastOfThem() {
        Program program = Autodiff.differentiate(NetBuilder.network("Frozen", net -> {
            Value first = net.linear("first", net.input("x", 3), 3);
            Value second = net.linear("second", net.tanh("tanh", first), 3);
            net.output(net.linear("third", second, 3));
            net.freeze("first");
            net.freeze("third");
        }));

        assertThat(written(program)).containsExactly("d second", "d second.weight", "d second.bias");
        assertThat(program.seeds()).extracting(seed -> seed.gradient().name()).containsExactly("d third");
    }

    @Test
    void aNetworkFrozenAltogetherHasNoBackward() {
        Program program = Autodiff.differentiate(NetBuilder.network("Frozen", net -> {
            net.output(net.linear("layer", net.input("x", 3), 3));
            net.freeze("layer");
            net.mseLoss(1);
        }));

        assertThat(program.backward()).isEmpty();
        assertThat(program.seeds()).isEmpty();
    }

    @Test
    void sharedWeightsAreContributedToByEachUse() {
        Program program = Autodiff.differentiate(Graphs.sharedWeights());

        assertThat(written(program).filter("d wide.weight"::equals)).hasSize(2);
        assertThat(written(program).filter("d conv.bias"::equals)).hasSize(2);
    }

    @Test
    void withoutALossTheGradientsOfTheOutputsAreGiven() {
        Program program = Autodiff.differentiate(Graphs.withoutLoss());

        assertThat(program.seeds()).extracting(seed -> seed.gradient().name()).containsExactly("d mask", "d score");
        assertThat(program.backward()).noneMatch(LossGradient.class::isInstance);
    }

    @Test
    void anOutputThatIsReadWithinTheNetworkTooAddsWhatIsGiven() {
        Program program = Autodiff.differentiate(NetBuilder.network("Tap", net -> {
            Value hidden = net.linear("hidden", net.input("x", 3), 3);
            net.output(hidden);
            net.output(net.linear("head", hidden, 2));
        }));

        assertThat(program.seeds())
                .extracting(seed -> seed.gradient().name())
                .containsExactly("d hidden (given)", "d head");
        assertThat(program.backward())
                .filteredOn(Add.class::isInstance)
                .singleElement()
                .satisfies(op -> assertThat(op.inputs().stream().map(Value::name))
                        .containsExactly("d hidden (given)", "d hidden (from head)"));
    }

    @Test
    void outputsBesideTheLossGetNoGradient() {
        Program program = Autodiff.differentiate(NetBuilder.network("Beside", net -> {
            Value hidden = net.linear("hidden", net.input("x", 3), 3);
            net.output(net.linear("judged", hidden, 2));
            net.output(net.linear("beside", hidden, 2));
            net.mseLoss(1);
        }));

        assertThat(written(program)).noneMatch(name -> name.contains("beside"));
        assertThat(List.copyOf(program.seeds())).hasSize(1);
    }
}
