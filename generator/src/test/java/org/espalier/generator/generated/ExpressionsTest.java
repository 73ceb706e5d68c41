package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.ir.text.IrReader;
import org.espalier.generator.layer.Library;
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

/**
 * Tests tensor expressions by the examples of {@code src/golden/expressions.txt}: shapes, the printed form, gradients
 * of the compiled class, and PyTorch's numbers. A new one is tested by a line there and a run of
 * {@code runtime/src/test/python/pytorch_fixtures.py}. The quick loop takes some in single precision, too.
 */
@Tag(Rounds.TAG)
class ExpressionsTest {
    private static final Path FIXTURES = Path.of(
            "src", "test", "resources", "org", "espalier", "generator", "generated", "pytorch", "expressions.json");
    private static final int BATCH = 3;
    private static final String PARAMETER = "parameter";
    private static final String BUFFER = "buffer ";

    /** Of single precision: some hundred roundings, each by 6e-8 of the larger operand. */
    private static final double SINGLE_TOLERANCE = 2e-5;

    /** An expression of {@code x}, {@code x2} and so on, with the shapes of these and of its result. */
    record Example(String expression, List<String> inputs, String output) {
        static Example parse(String line) {
            List<String> parts =
                    Arrays.stream(line.split(" \\| ", -1)).map(String::strip).toList();
            return new Example(parts.get(0), List.of(parts.get(1).split(" & ", -1)), parts.get(2));
        }

        String input() {
            return String.join(" & ", inputs);
        }
    }

    private static final List<Example> EXAMPLES = examples();
    private static final Map<Example, Program> PROGRAMS = programs("Expression", "float64", 1);
    private static final Map<Example, Program> SINGLE = programs("Single", "float32", Rounds.of(8, 1));
    private static GeneratedCode code;

    private static List<Example> examples() {
        try {
            return Files.readAllLines(Path.of("src", "golden", "expressions.txt")).stream()
                    .map(Example::parse)
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Map<Example, Program> programs(String name, String precision, int step) {
        Map<Example, Program> programs = new LinkedHashMap<>();
        for (int i = 0; i < EXAMPLES.size(); i += step) {
            Example example = EXAMPLES.get(i);
            Graph graph = compiled(example, name + programs.size(), precision).graph();
            programs.put(example, MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph, graph.inputs()))));
        }
        return programs;
    }

    /** A network that is nothing but the expression of an example. */
    static String specification(Example example, String name, String precision) {
        String declared = IntStream.range(0, example.inputs().size())
                .mapToObj(
                        i -> declaration(PytorchCase.input(i), example.inputs().get(i)))
                .collect(Collectors.joining("\n    "));
        return """
                network %s {
                    %s
                    output y = %s
                    precision %s
                }
                """.formatted(name, declared, example.expression(), precision);
    }

    private static Program compiled(Example example, String name, String precision) {
        String text = specification(example, name, precision);
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile(name + ".net", text)));
        assertThat(compilation.programs())
                .as(String.valueOf(compilation.diagnostics()))
                .hasSize(1);
        return compilation.programs().get(0);
    }

    /**
     * {@code input x: float[batch, 4]} of a shape; of {@code parameter[4]} or {@code int[batch]} what these are, and of
     * {@code buffer int[5]} one whose elements are 0 to 3.
     */
    private static String declaration(String name, String type) {
        if (type.startsWith(BUFFER)) {
            String element = type.substring(BUFFER.length());
            int axes = element.split(",", -1).length;
            String sum = IntStream.range(0, axes)
                    .mapToObj(axis -> (3 + 2 * axis) + " * i" + axis)
                    .collect(Collectors.joining(" + "));
            String places =
                    IntStream.range(0, axes).mapToObj(axis -> "i" + axis).collect(Collectors.joining(", "));
            return "buffer " + name + ": " + element + " = (" + places + ") -> (1 + " + sum + ") % 4";
        }
        if (type.startsWith(PARAMETER)) {
            return "parameter " + name + ": float" + type.substring(PARAMETER.length()) + " = normal(0, 1)";
        }
        return "input " + name + ": " + (type.startsWith("[") ? "float" : "") + type;
    }

    @BeforeAll
    static void compile() {
        code = GeneratedCode.compile(Stream.concat(PROGRAMS.values().stream(), SINGLE.values().stream())
                .map(ExpressionsTest::source)
                .toList());
    }

    private static GeneratedSource source(Program program) {
        return new JavaTarget().generate(program).get(0);
    }

    private static CompiledNetwork network(Program program) {
        return new CompiledNetwork(program, code.load(program), BATCH, 42);
    }

    static List<Example> expressions() {
        return EXAMPLES;
    }

    static Set<Example> expressionsInSinglePrecision() {
        return SINGLE.keySet();
    }

    @Test
    void everyFunctionHasAnExample() {
        assertThat(Library.FUNCTIONS.stream().map(Builtin::name))
                .allSatisfy(name -> assertThat(EXAMPLES)
                        .anyMatch(example -> example.expression().matches("(.*\\W)?" + name + "\\(.*")));
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void shapesAreAsTheExampleSays(Example example) {
        assertThat(PROGRAMS.get(example).graph().outputs().get(0).shape()).hasToString(example.output());
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void whatIsPrintedIsReadBack(Example example) {
        String text = IrPrinter.print(PROGRAMS.get(example));

        assertThat(IrPrinter.print(IrReader.program(text, Library.READERS))).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void gradientsAgreeWithCentralDifferences(Example example) {
        assumeFalse(example.expression().contains("detach"), "a difference sees what the gradient does not");
        try (CompiledNetwork network = network(PROGRAMS.get(example))) {
            CompiledGradients.check(PROGRAMS.get(example), network);
        }
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void numbersArePytorchs(Example example) {
        check(example, PROGRAMS.get(example), Fixtures.TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("expressionsInSinglePrecision")
    void numbersInSinglePrecisionAreNearThem(Example example) {
        check(example, SINGLE.get(example), SINGLE_TOLERANCE);
    }

    private static void check(Example example, Program program, double tolerance) {
        try (CompiledNetwork network = network(program)) {
            PytorchCase.check(fixture(example), program, network, "", tolerance);
        }
    }

    private static Map<String, Object> fixture(Example example) {
        return PytorchNumbers.list(PytorchNumbers.read(FIXTURES).get("cases")).stream()
                .map(PytorchNumbers::map)
                .filter(one -> one.get("expression").equals(example.expression())
                        && one.get("input").equals(example.input()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no case of " + example + ": run runtime/src/test/python/pytorch_fixtures.py"));
    }
}
