package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Each kind of normalization with running statistics in training, in evaluation mode and frozen, beside PyTorch. */
class NormalizationModesTest {
    private static final Offset<Double> EXACT = Offset.offset(1e-12);
    private static final Map<String, Object> FIXTURE = PytorchNumbers.read(Path.of(
            "src", "test", "resources", "org", "espalier", "generator", "generated", "pytorch", "mode_kinds.json"));
    private static final Map<String, Class<?>> TYPES = new LinkedHashMap<>();

    private static String net(String kind) {
        String norm = switch (kind) {
            case "regularized" -> "BatchNorm1d(3, weight_regularizer=l2(0.2))";
            case "without weights" -> "BatchNorm1d(3, affine=false)";
            case "cumulative" -> "BatchNorm1d(3, momentum=none)";
            case "instance" -> "InstanceNorm1d(3, affine=true, track_running_stats=true)";
            case "untracked" -> "BatchNorm1d(3, track_running_stats=false)";
            default -> "BatchNorm1d(3)";
        };
        String clause = switch (kind) {
            case "frozen in the net" -> "freeze norm";
            case "reported" -> "report sparsity of norms of norm";
            default -> "";
        };
        return """
                network Normed {
                    input x: float[batch, 3, 4]
                    norm = %s
                    fc = Linear(4, 2)
                    h = norm(x)
                    output y = fc(%s)
                    loss MSELoss()
                    optimizer SGD(lr=0.1)
                    precision float64
                    %s
                }
                """.formatted(norm, kind.equals("shared") ? "norm(2 * h * h)" : "h", clause);
    }

    // The class is made of net(kind), whose network has a loss: it is a Network and Supervised.
    @SuppressWarnings("unchecked")
    private static <N extends Network & Supervised> N create(String kind) {
        Class<?> type = TYPES.computeIfAbsent(kind, NormalizationModesTest::compile);
        try {
            return (N) type.getMethod("create", Init.class).invoke(null, Init.seed(1));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Class<?> compile(String kind) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("normed.net", net(kind))));
        assertThat(compilation.sources())
                .as(String.valueOf(compilation.diagnostics()))
                .hasSize(1);
        GeneratedSource source = compilation.sources().get(0);
        return GeneratedCode.compile(source).load(source);
    }

    private static Stream<Map<String, Object>> cases() {
        return PytorchNumbers.list(FIXTURE.get("cases")).stream().map(PytorchNumbers::map);
    }

    private static INDArray batch(String name, int step, long... shape) {
        return Nd4j.createFromArray(
                        numbers(PytorchNumbers.list(FIXTURE.get(name)).get(step)))
                .reshape(shape);
    }

    private static double[] numbers(Object list) {
        return PytorchNumbers.list(list).stream()
                .mapToDouble(number -> Double.parseDouble(String.valueOf(number)))
                .toArray();
    }

    private static void begin(Network network) {
        Map<String, Object> start = PytorchNumbers.map(FIXTURE.get("start"));
        network.parameters()
                .forEach(parameter -> parameter
                        .value()
                        .assign(Nd4j.createFromArray(numbers(start.get(parameter.name())))
                                .reshape(parameter.value().shape())));
        network.statistics().forEach((name, statistic) -> {
            if (start.containsKey(name)) {
                statistic.assign(Nd4j.createFromArray(numbers(start.get(name))));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stepsStatisticsAndPredictionsArePytorchs(Map<String, Object> right) {
        String kind = (String) right.get("kind");
        String mode = (String) right.get("mode");
        try (var network = create(kind)) {
            begin(network);
            if (mode.startsWith("frozen") && !kind.equals("without weights") && !kind.equals("frozen in the net")) {
                network.freeze("norm.**");
            }
            if (mode.endsWith("eval")) {
                network.eval("norm");
            }
            for (int step = 0; step < 2; step++) {
                network.trainStep(batch("x", step, 5, 3, 4), batch("t", step, 5, 3, 2));
            }
            if (mode.equals("use")) {
                network.train("n*");
            }
            INDArray y = network.predict(batch("x", 0, 5, 3, 4));

            assertThat(y.ravel().toDoubleVector()).containsExactly(numbers(right.get("y")), EXACT);
            Map<String, Object> state = PytorchNumbers.map(right.get("state"));
            network.parameters()
                    .forEach(parameter -> assertThat(parameter.value().ravel().toDoubleVector())
                            .as(parameter.name())
                            .containsExactly(numbers(state.get(parameter.name())), EXACT));
            for (String statistic : List.of("norm.running_mean", "norm.running_var")) {
                assertThat(network.statistics().get(statistic).toDoubleVector())
                        .as(statistic)
                        .containsExactly(numbers(state.get(statistic)), EXACT);
            }
        }
    }

    @Test
    void aBackwardHasTheModeOfItsForward() {
        for (String kind : List.of("plain", "regularized", "instance")) {
            try (var network = create(kind);
                    var other = create(kind)) {
                for (var each : List.of(network, other)) {
                    begin(each);
                    each.forward(batch("x", 0, 5, 3, 4));
                    if (each == other) {
                        each.eval("**");
                    }
                    each.loss(batch("t", 0, 5, 3, 2));
                    each.backward();
                }
                assertThat(other.parameters().gradients())
                        .isEqualTo(network.parameters().gradients());
            }
        }
    }

    @Test
    void aLayerWithoutRunningStatisticsHasNoMode() {
        try (var network = create("untracked")) {
            assertThatThrownBy(() -> network.eval("norm"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no normalization with running statistics of Normed matches 'norm'; there are []");
        }
    }
}
