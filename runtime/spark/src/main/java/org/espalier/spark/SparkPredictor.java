package org.espalier.spark;

import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.espalier.runtime.Network;
import org.espalier.runtime.NetworkExchange;
import org.espalier.runtime.NetworkExchange.Standing;

/**
 * Predicts on the executors of a Spark cluster, where the examples are: weights travel once to each executor, and each
 * task has a copy of the network. {@link NetworkTransformer} does the same as a stage of a pipeline.
 *
 * <pre>
 *   JavaRDD&lt;float[]&gt; logits = SparkPredictor.of(net, model, fields).predict(examples);
 * </pre>
 *
 * @param <N> the generated class
 */
public final class SparkPredictor<N extends Network> {
    private final String name = UUID.randomUUID().toString();
    private final Standing standing;
    private final SparkModel<N> model;
    private final ExampleFields fields;
    private int batchSize = 256;

    private SparkPredictor(N network, SparkModel<N> model, ExampleFields fields) {
        this.standing = new NetworkExchange(network).standing(false);
        this.model = model;
        this.fields = fields;
    }

    /**
     * Of a network as it is now.
     *
     * @param fields of which the inputs are read; examples may have targets or not
     * @throws IllegalArgumentException if the network computes in double precision
     */
    public static <N extends Network> SparkPredictor<N> of(N network, SparkModel<N> model, ExampleFields fields) {
        return new SparkPredictor<>(network, model, fields.withoutTargets());
    }

    /**
     * Sets how many examples are predicted at a time.
     *
     * @throws IllegalArgumentException if that is below 1
     */
    public SparkPredictor<N> batchSize(int examples) {
        if (examples < 1) {
            throw new IllegalArgumentException("batch size must be at least 1, but is " + examples);
        }
        this.batchSize = examples;
        return this;
    }

    /** Predicts when the result is asked for: the output of each example, in their order, in 'c' order. */
    public JavaRDD<float[]> predict(JavaRDD<Example> examples) {
        Broadcast<Standing> sent =
                JavaSparkContext.fromSparkContext(examples.context()).broadcast(standing);
        PredictTask<N> task = new PredictTask<>(name, model, fields, batchSize, sent);
        return examples.mapPartitions(there -> task.over(there, example -> example, (example, output) -> output), true);
    }
}
