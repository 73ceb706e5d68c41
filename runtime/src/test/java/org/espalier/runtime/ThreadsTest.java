package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.espalier.weights.LoadOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network that two threads use. */
class ThreadsTest {
    private static final INDArray X = noise(5, 6, 1);
    private static final INDArray TARGET = noise(5, 3, 2);

    @TempDir
    private Path folder;

    private Path weights;
    private Path checkpoint;

    private static INDArray noise(int rows, int columns, int seed) {
        float[] numbers = new float[rows * columns];
        int random = seed;
        for (int i = 0; i < numbers.length; i++) {
            random = 1_664_525 * random + 1_013_904_223;
            numbers[i] = (random >> 8) * 0x1.0p-23f;
        }
        return Nd4j.create(numbers, new long[] {rows, columns}, 'c');
    }

    @BeforeEach
    void writeFiles() {
        weights = folder.resolve("weights");
        checkpoint = folder.resolve("checkpoint");
        try (WideNetwork network = new WideNetwork(6, 3)) {
            network.save(weights);
            network.saveCheckpoint(checkpoint);
        }
    }

    /** A call of a public method, and what it is if another thread is inside. */
    private record Call(boolean refused, Supplier<Object> work) {}

    private static Call refused(Runnable work) {
        return new Call(true, () -> {
            work.run();
            return "";
        });
    }

    private static Call answers(Supplier<Object> work) {
        return new Call(false, work);
    }

