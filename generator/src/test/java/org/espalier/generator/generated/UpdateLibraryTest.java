package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.elaborate.language.Builtin.Definition;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.ir.text.IrReader;
import org.espalier.generator.layer.Library;
import org.espalier.generator.optimizer.Optimizers;
import org.espalier.generator.regularizer.Penalties;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Parameter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Tests every optimizer and regularizer of the standard library by its examples: five steps end where PyTorch's do, a
 * checkpoint goes on as if nothing had been, and what is printed is read back. A new one is tested by its examples and
 * a run of {@code runtime/src/test/python/pytorch_fixtures.py}.
 */
class UpdateLibraryTest {
    private static final Path FIXTURES =
            Path.of("src", "test", "resources", "org", "espalier", "generator", "generated", "pytorch", "updates.json");
    private static final double TOLERANCE = 1e-12;
    private static final int STEPS = 5;

    private static final List<Case> CASES = Stream.concat(
                    examples(Optimizers.ALL).map(optimizer -> new Case(optimizer, "")),
                    examples(Penalties.ALL).map(regularizer -> new Case("SGD(lr=0.1)", regularizer)))
            .toList();

    private static Compilation compiled;
    private static GeneratedCode code;

    /** An optimizer under a regularizer, or under none. */
    private record Case(String optimizer, String regularizer) {
        @Override
        public String toString() {
            return (optimizer + " | " + regularizer).strip();
        }

        private String specification(String name) {
            return """
                    network %s {
                        input x: float[batch, 2]
                        matrix = Linear(2, 3, bias=false)
                        output y = matrix(x)
                        %s
                        target t: float[batch, 3]
                        loss MSELoss()
                        optimizer %s
                        precision float64
                    }
                    """.formatted(name, regularizer.isEmpty() ? "" : "regularize weights by " + regularizer, optimizer);
        }
    }

    private static Stream<String> examples(List<Definition> definitions) {
        return definitions.stream().flatMap(definition -> definition.examples().stream());
    }

    private static Stream<Case> cases() {
        return CASES.stream();
    }

    @BeforeAll
    static void compile() {
        String text = IntStream.range(0, CASES.size())
                .mapToObj(number -> CASES.get(number).specification("Update" + number))
                .collect(Collectors.joining("\n"));
        compiled = compiled(text);
        code = GeneratedCode.compile(compiled.sources());
    }

    private static Compilation compiled(String text) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("updates.net", text)));
        assertThat(compilation.programs())
                .as(String.valueOf(compilation.diagnostics()))
                .isNotEmpty();
        return compilation;
    }

    private static Graph graph(Case update) {
        return compiled.programs().get(CASES.indexOf(update)).graph();
    }

    private static CompiledNetwork network(Case update) {
        int number = CASES.indexOf(update);
        return new CompiledNetwork(
                compiled.programs().get(number), code.load(compiled.sources().get(number)), 1, 0);
    }

    @Test
    void everyDefinitionHasExamplesOfItself() {
        assertThat(Stream.concat(Optimizers.ALL.stream(), Penalties.ALL.stream()))
                .allSatisfy(definition -> assertThat(definition.examples())
                        .isNotEmpty()
                        .allMatch(example -> example.startsWith(definition.name() + "(")));
    }

    /** The fixtures are made of this list. */
    @Test
    void examplesAreListed() {
        Goldens.check(
                "updates.txt",
                cases().map(update -> update.optimizer() + " | " + update.regularizer())
                        .map(line -> line.strip() + "\n")
                        .collect(Collectors.joining()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsPrintedIsReadBack(Case update) {
        String text = IrPrinter.print(graph(update));

        assertThat(IrPrinter.print(IrReader.graph(text, Library.READERS))).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsDescribedMeansTheSame(Case update) {
        Graph graph = graph(update);
        String optimizer = graph.optimizer().orElseThrow().describe();
        String regularizer =
                terms(graph).stream().map(RegularizerTerm::describe).collect(Collectors.joining(" + "));
        Graph again = compiled(new Case(optimizer, regularizer).specification("Again"))
                .programs()
                .get(0)
                .graph();

        assertThat(again.optimizer()).isEqualTo(graph.optimizer());
        assertThat(terms(again)).isEqualTo(terms(graph));
    }

    private static List<RegularizerTerm> terms(Graph graph) {
        return graph.updateGroups().get(0).terms();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fiveStepsEndWherePytorchsDo(Case update) {
        Map<String, Object> expected = Fixtures.of(FIXTURES, update.toString());
        try (CompiledNetwork network = network(update)) {
            begin(network);
            double penalty = step(network, 0);
            for (int step = 1; step < STEPS; step++) {
                step(network, step);
            }

            assertThat(penalty).isCloseTo(number(expected.get("penalty")), Offset.offset(TOLERANCE));
            double[] found = weights(network);
            double[] right = numbers(expected.get("weights"));
            for (int i = 0; i < right.length; i++) {
                double tolerance = right[i] == 0 ? 0 : TOLERANCE * Math.max(1, Math.abs(right[i]));
                assertThat(found[i]).as("weight " + i).isCloseTo(right[i], Offset.offset(tolerance));
            }
        }
    }

    static Stream<Case> muons() {
        return cases().filter(update -> update.optimizer().startsWith("Muon("));
    }

    /** PyTorch rounds products to bfloat16, which has 8 binary digits; these steps are 0.02 long. */
    @ParameterizedTest
    @MethodSource("muons")
    void fiveStepsOfMuonEndNearPytorchsRoundedOnes(Case update) {
        double[] right = numbers(Fixtures.of(FIXTURES, update.toString()).get("bfloat16"));
        try (CompiledNetwork network = network(update)) {
            begin(network);
            for (int step = 0; step < STEPS; step++) {
                step(network, step);
            }

            assertThat(weights(network)).containsExactly(right, Offset.offset(2e-3));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void checkpointGoesOnAsIfNothingHadBeen(Case update, @TempDir Path folder) {
        Path file = folder.resolve("checkpoint.safetensors");
        double[] uninterrupted;
        try (CompiledNetwork network = network(update)) {
            begin(network);
            step(network, 0);
            step(network, 1);
            network.network().saveCheckpoint(file);
            step(network, 2);
            step(network, 3);
            uninterrupted = weights(network);
        }
        try (CompiledNetwork network = network(update)) {
            network.network().resume(file);
            step(network, 2);
            step(network, 3);

            assertThat(weights(network)).isEqualTo(uninterrupted);
        }
    }

    private static void begin(CompiledNetwork network) {
        matrix(network)
                .value()
                .assign(Nd4j.createFromArray(numbers(shared("initial"))).reshape(3, 2));
    }

    /** Updates by a gradient of the fixture, and returns the penalty before. */
    private static double step(CompiledNetwork network, int step) {
        network.forward();
        network.backward();
        double[] gradient = numbers(PytorchNumbers.list(shared("gradients")).get(step));
        matrix(network).gradient().assign(Nd4j.createFromArray(gradient).reshape(3, 2));
        return network.network().update().penalty();
    }

    private static Parameter matrix(CompiledNetwork network) {
        return network.network().parameters().get("matrix.weight");
    }

    private static double[] weights(CompiledNetwork network) {
        return CompiledGradients.numbers(matrix(network).value());
    }

    private static Object shared(String name) {
        return PytorchNumbers.read(FIXTURES).get(name);
    }

    private static double[] numbers(Object list) {
        return PytorchNumbers.list(list).stream()
                .mapToDouble(UpdateLibraryTest::number)
                .toArray();
    }

    private static double number(Object number) {
        return Double.parseDouble(String.valueOf(number));
    }
}
