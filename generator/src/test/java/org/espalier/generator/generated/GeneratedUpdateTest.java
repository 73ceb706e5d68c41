package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
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
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Parameter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Five steps of PyTorch, its optimizer and arguments copied into a {@code .net} as they are, and the penalties as the
 * language has them: the generated class ends where PyTorch does. The runtime's fixtures say what PyTorch ran.
 */
class GeneratedUpdateTest {
    private static final Path FIXTURES = Path.of("../runtime/src/test/resources/org/espalier/runtime/optim/pytorch");
    private static final List<String> FILES =
            List.of("adamw", "rmsprop-centered", "transposed", "proximal", "max-norm", "decay");
    private static final Set<String> WORDS = Set.of(
            "l1", "l2", "weight_decay", "elastic_net", "l2_norm", "group_lasso", "orthogonal", "decay", "max_norm");
    private static final Set<String> DECAYING = Set.of("l2", "weight_decay", "elastic_net", "decay");
    private static final int STEPS = 5;
    private static final double TOLERANCE = 1e-12;

    /** The fixtures' parameters that are the weight of a layer. */
    private static final Set<String> WEIGHTS = Set.of("matrix", "conv");

    /** A case of a fixture, with what all cases of it share. */
    private record Case(String name, Map<String, Object> content, Map<String, Map<String, Object>> parameters) {
        Map<String, Object> optimizer() {
            return PytorchNumbers.map(content.get("optimizer"));
        }

        List<Map<String, Object>> terms() {
            return PytorchNumbers.list(content.get("terms")).stream()
                    .map(PytorchNumbers::map)
                    .toList();
        }

        List<String> weights() {
            return PytorchNumbers.map(content.get("weights")).keySet().stream()
                    .filter(WEIGHTS::contains)
                    .toList();
        }

        /** Tells whether the language has words for it, and allows them together. */
        boolean isWritable() {
            boolean decays = optimizer().get("name").equals("AdamW");
            return !content.containsKey("clip")
                    && !weights().isEmpty()
                    && terms().stream().allMatch(term -> WORDS.contains(term.get("word")))
                    && !(decays && terms().stream().anyMatch(term -> DECAYING.contains(term.get("word"))));
        }

        String specification(int number) {
            List<String> lines = new ArrayList<>(List.of("network Case" + number + " {"));
            boolean transposed = terms().stream().anyMatch(term -> "1".equals(term.get("axis")));
            for (String weight : weights()) {
                boolean matrix = weight.equals("matrix");
                String convolution = transposed ? "ConvTranspose2d" : "Conv2d";
                lines.add("input x" + weight + ": float[batch, 2" + (matrix ? "]" : ", 4, 4]"));
                lines.add(weight + " = "
                        + (matrix
                                ? "Linear(2, 3, bias=false)"
                                : convolution + "(2, 2, kernel_size=(1, 2), bias=false)"));
                lines.add("output y" + weight + " = " + weight + "(x" + weight + ")");
            }
            if (!terms().isEmpty()) {
                String sum = terms().stream().map(GeneratedUpdateTest::written).collect(Collectors.joining(" + "));
                lines.add("regularize weights by " + sum);
            }
            lines.add("target t");
            lines.add("loss MSELoss()(y" + weights().get(0) + ", t)");
            lines.add("optimizer " + optimizerWritten());
            lines.add("precision float64");
            lines.add("}\n");
            return String.join("\n", lines);
        }

