package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Views of a network, each on a thread of its own. */
@Timeout(120)
class SharingTest {
    private static final INDArray X = Nd4j.rand(DataType.FLOAT, 5, 6);
    private static final INDArray TARGET = Nd4j.rand(DataType.FLOAT, 5, 3);

    @TempDir
    private Path folder;

    private static TinyNetwork trained() {
        TinyNetwork network = TinyNetwork.create(Init.seed(1));
        for (int step = 1; step <= 3; step++) {
            Examples examples = Examples.of(DataType.FLOAT, 4, step);
            network.trainStep(examples.images(), examples.labels());
        }
        return network;
    }

    private static INDArray images(int batch) {
        return Examples.of(DataType.FLOAT, batch, batch).images();
    }

    private static CompletableFuture<Void> inThread(Runnable work) {
        return CompletableFuture.runAsync(work, command -> new Thread(command).start());
    }

    private static List<Double> numbers(INDArray array) {
        return Arrays.stream(array.ravel().toDoubleVector()).boxed().toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void manyThreadsGetTheAnswersOfOne() {
        try (TinyNetwork network = trained()) {
            Map<Integer, INDArray> expected = new LinkedHashMap<>();
            for (int batch = 1; batch <= 9; batch++) {
                expected.put(batch, network.predict(images(batch)));
            }
            List<CompletableFuture<Void>> threads = new ArrayList<>();
            for (int thread = 0; thread < 6; thread++) {
                int first = thread;
                threads.add(inThread(() -> {
                    try (TinyNetwork view = TinyNetwork.create(Init.sharing(network))) {
                        for (int call = 0; call < 60; call++) {
                            int batch = (first + call) % 9 + 1;
                            assertThat(view.predict(images(batch))).isEqualTo(expected.get(batch));
                        }
                    }
                }));
            }
            threads.forEach(CompletableFuture::join);
        }
    }

    @Test
    void theNetworkPredictsBesideItsViews() throws Exception {
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork view = new WideNetwork(6, 3, Init.sharing(network))) {
            INDArray expected = network.predict(X);
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            view.inForward = () -> {
                inside.countDown();
                await(go);
            };
            CompletableFuture<Void> reading =
                    inThread(() -> assertThat(view.predict(X)).isEqualTo(expected));
            inside.await();

            assertThat(network.predict(X)).isEqualTo(expected);
            go.countDown();
            reading.join();
        }
    }

    @Test
    void aViewHoldsAnArenaAndNothingElse() {
        try (TinyNetwork network = trained();
                TinyNetwork view = TinyNetwork.create(Init.sharing(network))) {
            assertThat(view.peakBytes()).isZero();
            view.predict(images(2));
            network.predict(images(2));
            long weights = 2 * 4 * network.parameterCount();
            assertThat(view.peakBytes()).isPositive().isLessThanOrEqualTo(network.peakBytes() - weights);
        }
    }

