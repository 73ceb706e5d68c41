package org.espalier.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.train.Callback;
import org.espalier.spark.nets.Middle;
import org.espalier.spark.nets.Thick;
import org.espalier.spark.nets.Thin;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Prints how long a step takes in this process, in two threads of it as Spark's, and on two workers of a cluster, by
 * the size of the weights; docs/spark.md has the figures.
 */
final class MeasureSteps {
    private static final int WARM_UP = 8;
    private static final int STEPS = 20;
    private static final int BATCH = 32;

    private MeasureSteps() {}

    /**
     * Measures all.
     *
     * @param arguments {@code local} or {@code cluster}, for that alone
     */
    public static void main(String... arguments) throws Exception {
        List<String> where = arguments.length == 0 ? List.of("local", "cluster") : List.of(arguments);
        if (where.contains("local")) {
            local();
        }
        if (where.contains("cluster")) {
            cluster();
        }
    }

    private static void local() {
        SparkConf local = new SparkConf()
                .setMaster("local[2]")
                .setAppName("measure")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1");
        try (JavaSparkContext context = new JavaSparkContext(local)) {
            all("local[2]", context);
        }
    }

    private static void cluster() throws Exception {
        Path folder = Files.createTempDirectory("cluster");
        try (Cluster cluster = Cluster.start(folder)) {
            try (JavaSparkContext context = new JavaSparkContext(cluster.conf().set("spark.executor.memory", "900m"))) {
                all("two workers", context);
            }
        }
    }

    private static void all(String where, JavaSparkContext context) {
        measure(where, context, 128, Thin.create(Init.seed(1)), SparkModel.of(() -> Thin.create(Init.seed(0))));
        measure(where, context, 1024, Middle.create(Init.seed(1)), SparkModel.of(() -> Middle.create(Init.seed(0))));
        measure(where, context, 4096, Thick.create(Init.seed(1)), SparkModel.of(() -> Thick.create(Init.seed(0))));
    }

    private static <N extends Network & Supervised> void measure(
            String where, JavaSparkContext context, int width, N network, SparkModel<N> model) {
        Dataset examples = Dataset.of(Nd4j.rand(4 * BATCH, width), Nd4j.rand(4 * BATCH, width));
        try (network) {
            if (where.startsWith("local")) {
                double[] times = new double[WARM_UP + STEPS];
                Batch batch = examples.select(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
                        .all();
                for (int i = 0; i < times.length; i++) {
                    long begun = System.nanoTime();
                    network.trainStep(batch.input(), batch.target());
                    times[i] = (System.nanoTime() - begun) * 1e-6;
                }
                print("one machine, half the batch", network, times);
            }
            for (int partitions : new int[] {1, 2, 4}) {
                for (SparkTrainer.Reduction reduction :
                        new SparkTrainer.Reduction[] {SparkTrainer.Reduction.DRIVER, SparkTrainer.Reduction.EXECUTORS
                        }) {
                    try (SparkDataset there = SparkDataset.of(context, examples, partitions);
                            SparkTrainer<N> spark = SparkTrainer.of(network, model, there.batches(BATCH))
                                    .reduction(reduction)) {
                        Clock clock = new Clock();
                        spark.trainer()
                                .epochs((WARM_UP + STEPS) / 4)
                                .callback(clock)
                                .run();
                        print(where + ", " + partitions + " partitions, sums on " + reduction, network, clock.times);
                    }
                }
            }
        }
    }

    /** The time between the ends of steps. */
    private static final class Clock implements Callback {
        private final double[] times = new double[WARM_UP + STEPS];
        private int steps;
        private long last = System.nanoTime();

        @Override
        public void onStep(int epoch, int batch, StepReport step) {
            long now = System.nanoTime();
            times[steps++] = (now - last) * 1e-6;
            last = now;
        }
    }

    private static void print(String what, Network network, double[] times) {
        double[] measured = Arrays.copyOfRange(times, WARM_UP, times.length);
        Arrays.sort(measured);
        System.out.printf(
                Locale.ROOT,
                "%-50s %,12d weights  median %8.2f ms, least %8.2f ms%n",
                what,
                network.parameterCount(),
                measured[measured.length / 2],
                measured[0]);
    }
}
