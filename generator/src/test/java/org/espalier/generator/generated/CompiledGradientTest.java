package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.emit.GeneratedSource;
import org.espalier.generator.emit.NetworkEmitter;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.ir.Value;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.runtime.Parameter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** From graph to gradient through everything there is: planned, emitted, compiled by javac, run by the kernels. */
class CompiledGradientTest {
    private static final int RANDOM_NETWORKS = 40;
    private static final int BATCH = 3;
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-6;

    /** So many elements of each tensor are checked, picked at random. */
    private static final int PLACES = 8;

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
            programs.put(graph.name(), MemoryPlanner.plan(Autodiff.differentiate(precise, precise.inputs())));
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
            double value = network.forward();
            network.backward();
            Map<String, INDArray> arrays = new LinkedHashMap<>();
            Map<String, double[]> gradients = new LinkedHashMap<>();
            for (Parameter parameter : network.network().parameters()) {
                if (!parameter.isFrozen()) {
                    arrays.put(parameter.name(), parameter.value());
                    gradients.put(parameter.name(), numbers(parameter.gradient()));
                }
            }
            Program program = PROGRAMS.get(name);
            for (int i = 0; i < program.graph().inputs().size(); i++) {
                Value input = program.graph().inputs().get(i);
                if (program.inputGradients().contains(input.gradient())) {
                    arrays.put(input.name(), network.input(i));
                    gradients.put(input.name(), numbers(network.inputGradient(input)));
                }
            }
            double largest = gradients.values().stream()
                    .mapToDouble(CompiledGradientTest::norm)
                    .max()
                    .orElse(0);
            double smallest = Math.max(1e-2 * largest, 1e-3 * Math.max(1, Math.abs(value)));
            arrays.forEach((what, array) -> compare(network, what, array, gradients.get(what), smallest));
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
            double[] once = numbers(network.network().parameters().gradients());
            network.forward();
            network.backward();
            double[] twice = numbers(network.network().parameters().gradients());
            network.network().zeroGradients();
            network.forward();
            network.backward();
            double[] again = numbers(network.network().parameters().gradients());

            for (int i = 0; i < once.length; i++) {
                assertThat(twice[i]).isCloseTo(2 * once[i], within(once[i]));
                assertThat(again[i]).isEqualTo(once[i]);
            }
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double size) {
        return org.assertj.core.data.Offset.offset(1e-12 + 1e-9 * Math.abs(size));
    }

    private static double[] numbers(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    private static void compare(
            CompiledNetwork network, String what, INDArray array, double[] gradient, double smallest) {
        int[] places = new Random(gradient.length)
                .ints(0, gradient.length)
                .distinct()
                .limit(Math.min(gradient.length, PLACES))
                .toArray();
        double[] computed = new double[places.length];
        double[] numeric = new double[places.length];
        double[] difference = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            computed[i] = gradient[places[i]];
            numeric[i] = centralDifference(network, array, places[i], STEP);
            if (Math.abs(numeric[i] - computed[i]) > TOLERANCE * Math.abs(computed[i])) {
                // Perhaps a kink (of a rectifier, a maximum, an absolute value) lies within the step: take a shorter.
                double closer = centralDifference(network, array, places[i], STEP / 10);
                if (Math.abs(closer - computed[i]) < Math.abs(numeric[i] - computed[i])) {
                    numeric[i] = closer;
                }
            }
            difference[i] = numeric[i] - computed[i];
        }
        double size = Math.max(Math.max(norm(computed), norm(numeric)), smallest);
        assertThat(norm(difference) / size)
                .as(
                        "relative error of the gradient by %s: %s, differences say %s",
                        what, Arrays.toString(computed), Arrays.toString(numeric))
                .isLessThan(TOLERANCE);
    }

    private static double centralDifference(CompiledNetwork network, INDArray array, int place, double step) {
        INDArray flat = array.reshape(array.length());
        double saved = flat.getDouble(place);
        flat.putScalar(place, saved + step);
        double above = network.forward();
        flat.putScalar(place, saved - step);
        double below = network.forward();
        flat.putScalar(place, saved);
        return (above - below) / (2 * step);
    }

    private static double norm(double[] vector) {
        double sum = 0;
        for (double element : vector) {
            sum += element * element;
        }
        return Math.sqrt(sum);
    }
}
