package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.update.FusedUpdate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * Penalties that a {@code .net} defines, differentiated, emitted and compiled, go where PyTorch's automatic
 * differentiation goes: five steps with the fixtures of the runtime's tests.
 */
class UserDefinedPenaltiesTest {
    private static final Path FIXTURES =
            Path.of("..", "runtime", "src", "test", "resources", "org", "espalier", "runtime", "optim", "pytorch");
    private static final double SINGLE = 2e-6;
    private static final double DOUBLE = 1e-12;
    private static final int STEPS = 5;

    private static final Map<String, Case> CASES = cases();
    private static final Map<String, Class<?>> CLASSES = new TreeMap<>();

    /** Case that PyTorch ran: its parameters, and what it did. */
    private record Case(JsonNode parameters, JsonNode run) {
        String net(String name, String precision) {
            List<String> regularizers = new ArrayList<>();
            List<String> terms = new ArrayList<>();
            for (JsonNode term : run.get("terms")) {
                String word = term.get("word").asText();
                List<String> formals = arguments(term);
                String lambda = term.get("lambda").asText();
                if (term.has("expression")) {
                    regularizers.add("regularizer " + word + "(" + String.join(", ", formals) + ") = "
                            + term.get("expression").asText());
                    String given = formals.stream()
                            .map(formal -> formal + "=" + term.get(formal).asText())
                            .collect(Collectors.joining(", "));
                    terms.add(lambda + " * " + word + "(" + given + ")");
                } else {
                    terms.add(word + "(" + lambda + ")");
                }
            }
            // Without parameters a regularizer takes no parentheses.
            String text = String.join("\n", regularizers) + "\nnetwork " + name + " {\n    input x: float[batch, 2]\n"
                    + "    output y = Linear(2, 3, weight_regularizer=" + String.join(" + ", terms) + ")(x)\n"
                    + "    precision " + precision + "\n}\n";
            return text.replace("()", "");
        }

        private static List<String> arguments(JsonNode term) {
            List<String> known = List.of("word", "lambda", "expression", "pytorch", "axis");
            List<String> formals = new ArrayList<>();
            term.fieldNames().forEachRemaining(formals::add);
            formals.removeAll(known);
            return formals;
        }

        Optimizer optimizer() {
            JsonNode optimizer = run.get("optimizer");
            double lr = optimizer.get("lr").asDouble();
            return optimizer.get("name").asText().equals("SGD")
                    ? new Sgd(lr, 0, 0, false)
                    : new Adam(
                            lr,
                            optimizer.get("betas").get(0).asDouble(),
                            optimizer.get("betas").get(1).asDouble(),
                            optimizer.get("eps").asDouble());
        }
    }

    private static Map<String, Case> cases() {
        Map<String, Case> cases = new TreeMap<>();
        for (String file : List.of("sgd", "adam", "expressions")) {
            JsonNode fixture = read(file);
            for (JsonNode run : fixture.get("cases")) {
                boolean defines = StreamSupport.stream(run.get("terms").spliterator(), false)
                        .anyMatch(term -> term.has("expression"));
                if (defines) {
                    cases.put(file + ": " + run.get("name").asText(), new Case(fixture.get("parameters"), run));
                }
            }
        }
        return cases;
    }

