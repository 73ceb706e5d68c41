package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.ir.text.IrReader;
import org.espalier.generator.layer.Library;
import org.espalier.generator.loss.LossDefinition;
import org.espalier.generator.loss.LossDefinition.Numbers;
import org.espalier.generator.loss.LossLibrary;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.JavaTarget;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tests every loss of the standard library by its examples: gradients of the compiled class, PyTorch's numbers in both
 * precisions, the printed form. A new loss is tested by its examples and a run of
 * {@code runtime/src/test/python/pytorch_fixtures.py}. The quick loop takes some in single precision, too.
 */
@Tag(Rounds.TAG)
class LossLibraryTest {
    private static final Path FIXTURES =
            Path.of("src", "test", "resources", "org", "espalier", "generator", "generated", "pytorch", "losses.json");
    private static final int BATCH = 3;
    private static final double SINGLE_PRECISION = 1e-5;

    private static final List<Case> CASES = LossLibrary.ALL.stream()
            .flatMap(loss -> loss.examples().stream()
                    .flatMap(example -> reductions(example.loss())
                            .map(written -> new Case(loss, written, example.prediction(), example.target()))))
            .toList();
    private static final Map<Case, Program> PROGRAMS = programs("float64", 1);
    private static final Map<Case, Program> SINGLE = programs("float32", Rounds.of(8, 1));
    private static GeneratedCode code;

    /** An example with one of the reductions. */
    private record Case(LossDefinition definition, String written, String shape, Numbers target) {
        @Override
        public String toString() {
            return written + " of " + shape + " and " + target.word();
        }

        /** The line of the list from which the fixtures are made. */
        private String line() {
            return String.join(" | ", written, shape, definition.prediction().word(), target.word());
        }

        private String specification(String name, String precision) {
            String declared = switch (target) {
                case CLASSES -> "int" + shape.replaceFirst(", \\d+", "");
                case LABELS -> "int" + shape;
                default -> "float" + shape;
            };
            return """
                    network %s {
                        input x: float%s
                        output y = PReLU(init=1)(x)
                        target t: %s
                        loss %s
                        precision %s
                    }
                    """.formatted(name, shape, declared, written, precision);
        }
    }

    /** An example that says nothing of its reduction stands for the mean and the sum. */
    static Stream<String> reductions(String written) {
        if (written.contains("reduction=")) {
            return Stream.of(written);
        }
        String open = written.substring(0, written.length() - 1);
        return Stream.of(written, open + (open.endsWith("(") ? "" : ", ") + "reduction='sum')");
    }

    private static Stream<Case> cases() {
        return CASES.stream();
    }

    private static Stream<Case> casesInSinglePrecision() {
        return SINGLE.keySet().stream();
    }

    private static Map<Case, Program> programs(String precision, int step) {
        return IntStream.iterate(0, number -> number < CASES.size(), number -> number + step)
                .boxed()
                .collect(Collectors.toMap(
                        CASES::get,
                        number -> compiled(CASES.get(number), "Loss" + number + "Of" + precision, precision),
                        (one, other) -> one,
                        LinkedHashMap::new));
    }

    private static Program compiled(Case loss, String name, String precision) {
        SourceFile file = new SourceFile(name + ".net", loss.specification(name, precision));
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(file));
        assertThat(compilation.programs())
                .as(String.valueOf(compilation.diagnostics()))
                .hasSize(1);
        Graph graph = compilation.programs().get(0).graph();
        return MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph, graph.inputs())));
    }

    @BeforeAll
    static void compile() {
        code = GeneratedCode.compile(Stream.of(PROGRAMS, SINGLE)
                .flatMap(programs -> programs.values().stream())
                .map(LossLibraryTest::source)
                .toList());
    }

    private static GeneratedSource source(Program program) {
        return new JavaTarget().generate(program).get(0);
    }

    /** A network whose prediction and target are those of the fixture. */
    private static CompiledNetwork network(Program program, Map<String, Object> tensors) {
        CompiledNetwork network = new CompiledNetwork(program, code.load(program), BATCH, 42);
        network.input(0).assign(Fixtures.array(tensors, "prediction"));
        network.target().assign(Fixtures.array(tensors, "target"));
        return network;
    }

    private static Map<String, Object> tensors(Case loss) {
        return PytorchNumbers.map(Fixtures.of(FIXTURES, loss.line()).get("tensors"));
    }

    @Test
    void everyLossHasExamplesOfItself() {
        assertThat(LossLibrary.ALL)
                .allSatisfy(loss -> assertThat(loss.examples())
                        .isNotEmpty()
                        .allMatch(example -> example.loss().startsWith(loss.name() + "(")));
    }

    /** The fixtures are made of this list. */
    @Test
    void examplesAreListed() {
        Goldens.check("losses.txt", cases().map(loss -> loss.line() + "\n").collect(Collectors.joining()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsPrintedIsReadBack(Case loss) {
        String text = IrPrinter.print(PROGRAMS.get(loss));

        assertThat(IrPrinter.print(IrReader.program(text, Library.READERS))).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAgreeWithCentralDifferences(Case loss) {
        try (CompiledNetwork network = network(PROGRAMS.get(loss), tensors(loss))) {
            CompiledGradients.check(PROGRAMS.get(loss), network);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void numbersArePytorchs(Case loss) {
        check(loss, PROGRAMS::get, Fixtures.TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("casesInSinglePrecision")
    void numbersArePytorchsInSinglePrecision(Case loss) {
        check(loss, SINGLE::get, SINGLE_PRECISION);
    }

    private static void check(Case loss, Function<Case, Program> programs, double tolerance) {
        Program program = programs.apply(loss);
        Map<String, Object> tensors = tensors(loss);
        try (CompiledNetwork network = network(program, tensors)) {
            double value = network.forward();
            network.backward();
            INDArray gradient = network.inputGradient(program.graph().inputs().get(0));

            Fixtures.assertSame("loss", CompiledGradients.numbers(Fixtures.array(tensors, "loss")), tolerance, value);
            Fixtures.assertSame(tensors, "dPrediction", gradient, tolerance);
        }
    }
}