    @Test
    void aPredictionSeesTheWeightsBeforeAStepOrAfterIt() {
        int steps = 60;
        Set<List<Double>> possible = new HashSet<>();
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3);
                WideNetwork view = new WideNetwork(6, 3, Init.sharing(network))) {
            CompletableFuture<Void> training = inThread(() -> {
                for (int step = 0; step < steps; step++) {
                    network.trainStep(X, TARGET);
                }
            });
            List<List<Double>> seen = new ArrayList<>();
            while (!training.isDone()) {
                seen.add(numbers(view.predict(X)));
            }
            training.join();
            seen.add(numbers(view.predict(X)));

            possible.add(numbers(alone.predict(X)));
            for (int step = 0; step < steps; step++) {
                alone.trainStep(X, TARGET);
                possible.add(numbers(alone.predict(X)));
            }
            assertThat(possible).containsAll(seen);
            assertThat(seen.get(seen.size() - 1)).isEqualTo(numbers(alone.predict(X)));
        }
    }

    @Test
    void aPredictionWaitsForTheStepThatIsUnderWay() throws Exception {
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3);
                WideNetwork view = new WideNetwork(6, 3, Init.sharing(network))) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            network.inBackward = () -> {
                inside.countDown();
                await(go);
            };
            CompletableFuture<Void> step = inThread(() -> network.trainStep(X, TARGET));
            inside.await();
            CompletableFuture<INDArray> prediction = CompletableFuture.supplyAsync(() -> view.predict(X));
            assertThatThrownBy(() -> prediction.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            go.countDown();
            step.join();
            alone.trainStep(X, TARGET);

            assertThat(prediction.get()).isEqualTo(alone.predict(X));
        }
    }

    @Test
    void aStepWaitsForThePredictionThatIsUnderWay() throws Exception {
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork view = new WideNetwork(6, 3, Init.sharing(network))) {
            INDArray expected = network.predict(X);
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            view.inForward = () -> {
                inside.countDown();
                await(go);
            };
            CompletableFuture<INDArray> prediction = CompletableFuture.supplyAsync(() -> view.predict(X));
            inside.await();
            CompletableFuture<Void> step = inThread(() -> network.trainStep(X, TARGET));
            assertThatThrownBy(() -> step.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            go.countDown();

            assertThat(prediction.get()).isEqualTo(expected);
            step.join();
            view.inForward = () -> {};
            assertThat(view.predict(X)).isNotEqualTo(expected);
        }
    }

    @Test
    void aViewOfAClosedNetworkIsRefusedWhateverIsAskedOfIt() {
        TinyNetwork network = trained();
        TinyNetwork view = TinyNetwork.create(Init.sharing(network));
        view.predict(images(2));
        Parameter weight = view.parameters().get("conv.weight");
        INDArray given = weight.value();
        INDArray expected = given.dup();

        network.close();

        String message = "TinyNetwork is closed, whose weights this one shares";
        for (Runnable call : List.<Runnable>of(
                () -> view.predict(images(2)),
                () -> view.forward(images(2)),
                view::statistics,
                weight::value,
                () -> view.save(folder.resolve("view.safetensors")))) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(message);
        }
        assertThatThrownBy(() -> TinyNetwork.create(Init.sharing(network)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("TinyNetwork is closed");
        assertThat(given).isEqualTo(expected);
        view.close();
        view.close();
        assertThatThrownBy(() -> view.predict(images(2))).hasMessage("TinyNetwork is closed");
    }

    @Test
    void closingWaitsForPredictions() throws Exception {
        WideNetwork network = new WideNetwork(6, 3);
        WideNetwork view = new WideNetwork(6, 3, Init.sharing(network));
        INDArray expected = network.predict(X);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        view.inForward = () -> {
            inside.countDown();
            await(go);
        };
        CompletableFuture<INDArray> prediction = CompletableFuture.supplyAsync(() -> view.predict(X));
        inside.await();
        CompletableFuture<Void> closing = inThread(network::close);
        assertThatThrownBy(() -> closing.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        go.countDown();

        assertThat(prediction.get()).isEqualTo(expected);
        closing.join();
        assertThatThrownBy(() -> view.predict(X)).isInstanceOf(IllegalStateException.class);
        view.close();
    }

    @Test
    void closingAViewLeavesTheNetworkAndOtherViews() {
        try (TinyNetwork network = trained()) {
            INDArray expected = network.predict(images(3));
            TinyNetwork first = TinyNetwork.create(Init.sharing(network));
            TinyNetwork second = TinyNetwork.create(Init.sharing(first));
            first.predict(images(3));

            first.close();

            assertThat(second.predict(images(3))).isEqualTo(expected);
            assertThat(network.predict(images(3))).isEqualTo(expected);
            second.close();
            network.trainStep(images(3), Examples.of(DataType.FLOAT, 3, 1).labels());
        }
    }

    @Test
    void whatTrainsOrChangesWeightsIsRefused() {
        try (TinyNetwork network = trained();
                TinyNetwork view = TinyNetwork.create(Init.sharing(network))) {
            Examples examples = Examples.of(DataType.FLOAT, 4, 1);
            Path file = folder.resolve("file.safetensors");
            Map<String, Runnable> calls = new LinkedHashMap<>();
            calls.put("trainStep", () -> view.trainStep(examples.images(), examples.labels()));
            calls.put("loss", () -> view.loss(examples.labels()));
            calls.put("backward", view::backward);
            calls.put("update", view::update);
            calls.put("zeroGradients", view::zeroGradients);
            calls.put("train", view::train);
            calls.put("optimizer", () -> view.optimizer(new Sgd(1)));
            calls.put("freeze", () -> view.freeze("**"));
            calls.put("unfreeze", () -> view.unfreeze("**"));
            calls.put("load", () -> view.load(file));
            calls.put("resume", () -> view.resume(file));
            calls.put("saveCheckpoint", () -> view.saveCheckpoint(file));
            calls.put("note", () -> view.note("a", "b"));
            INDArray before = network.parameters().values().dup();

            view.forward(examples.images());
            calls.forEach((name, call) -> assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(name + " of TinyNetwork needs the network itself: this one shares its weights, and"
                            + " predicts only"));

            assertThatThrownBy(() -> view.optimizer("**", new Sgd(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("optimizer of TinyNetwork needs the network itself");
            assertThat(view.isTraining()).isFalse();
            assertThat(network.isTraining()).isTrue();
            assertThat(network.parameters().values()).isEqualTo(before);
            assertThat(view.forward(examples.images())).isEqualTo(network.predict(examples.images()));
        }
    }

    @Test
    void aViewSavesTheWeightsAndSeesWhatTheNetworkLoads() throws Exception {
        Path saved = folder.resolve("saved.safetensors");
        Path other = folder.resolve("other.safetensors");
        Path same = folder.resolve("same.safetensors");
        try (TinyNetwork network = trained();
                TinyNetwork view = TinyNetwork.create(Init.sharing(network));
                TinyNetwork different = TinyNetwork.create(Init.seed(77))) {
            network.note("scale", "2");
            network.save(saved);
            view.save(same);
            assertThat(Files.readAllBytes(same)).isEqualTo(Files.readAllBytes(saved));
            assertThat(view.note("scale")).isEqualTo("2");

            different.save(other);
            network.load(other);

            assertThat(view.predict(images(4))).isEqualTo(different.predict(images(4)));
            assertThat(view.statistics()).isEqualTo(different.statistics());
        }
    }

    @Test
    void aNetworkOfAnotherKindIsRefused() {
        try (WideNetwork network = new WideNetwork(6, 3);
                TinyNetwork tiny = TinyNetwork.create(Init.seed(1))) {
            assertThatThrownBy(() -> new WideNetwork(6, 4, Init.sharing(network)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected a network of the class whose weights it shares, WideNetwork of 33 FLOAT"
                            + " parameters, found WideNetwork of 40 FLOAT");
            assertThatThrownBy(() -> new WideNetwork(6, 3, Init.sharing(tiny)))
                    .hasMessageContaining("found WideNetwork of 33 FLOAT");
            assertThatThrownBy(() -> TinyNetwork.create(DataType.DOUBLE, Init.sharing(tiny), new Adam(1e-3)))
                    .hasMessageEndingWith("DOUBLE");
            assertThat(network.predict(X).shape()).containsExactly(5, 3);
        }
    }

    @Test
    void aViewServesOneThreadAtATimeToo() throws Exception {
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork view = new WideNetwork(6, 3, Init.sharing(network))) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            view.inForward = () -> {
                inside.countDown();
                await(go);
            };
            CompletableFuture<Void> other = inThread(() -> view.predict(X));
            inside.await();
            assertThatThrownBy(() -> view.predict(X))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a network serves one thread at a time");
            go.countDown();
            other.join();
        }
    }

    @Test
    void whatAViewPredictsOutlivesItsWorkspaceAndALargerBatch() {
        try (TinyNetwork network = trained()) {
            INDArray expected = network.predict(images(2));
            INDArray answer;
            INDArray forward;
            try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("SharingTest");
                    TinyNetwork view = TinyNetwork.create(Init.sharing(network))) {
                assertThat(workspace.getId()).isEqualTo("SharingTest");
                answer = view.predict(images(2));
                forward = view.forward(images(2));
                view.predict(images(50));
            }
            assertThat(answer).isEqualTo(expected);
            assertThat(forward).isEqualTo(expected);
        }
    }
}
