package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Generated classes that share the weights of another, and their layers in a mode of their own. */
class SharedNetworksTest {
    private static final String TEXT = """
            package com.example

            block Level(size: int) {
                input x
                output y = sequential(Linear(size, size), BatchNorm1d(size), ReLU(), Dropout(0.5))(x)
            }

            network Steps {
                input x: float[batch, 6]
                first = Level(6)
                second = Level(6)
                output y = sequential(first, second, Linear(6, 2))(x)
                loss MSELoss()
                optimizer Adam(lr=0.1)
            }
            """;

    private static Supplier<Network> trained;
    private static Class<?> type;

    @BeforeAll
    static void compile() {
        Compilation compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("steps.net", TEXT)));
        assertThat(compiled.diagnostics()).isEmpty();
        type = GeneratedCode.compile(compiled.sources()).load(compiled.sources().get(0));
        trained = () -> {
            Network network = create(Init.seed(3));
            for (int step = 0; step < 3; step++) {
                train(network, step);
            }
            return network;
        };
    }

    private static Network create(Init init) {
        try {
            return (Network) type.getMethod("create", Init.class).invoke(null, init);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static void train(Network network, long seed) {
        ((Supervised) network).trainStep(numbers(8, 6, seed), numbers(8, 2, seed + 100));
    }

    private static INDArray predict(Network network, int batch) {
        return ((Supervised) network).predict(numbers(batch, 6, batch));
    }

    private static INDArray numbers(int rows, int columns, long seed) {
        // A seed of 0 leaves it to ND4J to draw one.
        Nd4j.getRandom().setSeed(seed + 1);
        return Nd4j.randn(DataType.FLOAT, rows, columns);
    }

    @Test
    void viewsOnManyThreadsAnswerAsTheNetworkDoes() {
        try (Network network = trained.get()) {
            List<INDArray> inputs = new ArrayList<>();
            List<INDArray> expected = new ArrayList<>();
            for (int batch = 1; batch <= 6; batch++) {
                inputs.add(numbers(batch, 6, batch));
                expected.add(((Supervised) network).predict(inputs.get(batch - 1)));
            }
            long most = network.peakBytes();
            List<CompletableFuture<Void>> threads = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                threads.add(CompletableFuture.runAsync(
                        () -> {
                            try (Network view = create(Init.sharing(network))) {
                                for (int call = 0; call < 30; call++) {
                                    INDArray answer = ((Supervised) view).predict(inputs.get(call % 6));
                                    assertThat(answer).isEqualTo(expected.get(call % 6));
                                }
                                assertThat(view.peakBytes()).isLessThan(most);
                            }
                        },
                        command -> new Thread(command).start()));
            }
            threads.forEach(CompletableFuture::join);
        }
    }

    @Test
    void aViewSeesTheStepsOfTheNetworkAndNothingAfterItIsClosed() {
        Network network = trained.get();
        try (Network view = create(Init.sharing(network))) {
            INDArray before = predict(view, 4);
            train(network, 9);
            assertThat(predict(view, 4)).isEqualTo(predict(network, 4)).isNotEqualTo(before);
            assertThatThrownBy(() -> train(view, 1)).isInstanceOf(IllegalStateException.class);

            network.close();

            assertThatThrownBy(() -> predict(view, 4))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Steps is closed, whose weights this one shares");
        }
    }

    @Test
    void aBlockInEvaluationModeKeepsItsStatisticsWhileTheOtherMoves() {
        try (Network network = trained.get()) {
            List<String> paths = network.statistics().keySet().stream()
                    .filter(path -> path.endsWith("running_mean"))
                    .toList();
            List<INDArray> before = paths.stream()
                    .map(path -> network.statistics().get(path).dup())
                    .toList();
            network.eval("first.**");

            train(network, 9);

            assertThat(paths).hasSize(2);
            for (int i = 0; i < 2; i++) {
                boolean stays = network.statistics().get(paths.get(i)).equals(before.get(i));
                assertThat(stays).as(paths.get(i)).isEqualTo(paths.get(i).startsWith("first."));
            }
        }
    }

    @Test
    void dropoutDrawsInPredictionsIfItIsAskedTo() {
        try (Network network = trained.get()) {
            INDArray plain = predict(network, 5);
            network.dropoutInEval(true);
            assertThat(predict(network, 5)).isNotEqualTo(plain).isNotEqualTo(predict(network, 5));
            network.dropoutInEval(false);
            assertThat(predict(network, 5)).isEqualTo(plain);
        }
    }
}
