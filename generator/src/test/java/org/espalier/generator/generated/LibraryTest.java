package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.elaborate.library.StandardBlocks;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.ir.text.IrReader;
import org.espalier.generator.layer.Library;
import org.espalier.generator.layer.api.LayerDefinition.Example;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.JavaTarget;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tests every layer of the standard library by its examples: shapes, the printed form, gradients of the compiled class,
 * and PyTorch's numbers. A new layer is tested by its examples and a run of
 * {@code runtime/src/test/python/pytorch_fixtures.py}. The quick loop takes some in single precision, too.
 */
@Tag(Rounds.TAG)
class LibraryTest {
    private static final Path FIXTURES =
            Path.of("src", "test", "resources", "org", "espalier", "generator", "generated", "pytorch", "layers");
    private static final Path EDGES =
            Path.of("src", "test", "resources", "org", "espalier", "generator", "generated", "pytorch", "edges.json");

    /** Edges at which layers are finite and PyTorch's are not, or the other way round: docs/reliability.md says why. */
    private static final Map<String, Set<String>> OTHER_THAN_PYTORCH = Map.ofEntries(
            Map.entry("Bilinear", Set.of("3e38", "-3e38")),
            Map.entry("GELU", Set.of("-Infinity")),
            Map.entry("GroupNorm", Set.of("3e38", "-3e38")),
            Map.entry("Hardswish", Set.of("-Infinity", "3e38")),
            Map.entry("LayerNorm", Set.of("3e38", "-3e38")),
            Map.entry("LeakyReLU", Set.of("-Infinity")),
            Map.entry("MultiheadAttention", Set.of("3e38", "-3e38")),
            Map.entry("PairwiseDistance", Set.of("3e38", "-3e38")),
            Map.entry("Transformer", Set.of("3e38", "-3e38")),
            Map.entry("TransformerDecoderLayer", Set.of("3e38", "-3e38")),
            Map.entry("TransformerEncoderLayer", Set.of("3e38", "-3e38")));

    private static final int BATCH = 3;

    /** Of single precision: some hundred roundings, each by 6e-8 of the larger operand. */
    private static final double SINGLE_TOLERANCE = 2e-5;

    /** Examples of the blocks of the standard library. */
    private static final List<Example> BLOCKS = List.of(
            new Example("SqueezeExcitation(4, 2)", "[batch, 4, 3, 3]", "[batch, 4, 3, 3]", 22),
            new Example(
                    "SqueezeExcitation(3, 2, activation=SiLU, scale_activation=Hardsigmoid)",
                    "[batch, 3, 2, 4]",
                    "[batch, 3, 2, 4]",
                    17),
            new Example(
                    "TransformerEncoderLayer(6, 2, dim_feedforward=8, dropout=0.2, batch_first=true)",
                    "[batch, 4, 6]",
                    "[batch, 4, 6]",
                    302),
            new Example(
                    "TransformerEncoderLayer(6, 3, 8, 0.0, batch_first=true, norm_first=true, bias=false)",
                    "[batch, 4, 6]",
                    "[batch, 4, 6]",
                    252),
            new Example(
                    "TransformerDecoderLayer(6, 2, dim_feedforward=8, dropout=0.2, batch_first=true)",
                    "[batch, 3, 6] & [batch, 4, 6]",
                    "[batch, 3, 6]",
                    482),
            new Example("RNNCell(3, 4)", "[batch, 3] & [batch, 4]", "[batch, 4]", 36),
            new Example("RNNCell(3, 4, bias=false, nonlinearity='relu')", "[batch, 3] & [batch, 4]", "[batch, 4]", 28),
            new Example("LSTMCell(3, 4)", "[batch, 3] & [batch, 4] & [batch, 4]", "[batch, 4]", 144),
            new Example("LSTMCell(3, 4, bias=false)", "[batch, 3] & [batch, 4] & [batch, 4]", "[batch, 4]", 112),
            new Example("GRUCell(3, 4)", "[batch, 3] & [batch, 4]", "[batch, 4]", 108),
            new Example(
                    "TransformerEncoder(TransformerEncoderLayer(6, 2, 8, 0.0, 'gelu', batch_first=true), 2)",
                    "[batch, 4, 6]",
                    "[batch, 4, 6]",
                    604),
            new Example(
                    "TransformerDecoder(TransformerDecoderLayer(6, 2, 8, 0.0, batch_first=true), 2, LayerNorm(6))",
                    "[batch, 3, 6] & [batch, 4, 6]",
                    "[batch, 3, 6]",
                    976),
            new Example(
                    "Transformer(6, 2, 1, 2, 8, 0.0, batch_first=true, norm_first=true)",
                    "[batch, 4, 6] & [batch, 3, 6]",
                    "[batch, 3, 6]",
                    1290));