    /** Every public method of a network and of what can be had from it. */
    private Map<String, Call> calls(WideNetwork network) {
        Map<String, Call> calls = new LinkedHashMap<>();
        calls.put("Supervised.trainStep", refused(() -> network.trainStep(X, TARGET)));
        calls.put("Supervised.predict", refused(() -> network.predict(X)));
        calls.put("Supervised.forward", refused(() -> network.forward(X)));
        calls.put("Supervised.loss", refused(() -> network.loss(TARGET)));
        calls.put("Supervised.backward", refused(network::backward));

        calls.put("Network.update", refused(network::update));
        calls.put("Network.update(double)", refused(() -> network.update(1)));
        calls.put("Network.updateScaled(double)", refused(() -> network.updateScaled(0.5)));
        calls.put("Network.updates", answers(network::updates));
        calls.put("Network.zeroGradients", refused(network::zeroGradients));
        calls.put("Network.regularizers", answers(network::regularizers));
        calls.put("Network.regularizer(String)", answers(() -> network.regularizer("elastic")));
        calls.put("Network.sparsity", refused(network::sparsity));
        calls.put("Network.penalties", refused(network::penalties));
        calls.put("Network.train", refused(network::train));
        calls.put("Network.eval", refused(network::eval));
        calls.put("Network.train(String)", refused(() -> network.train("**")));
        calls.put("Network.eval(String)", refused(() -> network.eval("**")));
        calls.put("Network.follow(String)", refused(() -> network.follow("**")));
        calls.put("Network.dropoutInEval(boolean)", refused(() -> network.dropoutInEval(true)));
        calls.put("Network.isTraining", answers(network::isTraining));
        calls.put("Network.optimizer", answers(network::optimizer));
        calls.put("Network.optimizer(Optimizer)", refused(() -> network.optimizer(new Sgd(1))));
        calls.put("Network.optimizer(String, Optimizer)", refused(() -> network.optimizer("**", new Sgd(1))));
        calls.put("Network.optimizers", answers(network::optimizers));
        calls.put("Network.freeze(String)", refused(() -> network.freeze("**")));
        calls.put("Network.unfreeze(String)", refused(() -> network.unfreeze("**")));
        calls.put("Network.parameters", refused(network::parameters));
        calls.put("Network.parameterCount", answers(network::parameterCount));
        calls.put("Network.statistics", refused(network::statistics));
        calls.put("Network.dataType", answers(network::dataType));
        calls.put("Network.seedRandom(long)", refused(() -> network.seedRandom(3)));
        calls.put("Network.note(String, String)", refused(() -> network.note("scale", "2")));
        calls.put("Network.note(String)", refused(() -> network.note("scale")));
        calls.put("Network.notes", refused(network::notes));
        calls.put("Network.save(Path)", refused(() -> network.save(folder.resolve("other"))));
        calls.put("Network.load(Path)", refused(() -> network.load(weights)));
        calls.put("Network.load(Path, LoadOptions)", refused(() -> network.load(weights, LoadOptions.whatFits())));
        calls.put("Network.compare(Path, LoadOptions)", refused(() -> network.compare(weights, LoadOptions.strict())));
        calls.put("Network.saveCheckpoint(Path)", refused(() -> network.saveCheckpoint(folder.resolve("other"))));
        calls.put(
                "Network.saveCheckpoint(Path, Map)",
                refused(() -> network.saveCheckpoint(folder.resolve("other"), Map.of())));
        calls.put(
                "Network.saveCheckpoint(Path, Map, Map)",
                refused(() -> network.saveCheckpoint(folder.resolve("other"), Map.of(), Map.of())));
        calls.put("Network.resume(Path)", refused(() -> network.resume(checkpoint)));
        calls.put("Network.resume(Path, Map)", refused(() -> network.resume(checkpoint, Map.of())));
        calls.put("Network.peakBytes", refused(network::peakBytes));
        calls.put("Network.toString", answers(network::toString));

        Parameters parameters = network.parameters();
        calls.put("Parameters.get(String)", answers(() -> parameters.get("layer.bias")));
        calls.put("Parameters.size", answers(parameters::size));
        calls.put("Parameters.count", answers(parameters::count));
        calls.put("Parameters.values", refused(parameters::values));
        calls.put("Parameters.gradients", refused(parameters::gradients));
        calls.put("Parameters.magnitudes(double)", refused(() -> parameters.magnitudes(0)));
        calls.put("Parameters.stream", answers(() -> parameters.stream().toList()));
        calls.put("Parameters.iterator", answers(() -> parameters.iterator().next()));

        Parameter weight = parameters.get("layer.weight");
        calls.put("Parameter.name", answers(weight::name));
        calls.put("Parameter.shape", answers(() -> Arrays.toString(weight.shape())));
        calls.put("Parameter.count", answers(weight::count));
        calls.put("Parameter.value", refused(weight::value));
        calls.put("Parameter.gradient", refused(weight::gradient));
        calls.put("Parameter.gradientNorm", refused(weight::gradientNorm));
        calls.put("Parameter.magnitudes(double)", refused(() -> weight.magnitudes(0)));
        calls.put("Parameter.zerosAlong(int)", refused(() -> weight.zerosAlong(0)));
        calls.put("Parameter.regularizer", answers(weight::regularizer));
        calls.put("Parameter.isFrozen", answers(weight::isFrozen));
        calls.put("Parameter.toString", answers(weight::toString));

        Optimizer optimizer = network.optimizer();
        calls.put("Optimizer.lr", answers(optimizer::lr));
        calls.put("Optimizer.lr(double)", refused(() -> optimizer.lr(9)));
        calls.put("Optimizer.clipNorm", answers(optimizer::clipNorm));
        calls.put("Optimizer.clipNorm(double)", refused(() -> optimizer.clipNorm(1e-3)));
        calls.put("Optimizer.clipValue", answers(optimizer::clipValue));
        calls.put("Optimizer.clipValue(double)", refused(() -> optimizer.clipValue(1e-3)));
        calls.put("Optimizer.maximize", refused(optimizer::maximize));
        calls.put("Optimizer.maximizes", answers(optimizer::maximizes));
        calls.put("Optimizer.name", answers(optimizer::name));
        calls.put("Optimizer.constants", answers(optimizer::constants));
        calls.put("Optimizer.stateNames", answers(optimizer::stateNames));
        calls.put("Optimizer.squares", answers(optimizer::squares));
        calls.put("Optimizer.toString", answers(optimizer::toString));

        Regularizer elastic = network.elastic;
        calls.put("Regularizer.name", answers(elastic::name));
        calls.put("Regularizer.names", answers(elastic::names));
        calls.put("Regularizer.terms", answers(elastic::terms));
        calls.put("Regularizer.term(String)", answers(() -> elastic.term("l1")));
        calls.put("Regularizer.takeActivities", refused(elastic::takeActivities));
        calls.put("Regularizer.toString", answers(elastic::toString));

        Term l1 = elastic.term("l1");
        calls.put("Term.term", answers(l1::term));
        calls.put("Term.lambda", answers(l1::lambda));
        calls.put("Term.lambda(double)", refused(() -> l1.lambda(5)));
        calls.put("Term.isPenalty", answers(l1::isPenalty));
        calls.put("Term.toString", answers(l1::toString));
        return calls;
    }

