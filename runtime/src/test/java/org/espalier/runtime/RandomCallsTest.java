package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Public calls in any order, from two threads, on networks and on what they gave out: none ends the process, and each
 * is answered or refused. In a process of its own, whose memory goes back to the system as soon as it is freed, so that
 * who reads it then ends.
 */
@Tag(RuntimeRounds.TAG)
class RandomCallsTest {
    private static final int SEEDS = RuntimeRounds.of(1, 20);
    private static final int CALLS = RuntimeRounds.of(200, 1_000);

    @TempDir
    Path folder;

    @Test
    void noCallsInAnyOrderEndTheProcess() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:ErrorFile=" + folder.resolve("crash.log"),
                "-XX:-CreateCoredumpOnCrash",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-ea:org.espalier...",
                "-classpath",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Calls.class.getName(),
                String.valueOf(SEEDS),
                folder.toString());
        // glibc then maps every array of its own, and unmaps it when it is freed; other libraries do not look at this.
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "1024");
        builder.environment().put("MALLOC_PERTURB_", "165");
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("done, of which answered");
    }

    /** Main class of the process, with the arguments {@code seeds folder}. */
    static final class Calls {
        public static void main(String[] arguments) throws InterruptedException {
            int seeds = Integer.parseInt(arguments[0]);
            int answered = 0;
            for (int seed = 0; seed < seeds; seed++) {
                Scene scene = new Scene(Path.of(arguments[1]));
                List<Caller> callers = List.of(new Caller(scene, 2L * seed), new Caller(scene, 2L * seed + 1));
                callers.forEach(Thread::start);
                for (Caller caller : callers) {
                    caller.join();
                    answered += caller.answered;
                }
                scene.networks.forEach(Network::close);
            }
            // A quarter of both threads' calls, or they are not those that networks are used by.
            if (answered < seeds * CALLS / 2) {
                throw new AssertionError("only " + answered + " calls were answered");
            }
            System.out.println("done, of which answered " + answered);
        }
    }

    /** Networks, arrays and folder that both threads share. */
    private static final class Scene {
        final List<Network> networks = new ArrayList<>();
        final List<INDArray> given = new ArrayList<>();
        final Path folder;

        Scene(Path folder) {
            this.folder = folder;
            for (int i = 0; i < 3; i++) {
                networks.add(create(i));
            }
        }

        static Network create(int kind) {
            return switch (kind) {
                case 0 -> new WideNetwork(64, 3);
                case 1 -> TinyNetwork.create(DataType.DOUBLE, Init.seed(1), new Adam(1e-3));
                default -> TinyNetwork.create(Init.seed(2));
            };
        }

        synchronized Network network(int place) {
            return networks.get(place);
        }

        synchronized void replace(int place) {
            networks.set(place, create(place)).close();
        }

        synchronized void give(INDArray array, Random random) {
            if (given.size() < 30) {
                given.add(array);
            } else {
                given.set(random.nextInt(30), array);
            }
        }

        synchronized INDArray given(Random random) {
            return given.isEmpty() ? Nd4j.ones(DataType.FLOAT, 4, 64) : given.get(random.nextInt(given.size()));
        }

        synchronized void forget() {
            given.clear();
        }
    }

    /** A thread that calls. */
    private static final class Caller extends Thread {
        private final Scene scene;
        private final long seed;
        private final Random random;
        private final List<INDArray> own = new ArrayList<>();
        private final StringBuilder last = new StringBuilder();
        int answered;

        Caller(Scene scene, long seed) {
            super("caller " + seed);
            this.scene = scene;
            this.seed = seed;
            this.random = new Random(seed);
        }

        @Override
        public void run() {
            for (int call = 0; call < CALLS; call++) {
                int what = random.nextInt(40);
                last.append(what).append(' ');
                int place = random.nextInt(3);
                try {
                    call(what, place, scene.network(place));
                    answered++;
                } catch (IllegalStateException | IllegalArgumentException | WeightsFileException refused) {
                    if (refused.getMessage() == null) {
                        fail(refused);
                    }
                } catch (RuntimeException | Error other) {
                    fail(other);
                }
            }
        }

        private void fail(Throwable cause) {
            cause.printStackTrace();
            System.out.println("seed " + seed + ", calls " + last);
            // The other thread may be waiting for this one.
            Runtime.getRuntime().halt(3);
        }

        private static DataType type(int place) {
            return place == 1 ? DataType.DOUBLE : DataType.FLOAT;
        }

        private static long[] sample(int place, int batch) {
            return place == 0 ? new long[] {batch, 64} : new long[] {batch, 1, 8, 8};
        }

        private int batch() {
            return random.nextInt(20) == 0 ? 500 + random.nextInt(2_000) : 2 + random.nextInt(30);
        }

        /** An input: new, one's own of before, one that was given out, or a view of them. */
        private INDArray input(int place) {
            int kind = random.nextInt(12);
            if (kind == 0 && !own.isEmpty()) {
                return own.get(random.nextInt(own.size()));
            }
            if (kind == 1) {
                INDArray given = scene.given(random);
                return given.length() > 0 && given.length() % 64 == 0 && given.dataType() == type(place)
                        ? given.reshape(sample(place, (int) (given.length() / 64)))
                        : given;
            }
            int batch = batch();
            INDArray made = keep(Nd4j.rand(type(place), sample(place, kind == 2 ? 2 * batch : batch)));
            return switch (kind) {
                // Of which the whole may be closed while the part is kept.
                case 2 -> keep(made.get(NDArrayIndex.interval(batch, 2 * batch)));
                case 3 -> made.get(NDArrayIndex.interval(0, 2, batch));
                default -> made;
            };
        }

        private INDArray target(int place, INDArray input) {
            long batch = input.size(0);
            if (place == 0) {
                return random.nextInt(8) == 0 ? scene.given(random) : keep(Nd4j.rand(DataType.FLOAT, batch, 3));
            }
            return keep(Nd4j.zeros(random.nextBoolean() ? DataType.INT32 : DataType.FLOAT, batch));
        }

        private INDArray keep(INDArray made) {
            if (random.nextInt(4) == 0) {
                own.add(made);
            }
            if (own.size() > 12) {
                own.remove(0).close();
            }
            return made;
        }

        private void give(INDArray array) {
            scene.give(array, random);
        }

        private void call(int what, int place, Network network) {
            Supervised supervised = (Supervised) network;
            switch (what) {
                case 0, 1, 2, 3 -> give(supervised.forward(input(place)));
                case 4, 5, 6 -> give(supervised.predict(input(place)));
                case 7, 8, 9 -> {
                    INDArray input = input(place);
                    supervised.trainStep(input, target(place, input));
                }
                case 10, 11, 12, 13 -> wholeStep(place, network);
                case 14 -> supervised.backward();
                case 15 -> network.update();
                case 16 -> network.zeroGradients();
                case 17 -> give(network.parameters().values());
                case 18 -> give(network.parameters().gradients());
                case 19 -> network.parameters().forEach(parameter -> give(parameter.value()));
                case 20 -> network.parameters().forEach(parameter -> give(parameter.gradient()));
                case 21 -> network.statistics().values().forEach(this::give);
                case 22 -> read(scene.given(random));
                case 23 -> read(scene.given(random));
                case 24 -> give(scene.given(random).ravel());
                case 25 -> view();
                case 26 -> scene.given(random).close();
                case 27 -> closeOwn();
                case 28 -> scene.given(random).muli(0.5);
                case 29 -> scene.forget();
                case 30 -> System.gc();
                case 31 -> scene.replace(place);
                case 32 -> network.close();
                case 33 -> files(network);
                case 34 -> network.peakBytes();
                case 35 -> network.penalties();
                case 36 -> modes(network);
                case 37 -> batches(supervised, place);
                case 38 -> give(outputs(network));
                default -> {
                    network.parameters().magnitudes(1e-3);
                    network.sparsity();
                }
            }
            if (what == 32 && random.nextBoolean()) {
                scene.replace(place);
            }
        }

        /** A step of single calls, between which the input may go. */
        private void wholeStep(int place, Network network) {
            Supervised supervised = (Supervised) network;
            INDArray input = random.nextBoolean() ? supervised.forward(input(place)) : input(place);
            INDArray output = supervised.forward(place == 0 && input.size(1) == 3 ? input(place) : input);
            give(output);
            disturb(input);
            INDArray target = target(place, output);
            supervised.loss(target);
            if (!own.contains(target) || random.nextBoolean()) {
                disturb(target);
            }
            supervised.backward();
            if (random.nextInt(3) > 0) {
                network.update();
            }
        }

        private void disturb(INDArray array) {
            switch (random.nextInt(6)) {
                case 0 -> array.close();
                case 1 -> System.gc();
                case 2 -> scene.network(random.nextInt(3)).peakBytes();
                default -> {}
            }
        }

        private static void read(INDArray array) {
            if (!array.wasClosed() && array.length() > 0) {
                array.sumNumber();
                array.getDouble(array.length() - 1);
                array.dup();
            }
        }

        private void view() {
            INDArray given = scene.given(random);
            if (given.rank() > 0 && given.size(0) > 1) {
                give(given.get(NDArrayIndex.interval(1, given.size(0))));
            }
        }

        private void closeOwn() {
            if (!own.isEmpty()) {
                own.get(random.nextInt(own.size())).close();
            }
        }

        private void files(Network network) {
            Path file = scene.folder.resolve(getName() + network.name() + network.dataType() + ".safetensors");
            switch (random.nextInt(3)) {
                case 0 -> network.saveCheckpoint(file, Map.of());
                case 1 -> network.resume(file);
                default -> network.load(file);
            }
        }

        private void modes(Network network) {
            switch (random.nextInt(5)) {
                case 0 -> network.eval();
                case 1 -> network.freeze("**");
                case 2 -> network.unfreeze("**");
                case 3 -> network.optimizer(new Adam(1e-3));
                default -> network.train();
            }
        }

        private void batches(Supervised supervised, int place) {
            INDArray inputs = Nd4j.rand(type(place), sample(place, 20));
            INDArray targets = place == 0 ? Nd4j.rand(DataType.FLOAT, 20, 3) : Nd4j.zeros(DataType.INT32, 20);
            int count = 0;
            for (Batch batch : Batches.of(inputs, targets, 6, seed).epoch(1)) {
                supervised.trainStep(batch.input(), batch.target());
                if (count++ == 1 && random.nextBoolean()) {
                    batch.input().close();
                }
                if (count == 2 && random.nextInt(4) == 0) {
                    inputs.close();
                }
            }
        }

        private static INDArray outputs(Network network) {
            return network instanceof WideNetwork wide
                    ? wide.y()
                    : network.parameters().values();
        }
    }
}
