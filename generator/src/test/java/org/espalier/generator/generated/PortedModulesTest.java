package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.format.NetFormatter;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.java.NetworkEmitter;
import org.espalier.runtime.Network;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Modules as users of PyTorch write them, and their ports of {@code src/golden/ports}, train alike: outputs, gradients
 * by inputs and parameters, and parameters after three steps of an optimizer are the same, under the same names.
 * {@code ported_fixtures.py} wrote what PyTorch has.
 */
class PortedModulesTest {
    private static final Path FOLDER = Goldens.file("ports");
    private static final Path FIXTURES = Path.of("src/test/resources/org/espalier/generator/generated/pytorch/ports");

    /** Both sides compute with 64 bits. Adam divides gradients by their size, also where that is the rounding of 0. */
    private static final double TOLERANCE = 1e-9;

    private static final int BATCH = 3;
    private static final int ORDINALS = 1_000_003;

    private static final Map<String, Program> PROGRAMS = new LinkedHashMap<>();
    private static GeneratedCode code;

    static List<String> names() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString().replace(".net", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeAll
    static void compile() {
        names().forEach(name -> PROGRAMS.put(name, program(name)));
        code = GeneratedCode.compile(
                PROGRAMS.values().stream().map(NetworkEmitter::emit).toList());
    }

    private static String text(String name) {
        try {
            return Files.readString(FOLDER.resolve(name + ".net"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With gradients by its inputs too. */
    private static Program program(String name) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile(name + ".net", text(name))));
        assertThat(compilation.diagnostics().stream()
                        .filter(Diagnostic::isError)
                        .map(Diagnostic::render))
                .isEmpty();
        Graph graph = compilation.programs().get(0).graph();
        List<Value> inputs =
                graph.inputs().stream().filter(input -> !input.isWhole()).toList();
        return MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph, inputs)));
    }

    @Test
    void eachPortHasItsNumbers() throws IOException {
        try (Stream<Path> files = Files.list(FIXTURES)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".json", "")))
                    .containsExactlyInAnyOrderElementsOf(names());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void isFormatted(String name) {
        assertThat(NetFormatter.format(new SourceFile(name + ".net", text(name)))
                        .text())
                .isEqualTo(text(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void trainsAsInPytorch(String name) {
        Program program = PROGRAMS.get(name);
        Map<String, Object> fixture = PytorchNumbers.read(FIXTURES.resolve(name + ".json"));
        try (CompiledNetwork network = new CompiledNetwork(program, code.load(program), BATCH, 1)) {
            fill(network.network());
            INDArray[] inputs = given(fixture.get("inputs"));
            INDArray[] targets = given(fixture.get("targets"));
            List<Object> losses = PytorchNumbers.list(fixture.get("losses"));
            for (int step = 0; step < losses.size(); step++) {
                List<INDArray> outputs = network.outputs(inputs);
                double loss = ((Number) network.invoke("loss", targets)).doubleValue();
                double right = Double.parseDouble(String.valueOf(losses.get(step)));
                assertThat(loss)
                        .as("loss of step " + step)
                        .isCloseTo(right, Offset.offset(TOLERANCE * Math.abs(right)));
                if (step == 0) {
                    assertOutputs(fixture, program, outputs);
                }
                network.backward();
                if (step == 0) {
                    assertGradients(fixture, program, network);
                }
                network.network().update();
            }
            assertSame("updated ", fixture.get("updated"), state(network.network()));
        }
    }

    /** Outputs have names here, and places in PyTorch. */
    private static void assertOutputs(Map<String, Object> fixture, Program program, List<INDArray> outputs) {
        List<Object> expected = PytorchNumbers.list(fixture.get("outputs"));
        assertThat(outputs).hasSameSizeAs(expected);
        for (int i = 0; i < outputs.size(); i++) {
            String output = program.graph().outputs().get(i).name();
            ModuleNumbers.assertSame("output " + output, expected.get(i), outputs.get(i), TOLERANCE);
        }
    }

    private static void assertGradients(Map<String, Object> fixture, Program program, CompiledNetwork network) {
        Map<String, INDArray> byInputs = new LinkedHashMap<>();
        program.graph().inputs().stream()
                .filter(input -> program.inputGradients().contains(input.gradient()))
                .forEach(input -> byInputs.put(input.name(), network.inputGradient(input)));
        assertSame("gradient by ", fixture.get("input_gradients"), byInputs);
        Map<String, INDArray> byParameters = new LinkedHashMap<>();
        network.network().parameters().forEach(parameter -> byParameters.put(parameter.name(), parameter.gradient()));
        assertSame("gradient by ", fixture.get("gradients"), byParameters);
    }

    private static void assertSame(String what, Object expected, Map<String, INDArray> found) {
        Map<String, Object> right = PytorchNumbers.map(expected);
        assertThat(found.keySet()).as(what).containsExactlyInAnyOrderElementsOf(right.keySet());
        right.forEach((name, tensor) -> ModuleNumbers.assertSame(what + name, tensor, found.get(name), TOLERANCE));
    }

    /** Parameters and running statistics. */
    private static Map<String, INDArray> state(Network network) {
        Map<String, INDArray> state = new LinkedHashMap<>();
        network.parameters().forEach(parameter -> state.put(parameter.name(), parameter.value()));
        network.statistics().forEach((name, statistic) -> {
            // Buffers have their own numbers.
            if (name.contains("running_")) {
                state.put(name, statistic);
            }
        });
        return state;
    }

    private static void fill(Network network) {
        state(network).forEach((name, array) -> {
            double[] numbers = uniform(name, (int) array.length());
            // Those of single precision, as PyTorch's are.
            assign(array, DoubleStream.of(numbers).map(scaled(name, array)).map(number -> (float) number));
        });
    }

    private static DoubleUnaryOperator scaled(String name, INDArray array) {
        if (name.endsWith("running_var")) {
            return u -> 1 + 0.25 * u;
        }
        if (name.endsWith("running_mean") || name.contains("bias")) {
            return u -> 0.1 * u;
        }
        if (array.rank() < 2) {
            return u -> 1 + 0.2 * u;
        }
        double width = Math.pow(3 / ((double) array.length() / array.size(0)), 0.5);
        return u -> width * u;
    }

    private static void assign(INDArray array, DoubleStream numbers) {
        array.assign(Nd4j.createFromArray(numbers.toArray()).reshape('c', array.shape()));
    }

    private static INDArray[] given(Object described) {
        List<INDArray> arrays = new ArrayList<>();
        PytorchNumbers.map(described).forEach((name, kind) -> arrays.add(given(name, PytorchNumbers.map(kind))));
        return arrays.toArray(INDArray[]::new);
    }

    private static INDArray given(String name, Map<String, Object> described) {
        long[] shape = ModuleNumbers.sizes(described.get("shape"));
        int below = Integer.parseInt(String.valueOf(described.get("below")));
        double[] numbers = uniform(name, (int) LongStream.of(shape).reduce(1, Math::multiplyExact));
        return switch (String.valueOf(described.get("kind"))) {
            case "words" ->
                Nd4j.createFromArray(DoubleStream.of(numbers)
                                .mapToLong(u -> (long) ((u + 1) / 2 * below))
                                .toArray())
                        .reshape('c', shape);
            case "unit" ->
                Nd4j.createFromArray(
                                DoubleStream.of(numbers).map(u -> (u + 1) / 2).toArray())
                        .reshape('c', shape);
            default ->
                Nd4j.createFromArray(DoubleStream.of(numbers)
                                .map(u -> Math.pow(3, 0.5) * u)
                                .toArray())
                        .reshape('c', shape);
        };
    }

    private static double[] uniform(String name, int count) {
        int ordinal = (int) (Integer.toUnsignedLong(name.hashCode()) % ORDINALS);
        return KnownNetwork.uniform(ordinal, count);
    }
}