    @Test
    void theTableHasEveryPublicMethod() {
        Set<String> methods = new TreeSet<>();
        for (Class<?> type : List.of(
                Supervised.class,
                Network.class,
                Parameters.class,
                Parameter.class,
                Optimizer.class,
                Regularizer.class,
                Term.class)) {
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
                    String types = Arrays.stream(method.getParameterTypes())
                            .map(Class::getSimpleName)
                            .collect(Collectors.joining(", "));
                    String arguments = types.isEmpty() || type == Supervised.class ? "" : "(" + types + ")";
                    methods.add(type.getSimpleName() + "." + method.getName() + arguments);
                }
            }
        }
        // Those of parameters are refused anyhow once they are declared; close has tests of its own.
        methods.removeAll(List.of(
                "Parameter.regularizedBy(Regularizer)",
                "Parameter.outputAxis(int)",
                "Parameter.reportsSparsity(double)",
                "Parameter.freeze",
                "Optimizer.guardedBy(Guard)",
                "Regularizer.guardedBy(Guard)",
                "Network.close"));
        try (WideNetwork network = new WideNetwork(6, 3)) {
            assertThat(calls(network).keySet()).containsExactlyInAnyOrderElementsOf(methods);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"trainStep", "predict", "forward", "backward"})
    void aCallBesideOneThatRunsIsAnsweredOrRefusedAndChangesNothing(String running) throws Exception {
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3)) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Map<String, Call> calls = calls(network);
            Map<String, Object> before = new LinkedHashMap<>();
            calls.forEach((name, call) -> before.put(name, call.refused ? "" : call.work.get()));
            Runnable wait = () -> {
                inside.countDown();
                await(go);
            };
            if (running.equals("backward")) {
                network.inBackward = wait;
            } else {
                network.inForward = wait;
            }

            CompletableFuture<Void> other = inThread("other", () -> run(network, running));
            inside.await();
            calls.forEach((name, call) -> {
                if (call.refused) {
                    assertThatThrownBy(call.work::get)
                            .as(name)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage("WideNetwork is being used by thread 'other', so thread '"
                                    + Thread.currentThread().getName() + "' cannot use it now; a network serves one"
                                    + " thread at a time, so give each thread its own");
                } else {
                    assertThat(call.work.get()).as(name).isEqualTo(before.get(name));
                }
            });
            go.countDown();
            other.get();
            network.inForward = () -> {};
            network.inBackward = () -> {};
            run(alone, running);

            assertSame(network, alone);
        }
    }

    private static void run(WideNetwork network, String method) {
        switch (method) {
            case "trainStep" -> network.trainStep(X, TARGET);
            case "predict" -> network.predict(X);
            case "forward" -> network.forward(X);
            default -> {
                network.forward(X);
                network.loss(TARGET);
                network.backward();
                network.update();
            }
        }
    }

    private static void assertSame(WideNetwork network, WideNetwork expected) {
        assertThat(network.isTraining()).isTrue();
        assertThat(network.parameters().values())
                .isEqualTo(expected.parameters().values());
        assertThat(network.statistics()).isEqualTo(expected.statistics());
        assertThat(network.updates()).isEqualTo(expected.updates());
        assertThat(network.trainStep(X, TARGET)).isEqualTo(expected.trainStep(X, TARGET));
        assertThat(network.predict(X)).isEqualTo(expected.predict(X));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static CompletableFuture<Void> inThread(String name, Runnable work) {
        return CompletableFuture.runAsync(work, command -> new Thread(command, name).start());
    }

    private static List<Double> numbers(INDArray array) {
        return Arrays.stream(array.ravel().toDoubleVector()).boxed().toList();
    }

    /** Runs until a thread that comes again and again has been let in so many times. */
    private static void persistently(int times, Runnable work) {
        for (int done = 0; done < times; ) {
            try {
                work.run();
                done++;
            } catch (IllegalStateException busy) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void predictionsAndStepsOfTwoThreadsAreThoseOfOne() {
        int steps = 100;
        Set<List<Double>> possible = new HashSet<>();
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3)) {
            List<List<Double>> predictions = new ArrayList<>();
            CompletableFuture<Void> training =
                    inThread("training", () -> persistently(steps, () -> network.trainStep(X, TARGET)));
            persistently(steps, () -> predictions.add(numbers(network.predict(X))));
            training.join();

            possible.add(numbers(alone.predict(X)));
            for (int step = 0; step < steps; step++) {
                alone.trainStep(X, TARGET);
                possible.add(numbers(alone.predict(X)));
            }
            assertThat(possible).containsAll(predictions);
            assertSame(network, alone);
        }
    }

    @Test
    void twoThreadsThatPredictGetTheirOwnAnswers() {
        INDArray other = noise(9, 6, 8);
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3)) {
            List<Double> expected = numbers(alone.predict(X));
            List<Double> expectedOther = numbers(alone.predict(other));

            CompletableFuture<Void> second = inThread(
                    "second",
                    () -> persistently(300, () -> {
                        assertThat(numbers(network.predict(other))).isEqualTo(expectedOther);
                    }));
            persistently(300, () -> assertThat(numbers(network.predict(X))).isEqualTo(expected));
            second.join();

            assertSame(network, alone);
        }
    }

    @Test
    void twoNetworksInTwoThreadsLearnWhatTheyLearnAlone() {
        INDArray expected = learned();
        List<CompletableFuture<INDArray>> both = Stream.of("one", "two")
                .map(name -> CompletableFuture.supplyAsync(
                        ThreadsTest::learned, command -> new Thread(command, name).start()))
                .toList();

        both.forEach(each -> assertThat(each.join()).isEqualTo(expected));
    }

    private static INDArray learned() {
        INDArray x = noise(64, 1_500, 1);
        INDArray target = noise(64, 40, 2);
        try (WideNetwork network = new WideNetwork(1_500, 40)) {
            network.optimizer().lr(1e-4);
            for (int step = 0; step < 20; step++) {
                network.trainStep(x, target);
            }
            return network.parameters().values().dup();
        }
    }

    @Test
    void oneThreadAfterTheOtherMayUseIt() {
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3)) {
            for (int step = 0; step < 3; step++) {
                inThread("first", () -> network.trainStep(X, TARGET)).join();
                run(network, "backward");
                inThread("second", () -> network.predict(X)).join();
                alone.trainStep(X, TARGET);
                alone.trainStep(X, TARGET);
            }

            assertSame(network, alone);
        }
    }

    @Test
    void theCallsOfAStepBelongToOneThread() {
        try (WideNetwork network = new WideNetwork(6, 3)) {
            inThread("first", () -> network.forward(X)).join();

            for (Runnable call : List.<Runnable>of(() -> network.loss(TARGET), network::y)) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the last step of WideNetwork was begun by thread 'first', so thread '"
                                + Thread.currentThread().getName()
                                + "' cannot go on with it; call forward, loss, backward and update in one thread");
            }
        }
    }

    @Test
    void gradientsThatWaitBelongToTheThreadThatComputedThem() {
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3)) {
            inThread("first", () -> {
                        network.forward(X);
                        network.loss(TARGET);
                        network.backward();
                    })
                    .join();
            alone.forward(X);
            // A prediction in between is nobody's business.
            assertThat(network.predict(X)).isEqualTo(alone.predict(X));
            for (Runnable call : List.<Runnable>of(network::update, () -> network.trainStep(X, TARGET))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(
                                "gradients of WideNetwork that thread 'first' computed wait for an update; update in"
                                        + " that thread, or forget them with zeroGradients");
            }

            network.zeroGradients();
            network.trainStep(X, TARGET);
            alone.trainStep(X, TARGET);
            assertSame(network, alone);
        }
    }

    @Test
    void closingBesideAStepWaitsForItAndFreesTheMemory() throws Exception {
        WideNetwork network = new WideNetwork(6, 3);
        WideNetwork alone = new WideNetwork(6, 3);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        network.inBackward = () -> {
            inside.countDown();
            await(go);
        };
        CompletableFuture<StepReport> step = CompletableFuture.supplyAsync(() -> network.trainStep(X, TARGET));
        inside.await();

        CompletableFuture<Void> closing = inThread("closing", network::close);
        assertThatThrownBy(() -> closing.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> network.predict(X)).isInstanceOf(IllegalStateException.class);
        go.countDown();
        closing.get();

        assertThat(network.workspace.bytes()).isZero();
        assertThatThrownBy(() -> network.predict(X))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("WideNetwork is closed");
        assertThat(step.get()).isEqualTo(alone.trainStep(X, TARGET));
        alone.close();
    }

    @Test
    void closingWithinAStepEndsItBehindTheStep() {
        WideNetwork network = new WideNetwork(6, 3);
        try (WideNetwork alone = new WideNetwork(6, 3)) {
            network.inForward = network::close;

            assertThat(network.trainStep(X, TARGET)).isEqualTo(alone.trainStep(X, TARGET));
            assertThatThrownBy(() -> network.trainStep(X, TARGET)).hasMessage("WideNetwork is closed");
        }
    }

    @Test
    void closingFromManyThreadsWhileOthersTrainEndsEverythingCleanly() throws Exception {
        for (int round = 0; round < 20; round++) {
            WideNetwork network = new WideNetwork(600, 3);
            INDArray x = noise(50, 600, 1);
            INDArray target = noise(50, 3, 2);
            CyclicBarrier start = new CyclicBarrier(3);
            CompletableFuture<Void> training = inThread("training", () -> {
                meet(start);
                while (true) {
                    network.trainStep(x, target);
                }
            });
            CompletableFuture<Void> closing = inThread("closing", () -> {
                meet(start);
                network.close();
            });
            meet(start);
            network.close();
            closing.join();

            assertThatThrownBy(training::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageEndingWith("WideNetwork is closed");
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void aForwardThatFailsLeavesTheNetworkToOthersAndCanHaveNoBackward() {
        try (WideNetwork network = new WideNetwork(6, 3)) {
            network.forward(X);
            network.inForward = () -> {
                throw new ArithmeticException("in the middle");
            };
            assertThatThrownBy(() -> network.forward(X)).isInstanceOf(ArithmeticException.class);
            assertThatThrownBy(() -> network.predict(X)).isInstanceOf(ArithmeticException.class);
            assertThatThrownBy(() -> network.loss(TARGET)).hasMessageContaining("needs a forward of its own");
            assertThatThrownBy(network::y).hasMessage("output 'y' of WideNetwork needs a forward or a predict");
            network.inForward = () -> {};

            assertThat(network.isTraining()).isTrue();
            assertThatCode(() -> inThread("other", () -> network.trainStep(X, TARGET))
                            .join())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aBackwardThatFailsForgetsWhatItHasAddedToGradients() {
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3)) {
            network.forward(X);
            network.loss(TARGET);
            network.backward();
            network.inBackward = () -> {
                throw new ArithmeticException("in the middle");
            };
            network.forward(X);
            network.loss(TARGET);
            assertThatThrownBy(network::backward).isInstanceOf(ArithmeticException.class);
            network.inBackward = () -> {};
            assertThatThrownBy(network::update).hasMessageContaining("needs a gradient");
            assertThatThrownBy(network::backward).hasMessageContaining("needs a forward of its own");

            network.trainStep(X, TARGET);
            alone.forward(X);
            alone.forward(X);
            alone.trainStep(X, TARGET);
            assertSame(network, alone);
        }
    }

    @Test
    void aBackwardIsInTheModeOfItsForward() {
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3)) {
            network.forward(X);
            network.eval();
            network.loss(TARGET);
            network.backward();
            alone.forward(X);
            alone.loss(TARGET);
            alone.backward();

            assertThat(network.parameters().gradients())
                    .isEqualTo(alone.parameters().gradients());
            assertThat(network.isTraining()).isFalse();
            INDArray mean = network.statistics().get("norm.running_mean").dup();
            network.forward(X);
            assertThat(network.statistics().get("norm.running_mean")).isEqualTo(mean);
        }
    }

    @Test
    void whatComesBetweenAForwardAndItsBackwardAndSpoilsItIsNoticed() {
        try (WideNetwork network = new WideNetwork(6, 3)) {
            Map<String, Runnable> spoilers = Map.of(
                    "predict", () -> network.predict(X),
                    "load", () -> network.load(weights),
                    "resume", () -> network.resume(checkpoint),
                    "update", network::update);
            spoilers.forEach((name, spoiler) -> {
                run(network, "backward");
                network.forward(X);
                network.loss(TARGET);
                network.backward();
                network.forward(X);
                network.loss(TARGET);
                spoiler.run();
                assertThatThrownBy(network::backward)
                        .as(name)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("needs a forward of its own");
                network.zeroGradients();
            });
            network.forward(X);
            INDArray gradient = network.backward(noise(5, 3, 4));
            assertThat(network.dX()).isEqualTo(gradient);
            network.predict(X);
            assertThatThrownBy(network::dX)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("gradient by 'x' of WideNetwork needs a backward since the last forward");
        }
    }
}
