package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Rounds;
import org.espalier.generator.Targets;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tests that inference classes compute what the classes on ND4J do: each layer and expression, by their examples. The
 * quick loop takes the first examples of some layers and some of the expressions.
 */
@Tag(Rounds.TAG)
class InferenceClassesTest {
    private static final int BATCH = 3;

    /** Of single precision, in sums of up to some hundred products in another order. */
    private static final double TOLERANCE = 1e-5;

    /** A table that is an embedding's and a product's, and filters with and without groups. */
    private static final String SHARED = """
            network Shared {
                input token: int[batch, 5]
                input x: float[batch, 4, 7]
                embed = Embedding(11, 6)
                conv = Conv1d(2, 12, 3)
                output scores = linear(embed(token), embed.weight)
                output once = conv(x[:, 1:3])
                output twice = conv1d(x, conv.weight, groups=2)
            }
            """;

    /** Outputs whose names Java has another use for, in the class that returns them. */
    private static final String OUTPUTS = """
            network Named {
                input x: float[batch, 4]
                output wait = Linear(4, 8)(x)
                output hash_code = Linear(8, 2)(wait)
                output to_string = hash_code * 2
                output new = Linear(8, 1)(wait)
                output mean = Linear(8, 3)(wait)
            }
            """;

    /** Convolutions whose kernels take sums and activations over, and some that must not. */
    private static final String EPILOGUES = """
            network Epilogues {
                input x: float[batch, 16, 9, 11]
                first = Conv2d(16, 16, 3, padding=1)
                second = Conv2d(16, 16, 3, padding=1)
                few = Conv2d(16, 16, 3, padding=1, groups=16)
                up = ConvTranspose2d(16, 16, 3, padding=1)
                a = relu(first(x) + x)
                b = leaky_relu(a + second(a), 0.2)
                c = few(b)
                d = sigmoid(c + b) + c
                output sum = tanh(up(d) + d)
                output twice = second(d) + second(d)
                output raw = up(b)
                output bent = gelu(raw)
            }
            """;

    private static final List<Case> CASES = new ArrayList<>();
    private static GeneratedCode code;

    @TempDir
    private static Path folder;

    /** A specification with both of its classes. */
    private record Case(String name, Program program, GeneratedSource network, GeneratedSource inference) {
        static Case of(String name, String text) {
            Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("test.net", text)));
            assertThat(compilation.programs())
                    .as(name + ": " + compilation.diagnostics())
                    .hasSize(1);
            Program program = compilation.programs().get(0);
            return new Case(
                    name,
                    program,
                    compilation.sources().get(0),
                    Targets.of(List.of(Targets.INFERENCE)).generate(program).get(0));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return CASES.stream();
    }

    @BeforeAll
    static void compile() {
        Set<String> layers = new HashSet<>();
        LibraryTest.examples()
                .filter(example -> isTaken(layers, example.layer()))
                .forEach(example -> {
                    String text = LibraryTest.specification(example, "Layer" + CASES.size(), "float32");
                    CASES.add(Case.of(example.layer() + " of " + example.input(), text));
                });
        AtomicInteger number = new AtomicInteger();
        int step = Rounds.of(8, 1);
        ExpressionsTest.expressions().stream()
                .filter(each -> number.getAndIncrement() % step == 0)
                .forEach(example -> {
                    String text = ExpressionsTest.specification(example, "Expression" + CASES.size(), "float32");
                    CASES.add(Case.of(example.expression() + " of " + example.input(), text));
                });
        CASES.add(Case.of("weights that several operations read", SHARED));
        CASES.add(Case.of("outputs with names of Java's", OUTPUTS));
        CASES.add(Case.of("work behind convolutions", EPILOGUES));
        code = GeneratedCode.compile(CASES.stream()
                .flatMap(each -> Stream.of(each.network(), each.inference()))
                .toList());
    }

    private static boolean isTaken(Set<String> layers, String layer) {
        boolean first = layers.add(layer.substring(0, layer.indexOf('(')));
        return Rounds.of(0, 1) == 1 || (first && layers.size() % 3 == 0);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inferenceClassesComputeWhatNetworksDo(Case each) throws Exception {
        try (CompiledNetwork network = new CompiledNetwork(each.program(), code.load(each.network()), BATCH, 42)) {
            network.network().eval();
            Path weights = folder.resolve(each.network().className() + ".safetensors");
            network.network().save(weights);
            Inferences inference = new Inferences(code.load(each.inference()), weights);
            Graph graph = each.program().graph();
            INDArray[] inputs = IntStream.range(0, graph.inputs().size())
                    .mapToObj(network::input)
                    .toArray(INDArray[]::new);
            List<INDArray> expected = network.outputs(inputs);
            List<float[]> found = inference.predict(inputs);
            for (int i = 0; i < found.size(); i++) {
                double[] right = expected.get(i).dup('c').data().asDouble();
                assertThat(found.get(i)).hasSize(right.length);
                for (int k = 0; k < right.length; k++) {
                    double close = TOLERANCE * Math.max(1, Math.abs(right[k]));
                    assertThat((double) found.get(i)[k]).as("element " + k).isCloseTo(right[k], Offset.offset(close));
                }
            }
            assertThat(inference.predict(inputs)).usingRecursiveComparison().isEqualTo(found);
        }
    }

    static List<String> knownNetworks() {
        List<String> some = KnownNetworksTest.some();
        return some.subList(0, Rounds.of(1, some.size()));
    }

    /** Known networks at their fixtures' sizes, with PyTorch's weights and numbers. */
    @ParameterizedTest
    @MethodSource("knownNetworks")
    void inferenceClassesOfKnownNetworksComputeWhatPytorchDoes(String name) {
        KnownNetwork known = KnownNetworksTest.known(name);
        Case each = Case.of(name, known.withItsConstants(KnownNetworksTest.text(name)));
        GeneratedCode classes = GeneratedCode.compile(List.of(each.network(), each.inference()));
        Path weights = folder.resolve(name + ".safetensors");
        try (CompiledNetwork network =
                new CompiledNetwork(each.program(), classes.load(each.network()), KnownNetwork.BATCH, 1)) {
            known.fill(network.network());
            network.network().save(weights);
        }

        Inferences inference = new Inferences(classes.load(each.inference()), weights);

        known.assertNumbers(inference.predict(known.inputs()), 1e-4);
    }
}
