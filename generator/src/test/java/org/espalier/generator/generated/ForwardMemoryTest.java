package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Views have memory for forward alone: nothing that is asked of them, in whatever order, reaches for what they lack.
 */
@Timeout(300)
class ForwardMemoryTest {
    private static final String TEXT = """
            package com.example

            block Level(channels: int) {
                input x
                near = Conv2d(channels, channels, 3, padding=1)
                far = sequential(Conv2d(channels, 2 * channels, 3, stride=2, padding=1), BatchNorm2d(2 * channels),
                                 ReLU(), ConvTranspose2d(2 * channels, channels, 2, stride=2))
                output y = cat([sequential(near, GELU())(x), Dropout(0.3)(far(x))], dim=1)
            }

            network Levels {
                input picture: float[batch, 2, 8, 8] with gradient
                first = Level(2)
                second = Level(4)
                levels = sequential(first, Tanh(), second)
                output y = sequential(AdaptiveAvgPool2d(1), Flatten(), Linear(8, 3))(levels(picture))
                loss MSELoss()
                optimizer Adam(lr=0.01)
            }
            """;

    private static Compilation compiled;
    private static Class<?> type;

    @BeforeAll
    static void compile() {
        compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("levels.net", TEXT)));
        assertThat(compiled.diagnostics()).isEmpty();
        type = GeneratedCode.compile(compiled.sources()).load(compiled.sources().get(0));
    }

    private static Network create(Init init) {
        try {
            return (Network) type.getMethod("create", Init.class).invoke(null, init);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static void call(Network network, String name, INDArray... arguments) {
        Class<?>[] types =
                Arrays.stream(arguments).map(argument -> INDArray.class).toArray(Class<?>[]::new);
        try {
            type.getMethod(name, types).invoke(network, (Object[]) arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static INDArray pictures(int batch) {
        Nd4j.getRandom().setSeed(batch);
        return Nd4j.randn(DataType.FLOAT, batch, 2, 8, 8);
    }

    private static INDArray truth(int batch) {
        Nd4j.getRandom().setSeed(1000 + batch);
        return Nd4j.randn(DataType.FLOAT, batch, 3);
    }

    private static INDArray predict(Network network, int batch) {
        return ((Supervised) network).predict(pictures(batch));
    }

    private static void train(Network network, int batch) {
        ((Supervised) network).trainStep(pictures(batch), truth(batch));
    }

    private static Network trained() {
        Network network = create(Init.seed(5));
        for (int step = 1; step <= 3; step++) {
            train(network, step + 1);
        }
        return network;
    }

    private static Object field(Object object, String name) throws IllegalAccessException, NoSuchFieldException {
        Field field = object.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
    }

    @Test
    void theArenaOfForwardAloneIsTheSmallerOne() {
        MemoryPlan plan = compiled.programs().get(0).memory();

        assertThat(plan.forwardSize().perSample())
                .isPositive()
                .isLessThan(plan.size().perSample() * 2 / 3);
        try (Network network = trained();
                Network view = create(Init.sharing(network))) {
            predict(network, 64);
            predict(view, 64);
            assertThat(view.peakBytes())
                    .isLessThan(network.peakBytes()
                            - 4
                                    * 64
                                    * (plan.size().perSample()
                                            - plan.forwardSize().perSample()));
        }
    }

    @Test
    void whatOnlyBackwardWritesIsAbsent() throws Exception {
        try (Network network = trained();
                Network view = create(Init.sharing(network))) {
            predict(view, 2);

            assertThat(field(network, "dY")).isNotNull();
            assertThat(field(view, "dY")).isNull();
            assertThat(field(field(network, "first"), "dNear")).isNotNull();
            assertThat(field(field(view, "first"), "dNear")).isNull();
            assertThat(field(field(view, "first"), "near")).isNotNull();
        }
    }

    @Test
    void whateverWouldUseItIsRefused() {
        try (Network network = trained();
                Network view = create(Init.sharing(network))) {
            INDArray expected = predict(network, 3);
            Map<String, INDArray[]> calls = new LinkedHashMap<>();
            calls.put("trainStep", new INDArray[] {pictures(3), truth(3)});
            calls.put("loss", new INDArray[] {truth(3)});
            calls.put("backward", new INDArray[0]);
            calls.put("dPicture", new INDArray[0]);
            for (boolean withForward : new boolean[] {false, true}) {
                calls.forEach((name, arguments) -> {
                    if (withForward) {
                        call(view, "forward", pictures(3));
                    }
                    assertThatThrownBy(() -> call(view, name, arguments))
                            .as(name)
                            .isInstanceOf(IllegalStateException.class);
                });
                for (String name : List.of("backward", "backwardWith")) {
                    assertThatThrownBy(() -> call(view, name, truth(3)))
                            .as(name)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("backward of Levels needs the network itself");
                }
            }
            assertThatThrownBy(view::train).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> view.train("first.**")).isInstanceOf(IllegalStateException.class);
            assertThat(predict(view, 3)).isEqualTo(expected);
            train(network, 4);
            assertThat(predict(view, 3)).isEqualTo(predict(network, 3)).isNotEqualTo(expected);
        }
    }

    @Test
    void modesAndBatchesMayChangeAtAnyTime() {
        try (Network network = trained();
                Network view = create(Init.sharing(network))) {
            for (int batch : new int[] {1, 9, 2, 40, 3, 40, 1, 130, 8}) {
                assertThat(predict(view, batch)).as("batch of %s", batch).isEqualTo(predict(network, batch));
                view.eval("first.**");
                view.dropoutInEval(true);
                view.seedRandom(batch);
                network.dropoutInEval(true);
                network.seedRandom(batch);
                assertThat(predict(view, batch)).isEqualTo(predict(network, batch));
                view.dropoutInEval(false);
                network.dropoutInEval(false);
                view.follow("**");
                train(network, batch);
            }
        }
    }

    @Test
    void viewsAreClosedWhileOthersPredictAndTheNetworkLast() {
        List<INDArray> expected = new ArrayList<>();
        List<INDArray> kept = new ArrayList<>();
        Network network = trained();
        for (int batch = 1; batch <= 12; batch++) {
            expected.add(predict(network, batch));
        }
        int threads = 6;
        List<Network> views = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            views.add(create(Init.sharing(network)));
        }
        CountDownLatch begun = new CountDownLatch(threads);
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            Network view = views.get(thread);
            int first = thread;
            running.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            for (int call = 0; ; call++) {
                                int batch = (first + call) % 12 + 1;
                                INDArray answer = predict(view, batch);
                                assertThat(answer).isEqualTo(expected.get(batch - 1));
                                if (call == 2) {
                                    synchronized (kept) {
                                        kept.add(answer);
                                    }
                                    begun.countDown();
                                }
                            }
                        } catch (IllegalStateException closed) {
                            assertThat(closed).hasMessageStartingWith("Levels is closed");
                        }
                    },
                    command -> new Thread(command).start()));
        }
        awaitAll(begun);

        views.subList(0, 3).forEach(Network::close);
        network.close();
        running.forEach(CompletableFuture::join);
        views.forEach(Network::close);

        assertThat(kept)
                .hasSize(threads)
                .allSatisfy(answer -> assertThat(answer).isEqualTo(expected.get((int) answer.size(0) - 1)));
    }

    private static void awaitAll(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
