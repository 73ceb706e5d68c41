package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.NetworkEmitter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From graph to gradient through everything there is: planned, emitted, compiled by javac, run by the kernels. */
@Tag(Rounds.TAG)
class CompiledGradientTest {
    private static final int RANDOM_NETWORKS = Rounds.of(10, 40);
    private static final int BATCH = 3;
    private static final Map<String, Program> PROGRAMS = programs();
    private static GeneratedCode code;

    private static Map<String, Program> programs() {
        List<Graph> graphs = new ArrayList<>(Graphs.all().values());
        for (int seed = 0; seed < RANDOM_NETWORKS; seed++) {
            graphs.add(RandomGraphs.graph(seed, 4 + seed % 20));
        }
        Map<String, Program> programs = new LinkedHashMap<>();
        for (Graph graph : graphs) {
            Graph precise = CompiledNetwork.inDoublePrecision(graph);
            programs.put(
                    graph.name(), MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(precise, precise.inputs()))));
        }
        return programs;
    }

    private static Stream<String> names() {
        return PROGRAMS.keySet().stream();
    }

    @BeforeAll
    static void compile() {
        code = GeneratedCode.compile(
                PROGRAMS.values().stream().map(NetworkEmitter::emit).toList());
    }

    private static CompiledNetwork network(String name) {
        Program program = PROGRAMS.get(name);
        GeneratedSource source = NetworkEmitter.emit(program);
        return new CompiledNetwork(program, code.load(source), BATCH, 42);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void gradientsAgreeWithCentralDifferences(String name) {
        try (CompiledNetwork network = network(name)) {
            CompiledGradients.disturb(network);
            CompiledGradients.check(PROGRAMS.get(name), network);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + texts(name), e);
        }
    }

    /** The specification and the Java of a network. */
    private static String texts(String name) {
        Program program = PROGRAMS.get(name);
        return program.graph().span().file().text() + "\n"
                + NetworkEmitter.emit(program).text();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void backwardsAddUpUntilAnUpdate(String name) {
        try (CompiledNetwork network = network(name)) {
            network.forward();
            network.backward();
            double[] once =
                    CompiledGradients.numbers(network.network().parameters().gradients());
            network.forward();
            network.backward();
            double[] twice =
                    CompiledGradients.numbers(network.network().parameters().gradients());
            network.network().zeroGradients();
            network.forward();
            network.backward();
            double[] again =
                    CompiledGradients.numbers(network.network().parameters().gradients());

            for (int i = 0; i < once.length; i++) {
                assertThat(twice[i]).isCloseTo(2 * once[i], within(once[i]));
                assertThat(again[i]).isEqualTo(once[i]);
            }
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double size) {
        return org.assertj.core.data.Offset.offset(1e-12 + 1e-9 * Math.abs(size));
    }
}
