package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A generated class that two threads use: each of its public methods is refused while another thread is inside, or
 * answers; and the memory that it hands out. {@code ThreadsTest} and {@code MemoryTest} of the runtime have the methods
 * that every network has.
 */
class GeneratedThreadsTest {
    private static final String TEXT = """
            package com.example

            regularizer small = l2(1e-3)

            network Beside {
                input x: float[batch, 6] with gradient
                input id: int[batch, 2]
                buffer mask: float[6] = i -> if i < 3 then 1 else 0.5
                table = Embedding(5, 6)
                norm = BatchNorm1d(6)
                seen = norm(x * mask + table(id).sum(dim=1))
                states, (last, cell) = LSTM(6, 4, batch_first=true)(seen.unsqueeze(1))
                output y = Linear(4, 3, weight_regularizer=small)(states[:, 0])
                output kind = Linear(4, 2)(last[:, 0] + cell[:, 0])
                target near: float[batch, 3]
                target label: int[batch]
                loss 2 * L1Loss()(y, near) + CrossEntropyLoss()(kind, label)
                optimizer Adam(lr=0.01)
            }
            """;

    private static final INDArray X = Nd4j.linspace(DataType.FLOAT, -1, 0.1, 24).reshape(4, 6);
    private static final INDArray ID = Nd4j.createFromArray(new int[][] {{0, 1}, {2, 3}, {4, 0}, {1, 1}});
    private static final INDArray NEAR =
            Nd4j.linspace(DataType.FLOAT, 0, 0.1, 12).reshape(4, 3);
    private static final INDArray LABEL = Nd4j.createFromArray(0, 1, 1, 0);
    private static final INDArray D_Y = Nd4j.ones(DataType.FLOAT, 4, 3);
    private static final INDArray D_KIND = Nd4j.ones(DataType.FLOAT, 4, 2);

    private static final Map<String, List<INDArray>> ARGUMENTS = Map.of(
            "trainStep", List.of(X, ID, NEAR, LABEL),
            "forward", List.of(X, ID),
            "predict", List.of(X, ID),
            "loss", List.of(NEAR, LABEL),
            "backward", List.of(),
            "backward/2", List.of(D_Y, D_KIND),
            "backwardWith", List.of(D_Y, D_KIND),
            "y", List.of(),
            "kind", List.of(),
            "dX", List.of());

    private static Class<?> type;

