package org.espalier.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.espalier.runtime.Init;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.train.Callback;
import org.espalier.runtime.train.Trainer;
import org.espalier.spark.nets.Plain;

/** The program that a cluster runs: it may be killed, and started again. */
final class ClusterDriver {
    static final int EPOCHS = 3;

    private ClusterDriver() {}

    /** The weights after all epochs. */
    static float[] trained(
            JavaSparkContext context,
            SparkModel<Plain> model,
            UnaryOperator<SparkTrainer<Plain>> options,
            UnaryOperator<Trainer> face) {
        try (SparkDataset there = SparkDataset.of(context, Flowers.of(80), 2);
                Plain network = Plain.create(Init.seed(42));
                SparkTrainer<Plain> spark = options.apply(
                        SparkTrainer.of(network, model, there.batches(20).shuffled(7)))) {
            face.apply(spark.trainer().epochs(EPOCHS)).run();
            return network.parameters().values().toFloatVector();
        }
    }

    /**
     * Trains, and writes the weights as text.
     *
     * @param arguments a folder with Spark's settings in its file {@code conf}, and the epoch in which to wait for the
     *     end
     */
    public static void main(String... arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        SparkConf conf = new SparkConf();
        for (String line : Files.readAllLines(folder.resolve("conf"))) {
            conf.set(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
        try (JavaSparkContext context = new JavaSparkContext(conf)) {
            float[] weights = trained(
                    context,
                    new Accidents(folder.toString()),
                    spark -> spark,
                    trainer -> trainer.checkpoint(folder.resolve("checkpoint"))
                            .callback(waiting(Integer.parseInt(arguments[1]))));
            Files.writeString(folder.resolve("weights"), Arrays.toString(weights));
        }
    }

    private static Callback waiting(int inEpoch) {
        return new Callback() {
            @Override
            public void onStep(int epoch, int batch, StepReport step) {
                if (epoch == inEpoch && batch == 2) {
                    LockSupport.park();
                }
            }
        };
    }
}
