package org.espalier.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.spark.api.java.JavaSparkContext;
import org.espalier.runtime.Init;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.train.Callback;
import org.espalier.runtime.train.Trainer;
import org.espalier.spark.nets.Plain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Training on a cluster of processes, some of which are killed on the way. */
class ClusterIT {
    /** Another two runs, half a minute each, with {@code -Despalier.cluster=all}. */
    private static final boolean ALL = "all".equals(System.getProperty("espalier.cluster"));

    @Test
    @Timeout(300)
    void accidentsChangeNothing(@TempDir Path folder) throws Exception {
        Accidents model = new Accidents(folder.toString());
        try (Cluster cluster = Cluster.start(folder)) {
            float[] undisturbed;
            try (JavaSparkContext context = new JavaSparkContext(cluster.conf())) {
                UnaryOperator<SparkTrainer<Plain>> plainly = spark -> spark;
                UnaryOperator<SparkTrainer<Plain>> onExecutors =
                        spark -> spark.reduction(SparkTrainer.Reduction.EXECUTORS);
                UnaryOperator<SparkTrainer<Plain>> sparsely = spark -> spark.compression(Compression.topK(0.2));
                undisturbed = ClusterDriver.trained(context, model, plainly, trainer -> trainer);
                assertClose(undisturbed, here(context));

                assertThat(withAccidents(context, model, onExecutors)).isEqualTo(undisturbed);
                if (ALL) {
                    float[] sparse = ClusterDriver.trained(context, model, sparsely, trainer -> trainer);
                    assertThat(withAccidents(context, model, sparsely)).isEqualTo(sparse);
                }
            }
            assertThat(killedAndStartedAgain(cluster, folder)).isEqualTo(Arrays.toString(undisturbed));
        }
    }

    /** The weights of one machine. */
    private static float[] here(JavaSparkContext context) {
        Dataset examples = Flowers.of(80);
        try (SparkDataset there = SparkDataset.of(context, examples, 2);
                Plain network = Plain.create(Init.seed(42))) {
            Trainer.of(network, Flowers.here(examples, there.batches(20).shuffled(7)))
                    .epochs(ClusterDriver.EPOCHS)
                    .run();
            return network.parameters().values().toFloatVector();
        }
    }

    private static void assertClose(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-5f));
        }
    }

    /** The weights where an executor is slow in one step, and one is killed in the middle of another. */
    private static float[] withAccidents(
            JavaSparkContext context, Accidents model, UnaryOperator<SparkTrainer<Plain>> options) throws Exception {
        Path victim = Path.of(model.folder(), Accidents.VICTIM);
        List<Long> killed = new ArrayList<>();
        CompletableFuture<Void> killer = CompletableFuture.runAsync(() -> killed.add(kill(victim)));
        float[] weights = ClusterDriver.trained(
                context,
                model,
                options,
                trainer -> trainer.callback(new Callback() {
                    @Override
                    public void onStep(int epoch, int batch, StepReport step) {
                        if (epoch == 1 && batch == 2) {
                            model.prepare(Accidents.SLOWNESS);
                        }
                        if (epoch == 2 && batch == 2) {
                            model.prepare(Accidents.DEATH);
                        }
                    }
                }));
        killer.get(1, TimeUnit.SECONDS);
        assertThat(killed).hasSize(1);
        return weights;
    }

    private static long kill(Path victim) {
        try {
            await(victim);
            long pid = Long.parseLong(Files.readString(victim));
            Files.delete(victim);
            ProcessHandle executor = ProcessHandle.of(pid).orElseThrow();
            executor.destroyForcibly();
            return pid;
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void await(Path file) throws InterruptedException {
        while (!Files.exists(file)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** The weights, as text, of a driver that is killed when it has written a checkpoint, and of the next one. */
    private static String killedAndStartedAgain(Cluster cluster, Path folder) throws Exception {
        List<String> conf = Arrays.stream(cluster.conf().getAll())
                .map(setting -> setting._1() + "=" + setting._2())
                .toList();
        Files.write(folder.resolve("conf"), conf);
        Process first = cluster.run("driver1", ClusterDriver.class.getName(), folder.toString(), "2");
        await(folder.resolve("checkpoint"));
        first.destroyForcibly().waitFor();
        assertThat(folder.resolve("weights")).doesNotExist();
        Process second = cluster.run("driver2", ClusterDriver.class.getName(), folder.toString(), "0");
        assertThat(second.waitFor()).isZero();
        return Files.readString(folder.resolve("weights"));
    }
}