        private String optimizerWritten() {
            return optimizer().entrySet().stream()
                    .filter(argument -> !argument.getKey().equals("name"))
                    .map(argument -> argument.getKey() + "=" + value(argument.getValue()))
                    .collect(Collectors.joining(", ", optimizer().get("name") + "(", ")"));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static String value(Object value) {
        return value instanceof List<?> numbers
                ? numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"))
                : String.valueOf(value);
    }

    /** {@code group_lasso(0.03, axis=1, mode=prox)}; where a layer decides the axis it is left to that. */
    private static String written(Map<String, Object> term) {
        String word = String.valueOf(term.get("word"));
        List<String> arguments = new ArrayList<>();
        arguments.add(String.valueOf(term.getOrDefault("lambda", term.get("c"))));
        if (term.containsKey("ratio")) {
            arguments.add("ratio=" + term.get("ratio"));
        }
        if (term.containsKey("mode")) {
            arguments.add("mode=" + term.get("mode"));
        }
        return (word.equals("weight_decay") ? "l2" : word) + "(" + String.join(", ", arguments) + ")";
    }

    private static final List<Case> CASES = FILES.stream()
            .flatMap(GeneratedUpdateTest::read)
            .filter(Case::isWritable)
            .toList();

    private static Compilation compiled;
    private static GeneratedCode code;

    static List<Case> cases() {
        return CASES;
    }

    @BeforeAll
    static void compile() {
        String text = IntStream.range(0, CASES.size())
                .mapToObj(number -> CASES.get(number).specification(number))
                .collect(Collectors.joining("\n"));
        compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("pytorch.net", text)));
        assertThat(compiled.diagnostics().stream().filter(Diagnostic::isError).map(Diagnostic::render))
                .isEmpty();
        code = GeneratedCode.compile(compiled.sources());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aNetworkOfTheLanguageEndsWherePytorchDoes(Case expected) {
        int number = CASES.indexOf(expected);
        Class<?> type = code.load(compiled.sources().get(number));
        try (CompiledNetwork compiledNetwork =
                new CompiledNetwork(compiled.programs().get(number), type, 1, 0)) {
            for (String weight : expected.weights()) {
                put(
                        parameter(compiledNetwork, weight).value(),
                        expected.parameters().get(weight).get("initial"));
            }
            for (int step = 0; step < STEPS; step++) {
                compiledNetwork.forward();
                compiledNetwork.backward();
                for (String weight : expected.weights()) {
                    List<Object> gradients = PytorchNumbers.list(
                            expected.parameters().get(weight).get("gradients"));
                    put(parameter(compiledNetwork, weight).gradient(), gradients.get(step));
                }
                compiledNetwork.network().update();
            }
            for (String weight : expected.weights()) {
                double[] found = parameter(compiledNetwork, weight)
                        .value()
                        .dup('c')
                        .data()
                        .asDouble();
                List<Object> last = PytorchNumbers.list(
                        PytorchNumbers.map(expected.content().get("double")).get(weight));
                for (int i = 0; i < found.length; i++) {
                    double theirs = Double.parseDouble(String.valueOf(last.get(i)));
                    double tolerance = theirs == 0 ? 0 : TOLERANCE * Math.max(1, Math.abs(theirs));
                    assertThat(Math.abs(found[i] - theirs))
                            .as("%s[%d] is %s, in PyTorch %s", weight, i, found[i], theirs)
                            .isLessThanOrEqualTo(tolerance);
                }
            }
        }
    }

    private static Parameter parameter(CompiledNetwork network, String layer) {
        return network.network().parameters().get(layer + ".weight");
    }

    /** Numbers of the fixtures are PyTorch's single precision. */
    private static void put(INDArray array, Object numbers) {
        double[] doubles = PytorchNumbers.list(numbers).stream()
                .mapToDouble(number -> Float.parseFloat(String.valueOf(number)))
                .toArray();
        array.assign(Nd4j.createFromArray(doubles).reshape(array.shape()));
    }

    private static Stream<Case> read(String name) {
        Map<String, Object> fixture = PytorchNumbers.read(FIXTURES.resolve(name + ".json"));
        Map<String, Map<String, Object>> parameters = new LinkedHashMap<>();
        for (Object parameter : PytorchNumbers.list(fixture.get("parameters"))) {
            parameters.put(String.valueOf(PytorchNumbers.map(parameter).get("name")), PytorchNumbers.map(parameter));
        }
        return PytorchNumbers.list(fixture.get("cases")).stream()
                .map(one -> new Case(
                        name + ": " + PytorchNumbers.map(one).get("name"), PytorchNumbers.map(one), parameters));
    }
}
