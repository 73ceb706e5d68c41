package org.espalier.runtime.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.train.metric.Metric;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Measures a network on data that it does not learn from, in evaluation mode: the data loss, each example counting
 * alike, and metrics, which compare the output with the first target. Nothing of the network changes.
 */
public final class Validation {
    /** Name of the data loss. */
    static final String LOSS = "loss";

    private final Batches batches;
    private final List<Metric> metrics;

    /**
     * @param batches the data; its first epoch is what is measured on
     * @param metrics besides the loss, each of another name
     * @throws IllegalArgumentException if two have one name
     */
    public Validation(Batches batches, List<Metric> metrics) {
        this.batches = batches;
        this.metrics = List.copyOf(metrics);
        List<String> names = metrics.stream().map(Metric::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("expected metrics of different names, found " + names);
        }
    }

    /** The names of its numbers. */
    List<String> names() {
        return Stream.concat(Stream.of(LOSS), metrics.stream().map(Metric::name))
                .toList();
    }

    List<Metric> metrics() {
        return metrics;
    }

    /**
     * Measures.
     *
     * @return the loss, {@code loss}, and each metric by its name
     * @throws IllegalArgumentException if an output does not fit a metric
     */
    public <N extends Network & Supervised> Map<String, Double> of(N network) {
        return of(SoleLearner.of(network));
    }

    Map<String, Double> of(Learner learner) {
        Network network = learner.network();
        metrics.forEach(Metric::reset);
        boolean trained = network.isTraining();
        double loss = 0;
        long examples = 0;
        network.eval();
        try {
            for (Batch batch : batches.epoch(1)) {
                INDArray output = learner.forward(batch);
                loss += learner.loss(batch) * batch.size();
                examples += batch.size();
                for (Metric metric : metrics) {
                    metric.add(output, batch.target(0));
                }
            }
        } finally {
            if (trained) {
                network.train();
            }
        }
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put(LOSS, loss / (double) examples);
        metrics.forEach(metric -> numbers.put(metric.name(), metric.value()));
        return numbers;
    }

    /** The numbers of a validation as the ledger has them in every row; none without a validation. */
    static Map<String, Double> columns(@Nullable Validation validation, Map<String, Double> numbers) {
        Map<String, Double> columns = new LinkedHashMap<>();
        if (validation != null) {
            validation.names().forEach(name -> columns.put(name, numbers.getOrDefault(name, Double.NaN)));
        }
        return columns;
    }
}
