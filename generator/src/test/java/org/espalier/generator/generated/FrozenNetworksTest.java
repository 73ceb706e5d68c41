package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.JavaTarget;
import org.espalier.runtime.Parameter;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Goes back to the inputs of networks whose parameters are all frozen: no gradient by a parameter is computed. */
class FrozenNetworksTest {
    private static final INDArray DRAWING = numbers(1, 1);
    private static final INDArray PICTURE = numbers(2, 2);
    private static final INDArray REAL = Nd4j.ones(DataType.DOUBLE, 2, 1, 4, 4);

    private static INDArray numbers(int seed, int channels) {
        return Nd4j.createFromArray(
                        new java.util.Random(seed).doubles(2L * channels * 64).toArray())
                .reshape(2, channels, 8, 8);
    }

    /** A kernel that ran would overwrite what is no number. */
    @Test
    void gradientsByParametersAreNotTouchedInAnyRandomNetwork() {
        Map<Program, GeneratedSource> sources = new LinkedHashMap<>();
        IntStream.range(0, Rounds.of(20, 100))
                .mapToObj(seed -> CompiledNetwork.inDoublePrecision(RandomGraphs.graph(seed, 4 + seed % 20)))
                .map(FrozenNetworksTest::toInputs)
                .filter(program -> !program.inputGradients().isEmpty())
                .forEach(program ->
                        sources.put(program, new JavaTarget().generate(program).get(0)));
        GeneratedCode code = GeneratedCode.compile(List.copyOf(sources.values()));
        sources.forEach((program, source) -> {
            try (CompiledNetwork network = new CompiledNetwork(program, code.load(source), 3, 42)) {
                check(program, network);
            }
        });
    }

    private static Program toInputs(Graph graph) {
        return MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph, graph.inputs())));
    }

    private static void check(Program program, CompiledNetwork network) {
        network.forward();
        network.backward();
        Map<Value, INDArray> gradients = new LinkedHashMap<>();
        program.graph().inputs().stream()
                .filter(input -> program.inputGradients().contains(input.gradient()))
                .forEach(input ->
                        gradients.put(input, network.inputGradient(input).dup()));
        network.network().zeroGradients();
        network.network().freeze("**");
        network.network().parameters().forEach(parameter -> parameter.gradient().assign(Double.NaN));

        network.forward();
        network.backward();

        network.network()
                .parameters()
                .forEach(parameter -> assertThat(parameter.gradient().isNaN().all())
                        .as(program.graph().name() + " " + parameter.name())
                        .isTrue());
        gradients.forEach(
                (input, gradient) -> assertThat(network.inputGradient(input)).isEqualTo(gradient));
    }

    @Test
    void whatWaitsForAnUpdateGoesOnWaiting() {
        try (CompiledNetwork critic = Adversaries.critic()) {
            critic.invoke("forward", DRAWING, PICTURE);
            double loss = (double) critic.invoke("loss", REAL);
            critic.invoke("backward");
            Map<String, INDArray> waiting = gradients(critic);
            critic.network().freeze("**");
            critic.invoke("forward", DRAWING, PICTURE.mul(0.5));
            critic.invoke("loss", REAL);
            critic.invoke("backward");
            critic.network().unfreeze("**");

            assertThat(gradients(critic)).isEqualTo(waiting);
            assertThat(critic.network().update().dataLoss()).isEqualTo(loss);
        }
    }

    @Test
    void aFrozenBackwardLeavesNothingToUpdate() {
        try (CompiledNetwork critic = Adversaries.critic()) {
            critic.network().freeze("**");
            critic.invoke("forward", DRAWING, PICTURE);
            critic.invoke("loss", REAL);
            critic.invoke("backward");
            critic.network().unfreeze("**");

            assertThatThrownBy(critic.network()::update)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("update of Critic needs a gradient; call backward after the last update");
        }
    }

    private static Map<String, INDArray> gradients(CompiledNetwork critic) {
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        for (Parameter parameter : critic.network().parameters()) {
            gradients.put(parameter.name(), parameter.gradient().dup());
        }
        return gradients;
    }
}
