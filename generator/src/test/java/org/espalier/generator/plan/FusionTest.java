package org.espalier.generator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.interpreter.ClobberCheck;
import org.espalier.generator.interpreter.Interpreter;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Operations;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.verify.ProgramVerifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag(Rounds.TAG)
class FusionTest {
    private static Program fused(Graph graph) {
        return Fusion.fuse(Autodiff.differentiate(graph, graph.inputs()));
    }

    private static Graph network(Layers layers) {
        return NetBuilder.network("Layers", net -> net.output(layers.on(net, net.input("x", 2, 8, 8))));
    }

    private interface Layers {
        Value on(NetBuilder net, Value x);
    }

    /** The words of what is fused, and in brackets what of it is stored. */
    private static List<String> groups(List<Op> operations) {
        return operations.stream()
                .filter(Fused.class::isInstance)
                .map(Fused.class::cast)
                .map(op -> names(op.parts().stream().map(Operations::name))
                        + names(op.outputs().stream()
                                .filter(value -> value.kind() != Value.Kind.SAVED)
                                .map(Value::name)))
                .toList();
    }

    private static String names(Stream<String> names) {
        return names.toList().toString();
    }

    @Test
    void activationsJoinTheNormalizationBeforeThem() {
        Program program = fused(network((net, x) -> net.conv2d(
                "y", net.relu("relu", net.batchNorm2d("norm", net.conv2d("c", x, 2, 1, 1, 0))), 2, 1, 1, 0)));

        assertThat(groups(program.forward())).containsExactly("[BatchNormalization, Activation][relu]");
        assertThat(groups(program.backward()))
                .containsExactly("[ActivationBackward, BatchNormalizationBackward][d c, d norm.weight, d norm.bias]");
    }

    @Test
    void aResultThatIsReadElsewhereIsStoredOnTheWay() {
        Program program = fused(network((net, x) -> {
            Value norm = net.batchNorm2d("norm", net.conv2d("c", x, 2, 1, 1, 0));
            Value inner = net.conv2d("inner", net.leakyRelu("relu", norm, 0.2), 2, 1, 1, 0);
            return net.concat("skip", norm, inner);
        }));

        assertThat(groups(program.forward())).containsExactly("[BatchNormalization, Activation][norm, relu]");
        assertThat(groups(program.backward()))
                .containsExactly(
                        "[ActivationBackward, Add, BatchNormalizationBackward][d c, d norm.weight, d norm.bias]");
    }

    @Test
    void aResidualSumAndItsActivationJoinTheNormalization() {
        Program program = fused(network((net, x) -> {
            Value stem = net.conv2d("stem", x, 2, 1, 1, 0);
            Value norm = net.batchNorm2d("norm", net.conv2d("c", stem, 2, 1, 1, 0));
            return net.conv2d("y", net.relu("relu", net.add("sum", norm, stem)), 2, 1, 1, 0);
        }));

        assertThat(groups(program.forward())).containsExactly("[BatchNormalization, Add, Activation][relu]");
        assertThat(groups(program.backward()).get(0))
                .startsWith("[ActivationBackward, AddBackward, BatchNormalizationBackward]");
    }

    @Test
    void aPenaltyOnWhatIsNormalizedJoinsTheGradientThatTheNormalizationComputes() {
        Graph graph = NetBuilder.network("Layers", net -> {
            Value conv = net.conv2d("c", net.input("x", 2, 8, 8), 2, 1, 1, 0);
            net.penalize("sparse", List.of(new RegularizerTerm.L1(0.1)), conv, UpdateGroup.Reduction.MEAN);
            Value norm = net.relu("relu", net.batchNorm2d("norm", conv));
            net.output(net.conv2d("y", norm, 2, 1, 1, 0));
        });

        assertThat(groups(fused(graph).backward()))
                .containsExactly("[ActivationBackward, BatchNormalizationBackward, ActivityPenaltyBackward]"
                        + "[d norm.weight, d norm.bias, d c]");
        compare(graph);
    }