    @BeforeAll
    static void compile() {
        Compilation compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("beside.net", TEXT)));
        assertThat(compiled.diagnostics()).isEmpty();
        type = GeneratedCode.compile(compiled.sources()).load(compiled.sources().get(0));
    }

    private static Network create() {
        try {
            return (Network) type.getMethod("create", Init.class).invoke(null, Init.seed(3));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Method> methods() {
        return Stream.of(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers())
                        && !Modifier.isStatic(method.getModifiers())
                        && !method.isSynthetic())
                .toList();
    }

    private static List<INDArray> arguments(Method method) {
        String overloaded = method.getName() + "/" + method.getParameterCount();
        List<INDArray> arguments = ARGUMENTS.getOrDefault(overloaded, ARGUMENTS.get(method.getName()));
        assertThat(arguments).as(method.toString()).hasSize(method.getParameterCount());
        return arguments;
    }

    private static Object call(Network network, Method method, List<INDArray> arguments) {
        try {
            return method.invoke(network, arguments.toArray());
        } catch (InvocationTargetException e) {
            throw (RuntimeException) e.getCause();
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static void call(Network network, String name) {
        call(network, method(name), arguments(method(name)));
    }

    private static Method method(String name) {
        return methods().stream()
                .filter(one -> one.getName().equals(name)
                        && one.getParameterCount() == ARGUMENTS.get(name).size())
                .findFirst()
                .orElseThrow();
    }

    /** An array whose reader waits, once, and so a way to stop in the middle of a call. */
    private static INDArray waiting(INDArray array, CountDownLatch inside, CountDownLatch go) {
        return (INDArray) Proxy.newProxyInstance(
                INDArray.class.getClassLoader(), new Class<?>[] {INDArray.class}, (proxy, method, arguments) -> {
                    inside.countDown();
                    go.await();
                    return method.invoke(array, arguments);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"trainStep", "predict", "forward", "loss", "backward", "backwardWith"})
    void aCallBesideOneThatRunsIsAnsweredOrRefusedAndChangesNothing(String running) throws Exception {
        try (Network network = create();
                Network alone = create()) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Method runs = methods().stream()
                    .filter(one -> one.getName().equals(running) && one.getParameterCount() > 0)
                    .findFirst()
                    .orElseThrow();
            List<INDArray> arguments = arguments(runs);
            INDArray first = waiting(arguments.get(0), inside, go);
            CompletableFuture<Void> other = CompletableFuture.runAsync(
                    () -> {
                        prepare(network, running);
                        call(
                                network,
                                runs,
                                Stream.concat(
                                                Stream.of(first),
                                                arguments.stream().skip(1))
                                        .toList());
                        finish(network, running);
                    },
                    command -> new Thread(command, "other").start());
            inside.await();

            for (Method method : methods()) {
                if (method.getReturnType() == Regularizer.class) {
                    assertThat(((Regularizer) call(network, method, List.of())).name())
                            .isEqualTo("small");
                } else {
                    assertThatThrownBy(() -> call(network, method, arguments(method)))
                            .as(method.toString())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("Beside is being used by thread 'other', so thread '");
                }
            }
            go.countDown();
            other.get();
            prepare(alone, running);
            call(alone, runs, arguments);
            finish(alone, running);

            assertThat(network.isTraining()).isTrue();
            for (int step = 0; step < 2; step++) {
                call(network, "trainStep");
                call(alone, "trainStep");
            }
            assertThat(network.parameters().values())
                    .isEqualTo(alone.parameters().values());
            assertThat(network.statistics()).isEqualTo(alone.statistics());
        }
    }

    private static void prepare(Network network, String running) {
        List<String> before = switch (running) {
            case "loss", "backward" -> List.of("forward");
            case "backwardWith" -> List.of("forward", "loss");
            default -> List.of();
        };
        before.forEach(name -> call(network, name));
    }

    private static void finish(Network network, String running) {
        if (running.equals("loss")) {
            call(network, "backward");
        }
        if (List.of("loss", "backward", "backwardWith").contains(running)) {
            call(network, "dX");
            network.update();
        }
    }

    /** As arrays of the runtime's networks do, see {@code MemoryTest}. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAGeneratedClassHandsOutOutlivesALargerBatchAndItsEnd(boolean close) {
        Map<INDArray, INDArray> copies = new IdentityHashMap<>();
        Network network = create();
        try {
            List.of("forward", "loss", "backward").forEach(step -> call(network, step));
            for (String name : List.of("y", "kind", "dX")) {
                INDArray array = (INDArray) call(network, method(name), List.of());
                copies.put(array, array.dup());
            }
            network.statistics().values().forEach(statistic -> copies.put(statistic, statistic.dup()));
            network.parameters()
                    .forEach(parameter -> copies.put(
                            parameter.gradient(), parameter.gradient().dup()));
            network.eval();
            if (close) {
                network.close();
            }
            call(network, method("predict"), List.of(Nd4j.vstack(X, X, X, X, X), Nd4j.vstack(ID, ID, ID, ID, ID)));
        } catch (IllegalStateException closed) {
            assertThat(closed).hasMessage("Beside is closed");
        }
        for (int round = 0; round < 200; round++) {
            Nd4j.valueArrayOf(new long[] {1 + round * 7L}, 7f, DataType.FLOAT);
        }
        copies.forEach((array, copy) -> assertThat(array).isEqualTo(copy));
        network.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"y", "kind", "dX"})
    void whatAStepHasComputedBelongsToItsThread(String name) throws Exception {
        try (Network network = create()) {
            CompletableFuture.runAsync(
                            () -> Arrays.asList("forward", "loss", "backward").forEach(step -> call(network, step)),
                            command -> new Thread(command, "first").start())
                    .get();

            assertThatThrownBy(() -> call(network, name))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was begun by thread 'first'");
        }
    }
}