    private static final Map<Example, Program> PROGRAMS = programs("Example", "float64", 1);
    private static final Map<Example, Program> SINGLE = programs("Single", "float32", Rounds.of(8, 1));
    private static GeneratedCode code;

    static Stream<Example> examples() {
        return Stream.concat(Library.LAYERS.stream().flatMap(layer -> layer.examples().stream()), BLOCKS.stream());
    }

    private static Map<Example, Program> programs(String name, String precision, int step) {
        Map<Example, Program> programs = new LinkedHashMap<>();
        List<Example> examples = examples().toList();
        for (int i = 0; i < examples.size(); i += step) {
            Graph graph =
                    compiled(examples.get(i), name + programs.size(), precision).graph();
            programs.put(
                    examples.get(i), MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph, graph.inputs()))));
        }
        return programs;
    }

    static Set<Example> examplesInSinglePrecision() {
        return SINGLE.keySet();
    }

    /** A network that is nothing but the layer of an example. */
    static String specification(Example example, String name, String precision) {
        List<String> inputs = example.inputs();
        String declared = IntStream.range(0, inputs.size())
                .mapToObj(i -> "input " + PytorchCase.input(i) + ": " + type(inputs.get(i)))
                .collect(Collectors.joining("\n    "));
        return """
                network %s {
                    %s
                    layer = %s
                    %s = layer(%s)
                    output y
                    precision %s
                }
                """.formatted(
                        name,
                        declared,
                        example.layer(),
                        results(example),
                        handsOn(example) ? "Linear(6, 6)(x)" : given(example),
                        precision);
    }

    private static Program compiled(Example example, String name, String precision) {
        String text = specification(example, name, precision);
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile(name + ".net", text)));
        assertThat(compilation.programs())
                .as(String.valueOf(compilation.diagnostics()))
                .hasSize(1);
        return compilation.programs().get(0);
    }

    /** {@code float[batch, 6]}, where nothing else is said. */
    private static String type(String shape) {
        return shape.startsWith("[") ? "float" + shape : shape;
    }

    /** {@code y, _} of a cell that has a memory, and of a pool with places, which a test of examples is not about. */
    private static String results(Example example) {
        boolean several =
                example.layer().startsWith("LSTMCell") || example.layer().contains("return_indices=true");
        return several ? "y, _" : "y";
    }

    /** {@code x, (x2, x3)} of an LSTM, which takes its states together, and else {@code x, x2, x3}. */
    private static String given(Example example) {
        List<String> names = IntStream.range(0, example.inputs().size())
                .mapToObj(PytorchCase::input)
                .toList();
        return example.layer().startsWith("LSTM") && names.size() > 1
                ? names.get(0) + ", (" + String.join(", ", names.subList(1, names.size())) + ")"
                : String.join(", ", names);
    }

    /** Tells whether a layer has no operation, so that it needs one before it. */
    private static boolean handsOn(Example example) {
        return example.layer().startsWith("Identity") || example.layer().startsWith("Activity");
    }

    @BeforeAll
    static void compile() {
        code = GeneratedCode.compile(Stream.concat(PROGRAMS.values().stream(), SINGLE.values().stream())
                .map(LibraryTest::source)
                .toList());
    }

    private static GeneratedSource source(Program program) {
        return new JavaTarget().generate(program).get(0);
    }

    private static CompiledNetwork network(Example example) {
        return network(PROGRAMS.get(example));
    }

    private static CompiledNetwork network(Program program) {
        return new CompiledNetwork(program, code.load(program), BATCH, 42);
    }

    @Test
    void everyBlockHasAnExample() {
        assertThat(StandardBlocks.names())
                .allSatisfy(name ->
                        assertThat(BLOCKS).anyMatch(example -> example.layer().startsWith(name + "(")));
    }

    @Test
    void everyLayerHasExamplesOfItself() {
        assertThat(Library.LAYERS)
                .allSatisfy(layer -> assertThat(layer.examples())
                        .isNotEmpty()
                        .allMatch(example -> example.layer().startsWith(layer.name() + "(")));
    }

    /** The fixtures are made of this list. */
    @Test
    void examplesAreListed() {
        Goldens.check(
                "library.txt",
                examples()
                        .map(example -> example.layer() + " | " + example.input() + " | " + example.output() + "\n")
                        .collect(Collectors.joining()));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shapesAndParametersAreAsTheExampleSays(Example example) {
        Graph graph = PROGRAMS.get(example).graph();

        assertThat(graph.outputs().get(0).shape()).hasToString(example.output());
        assertThat(graph.parameterCount()).isEqualTo(example.parameters());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void whatIsPrintedIsReadBack(Example example) {
        String text = IrPrinter.print(PROGRAMS.get(example));

        assertThat(IrPrinter.print(IrReader.program(text, Library.READERS))).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void gradientsAgreeWithCentralDifferences(Example example) {
        try (CompiledNetwork network = network(example)) {
            CompiledGradients.check(PROGRAMS.get(example), network);
            network.checkView();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void numbersArePytorchs(Example example) {
        check(example, PROGRAMS.get(example), Fixtures.TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("examplesInSinglePrecision")
    void numbersInSinglePrecisionAreNearThem(Example example) {
        check(example, SINGLE.get(example), SINGLE_TOLERANCE);
    }

    private static void check(Example example, Program program, double tolerance) {
        if (handsOn(example)) {
            assertThat(program.graph().operations()).hasSize(1);
            return;
        }
        Map<String, Object> fixture = fixture(example);
        assumeTrue(!fixture.containsKey("pytorch"), "a layer that PyTorch does not have");
        try (CompiledNetwork network = network(program)) {
            PytorchCase.check(fixture, program, network, "layer.", tolerance);
        }
    }

    static Stream<Arguments> edges() {
        return PytorchNumbers.list(PytorchNumbers.read(EDGES).get("cases")).stream()
                .map(PytorchNumbers::map)
                .map(one -> arguments(
                        examples()
                                .filter(example -> example.layer().equals(one.get("layer"))
                                        && example.input().equals(one.get("input")))
                                .findFirst()
                                .orElseThrow(),
                        PytorchNumbers.map(one.get("edges"))))
                .filter(one -> SINGLE.containsKey((Example) one.get()[0]));
    }

    /** One element of the input is NaN, infinite, or at the ends of single precision. */
    @ParameterizedTest
    @MethodSource("edges")
    void numbersAtTheEdgesBecomeWhatPytorchMakesOfThem(Example example, Map<String, Object> edges) {
        assumeFalse(handsOn(example));
        Map<String, String> found = new LinkedHashMap<>();
        Map<String, Object> expected = new LinkedHashMap<>(edges);
        expected.keySet().removeAll(OTHER_THAN_PYTORCH.getOrDefault(name(example), Set.of()));
        expected.forEach((edge, kindsOfPytorch) -> {
            try (CompiledNetwork network = network(SINGLE.get(example))) {
                INDArray y = PytorchCase.forward(
                        fixture(example),
                        SINGLE.get(example),
                        network,
                        "layer.",
                        x -> x.putScalar(0, Float.parseFloat(edge)));
                StringBuilder kinds = new StringBuilder();
                for (double number : CompiledGradients.numbers(y)) {
                    kinds.append(kind(number));
                }
                found.put(edge, kinds.toString());
            }
        });
        assertThat(found).isEqualTo(expected);
    }

    private static String name(Example example) {
        return example.layer().substring(0, example.layer().indexOf('('));
    }

    private static char kind(double number) {
        if (Double.isNaN(number)) {
            return 'n';
        } else if (Double.isInfinite(number)) {
            return number > 0 ? '+' : '-';
        }
        return 'f';
    }

    private static Map<String, Object> fixture(Example example) {
        String name = name(example);
        Path file = FIXTURES.resolve(name + ".json");
        assertThat(file).as("run runtime/src/test/python/pytorch_fixtures.py").exists();
        return PytorchNumbers.list(PytorchNumbers.read(file).get("cases")).stream()
                .map(PytorchNumbers::map)
                .filter(one -> one.get("layer").equals(example.layer())
                        && one.get("input").equals(example.input()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no case of " + example + " in " + file + ": run runtime/src/test/python/pytorch_fixtures.py"));
    }
}