    @Test
    void onlyOneNormalizationIsInAPass() {
        Program program = fused(network((net, x) -> {
            Value inner = net.relu("inner", net.batchNorm2d("norm1", net.conv2d("c", x, 2, 1, 1, 0)));
            return net.conv2d("y", net.relu("relu", net.instanceNorm2d("norm2", inner, true)), 2, 1, 1, 0);
        }));

        assertThat(groups(program.backward()))
                .containsExactly("[ActivationBackward, InstanceNormBackward, ActivationBackward]"
                        + "[d norm2.weight, d norm2.bias, d norm1]");
    }

    /**
     * Both ways of a residual sum are given the same gradient; one is worked on while the other is still to be read.
     */
    @Test
    void whatIsReadBehindANormalizationIsNotOverwrittenInFrontOfIt() {
        Graph graph = network((net, x) -> {
            Value conv = net.conv2d("c", x, 2, 1, 1, 0);
            Value around = net.relu("relu", net.batchNorm2d("norm", conv));
            return net.conv2d("y", net.add("sum", conv, around), 2, 1, 1, 0);
        });

        assertThat(groups(fused(graph).backward()).get(0))
                .startsWith("[ActivationBackward, BatchNormalizationBackward, Add]");
        compare(graph);
    }

    @Test
    void elementWiseNeighboursShareAPassWithoutANormalization() {
        Program program = fused(network((net, x) -> {
            Value conv = net.conv2d("c", x, 2, 1, 1, 0);
            return net.conv2d("y", net.dropout("drop", net.relu("relu", conv), 0.4), 2, 1, 1, 0);
        }));

        assertThat(groups(program.forward())).containsExactly("[Activation, Dropout][relu, drop]");
        assertThat(groups(program.backward())).containsExactly("[DropoutBackward, ActivationBackward][d c]");
    }

    @Test
    void noPassGrowsWithTheLengthOfTheNetwork() {
        Program program = fused(network((net, x) -> {
            Value last = net.conv2d("c", x, 2, 1, 1, 0);
            for (int i = 0; i < 1000; i++) {
                last = net.tanh("tanh" + i, last);
            }
            return last;
        }));

        assertThat(program.operations().stream()
                        .filter(Fused.class::isInstance)
                        .mapToInt(op -> ((Fused) op).parts().size()))
                .hasSizeGreaterThan(100)
                .allSatisfy(parts -> assertThat(parts).isLessThanOrEqualTo(16));
    }

    @Test
    void whatTheUserReadsIsStored() {
        Program program = fused(NetBuilder.network("Layers", net -> {
            Value norm = net.batchNorm2d("norm", net.conv2d("c", net.input("x", 2, 8, 8), 2, 1, 1, 0));
            net.output(norm);
            net.output(net.relu("relu", norm));
        }));

        assertThat(groups(program.forward())).containsExactly("[BatchNormalization, Activation][norm, relu]");
    }

    @Test
    void aSumOfAValueWithItselfIsNoStep() {
        Program program = fused(network((net, x) -> {
            Value relu = net.relu("relu", net.conv2d("c", x, 2, 1, 1, 0));
            return net.add("y", relu, relu);
        }));

        assertThat(groups(program.forward())).isEmpty();
    }

    @Test
    void randomNetworksAreValidAndComputeTheSameToTheBit() {
        for (int seed = 0; seed < Rounds.of(40, 200); seed++) {
            Graph graph = RandomGraphs.graph(seed, 4 + seed % 30);
            try {
                compare(graph);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ":\n" + graph.span().file().text(), e);
            }
        }
        Graphs.all().values().forEach(FusionTest::compare);
    }

    private static void compare(Graph graph) {
        Program plain = Autodiff.differentiate(graph, graph.inputs());
        Program fused = MemoryPlanner.plan(ProgramVerifier.verify(Fusion.fuse(plain)));
        ProgramVerifier.verify(fused);
        ClobberCheck.check(fused);
        Interpreter before = new Interpreter(plain, 2, 7);
        Interpreter after = new Interpreter(fused, 2, 7);
        assertThat(after.forward()).isEqualTo(before.forward());
        before.backward();
        after.backward();
        for (Value gradient : plain.inputGradients()) {
            assertThat(after.numbers(gradient)).isEqualTo(before.numbers(gradient));
        }
        for (ParameterDecl parameter : graph.parameters()) {
            Value gradient = parameter.value().gradient();
            assertThat(after.numbers(gradient)).isEqualTo(before.numbers(gradient));
        }
    }
}