    private static JsonNode read(String file) {
        try {
            return new ObjectMapper().readTree(FIXTURES.resolve(file + ".json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> names() {
        return CASES.keySet().stream();
    }

    @BeforeAll
    static void compile() {
        Map<String, GeneratedSource> sources = new TreeMap<>();
        List<String> names = List.copyOf(CASES.keySet());
        for (String precision : List.of("float32", "float64")) {
            for (int i = 0; i < names.size(); i++) {
                String className = "Case" + i + "In" + precision;
                String text = CASES.get(names.get(i)).net(className, precision);
                Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("case.net", text)));
                assertThat(compilation.diagnostics().stream()
                                .filter(Diagnostic::isError)
                                .map(Diagnostic::render))
                        .as(text)
                        .isEmpty();
                sources.put(names.get(i) + precision, compilation.sources().get(0));
            }
        }
        GeneratedCode code = GeneratedCode.compile(List.copyOf(sources.values()));
        sources.forEach((name, source) -> CLASSES.put(name, code.load(source)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void singlePrecisionFollowsPytorch(String name) throws ReflectiveOperationException {
        Case expected = CASES.get(name);
        for (JsonNode parameter : expected.parameters()) {
            String path = parameter.get("name").asText();
            if (isComparable(expected, parameter)) {
                Run run = new Run(expected, parameter, CLASSES.get(name + "float32"), DataType.FLOAT);
                for (int step = 0; step < STEPS; step++) {
                    double penalty = run.step(step);
                    double[] penalties = doubles(expected.run().get("penalties").get(path));
                    double greatest =
                            Arrays.stream(penalties).map(Math::abs).max().orElseThrow();
                    assertThat(penalty).isCloseTo(penalties[step], within(1e-6 * greatest));
                    double[] weights =
                            doubles(expected.run().get("weights").get(path).get(step));
                    for (int i = 0; i < weights.length; i++) {
                        double scale = run.scale(i);
                        assertThat(run.values.getDouble(i))
                                .as("%s[%d] after step %d", path, i, step + 1)
                                .isCloseTo(weights[i], within(SINGLE * scale));
                        assertThat(run.values.getDouble(i) == 0).isEqualTo(weights[i] == 0);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void doublePrecisionEndsWherePytorchDoes(String name) throws ReflectiveOperationException {
        Case expected = CASES.get(name);
        for (JsonNode parameter : expected.parameters()) {
            if (isComparable(expected, parameter)) {
                Run run = new Run(expected, parameter, CLASSES.get(name + "float64"), DataType.DOUBLE);
                for (int step = 0; step < STEPS; step++) {
                    run.step(step);
                }
                double[] last = doubles(
                        expected.run().get("double").get(parameter.get("name").asText()));
                for (int i = 0; i < last.length; i++) {
                    assertThat(run.values.getDouble(i)).isCloseTo(last[i], within(DOUBLE * run.scale(i)));
                }
            }
        }
    }

    private static boolean isComparable(Case expected, JsonNode parameter) {
        return expected.run().get("weights").has(parameter.get("name").asText());
    }

    private static org.assertj.core.data.Offset<Double> within(double size) {
        return org.assertj.core.data.Offset.offset(size);
    }

    private static double[] doubles(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    /** Reads the numbers that both precisions start from. */
    private static float[] singles(JsonNode list) {
        float[] numbers = new float[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.parseFloat(list.get(i).asText());
        }
        return numbers;
    }

    /** A parameter on its way, under the regularizer of a generated class. */
    private static final class Run {
        final INDArray values;
        private final INDArray gradients;
        private final Case expected;
        private final JsonNode parameter;
        private final FusedUpdate<?> update;
        private final Optimizer optimizer;

        Run(Case expected, JsonNode parameter, Class<?> type, DataType precision) throws ReflectiveOperationException {
            this.expected = expected;
            this.parameter = parameter;
            this.optimizer = expected.optimizer();
            this.values =
                    Nd4j.createFromArray(singles(parameter.get("initial"))).castTo(precision);
            this.gradients = Nd4j.create(precision, values.length());
            List<Long> shape = StreamSupport.stream(parameter.get("shape").spliterator(), false)
                    .map(JsonNode::asLong)
                    .toList();
            try (Network network =
                    (Network) type.getMethod("create", Init.class).invoke(null, Init.seed(1))) {
                Method accessor = Arrays.stream(type.getMethods())
                        .filter(method -> method.getReturnType() == Regularizer.class)
                        .findFirst()
                        .orElseThrow();
                Regularizer regularizer = (Regularizer) accessor.invoke(network);
                this.update =
                        FusedUpdate.over(values, gradients, List.of(new FusedUpdate.Tensor(0, shape, regularizer)));
            }
        }

        /** Takes a step; returns the penalties of the weights before it. */
        double step(int step) {
            gradients.assign(
                    Nd4j.createFromArray(singles(parameter.get("gradients").get(step)))
                            .castTo(gradients.dataType()));
            return update.update(optimizer).stream()
                    .mapToDouble(LedgerEntry::value)
                    .sum();
        }

        /** Returns the scale of an element's errors: its greatest magnitude on the way, or the learning rate. */
        double scale(int element) {
            double scale = Math.max(
                    expected.run().get("optimizer").get("lr").asDouble(),
                    Math.abs(parameter.get("initial").get(element).asDouble()));
            for (JsonNode after :
                    expected.run().get("weights").get(parameter.get("name").asText())) {
                scale = Math.max(scale, Math.abs(after.get(element).asDouble()));
            }
            return scale;
        }
    }
}
