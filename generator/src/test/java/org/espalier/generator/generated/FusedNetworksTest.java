package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.target.java.NetworkEmitter;
import org.espalier.runtime.Parameter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Networks in numbers of 32 bits compute the same, to the bit, with neighbours fused and without. */
@Tag(Rounds.TAG)
class FusedNetworksTest {
    private static final int RANDOM_NETWORKS = Rounds.of(8, 40);
    private static final int BATCH = 3;

    @Test
    void fusingChangesNoBit() {
        List<Graph> graphs = new ArrayList<>(Graphs.all().values());
        graphs.add(aroundNormalization("Small", 4));
        graphs.add(aroundNormalization("Large", 12));
        IntStream.range(100, 100 + RANDOM_NETWORKS)
                .mapToObj(seed -> RandomGraphs.graph(seed, 10 + seed % 20))
                .forEach(graphs::add);

        List<List<double[]>> apart = numbers(graphs, UnaryOperator.identity());
        List<List<double[]>> fused = numbers(graphs, Fusion::fuse);

        for (int i = 0; i < graphs.size(); i++) {
            assertThat(fused.get(i).toArray())
                    .as("loss and gradients of\n%s", graphs.get(i).span().file().text())
                    .isEqualTo(apart.get(i).toArray());
        }
    }

    /**
     * The ways of the sum share the memory of their gradient, which is worked on in front of the normalization's
     * gradient and added, as it was, behind it.
     */
    private static Graph aroundNormalization(String name, int size) {
        return NetBuilder.network(name, net -> {
            Value conv = net.conv2d("c", net.input("x", 2, size, size), 2, 3, 1, 1);
            net.penalize("sparse", List.of(new RegularizerTerm.L1(0.1)), conv, UpdateGroup.Reduction.MEAN);
            Value way = net.relu("relu", net.batchNorm2d("norm", conv));
            net.output(net.conv2d("y", net.add("sum", conv, way), 2, 1, 1, 0));
            net.mseLoss(1);
        });
    }

    private static List<List<double[]>> numbers(List<Graph> graphs, UnaryOperator<Program> pass) {
        List<Program> programs = graphs.stream()
                .map(graph -> MemoryPlanner.plan(pass.apply(Autodiff.differentiate(graph))))
                .toList();
        GeneratedCode code = GeneratedCode.compile(
                programs.stream().map(NetworkEmitter::emit).toList());
        return programs.stream()
                .map(program -> numbers(program, code.load(NetworkEmitter.emit(program))))
                .toList();
    }

    private static List<double[]> numbers(Program program, Class<?> type) {
        List<double[]> numbers = new ArrayList<>();
        try (CompiledNetwork network = new CompiledNetwork(program, type, BATCH, 42)) {
            numbers.add(new double[] {network.forward()});
            network.backward();
            for (Parameter parameter : network.network().parameters()) {
                if (!parameter.isFrozen()) {
                    numbers.add(CompiledGradients.numbers(parameter.gradient()));
                }
            }
            network.network().eval();
            numbers.add(new double[] {network.forward()});
        }
        return numbers;
    }
}
