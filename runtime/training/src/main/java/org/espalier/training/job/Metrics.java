package org.espalier.training.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.espalier.runtime.train.metric.Accuracy;
import org.espalier.runtime.train.metric.AreaUnderCurve;
import org.espalier.runtime.train.metric.BinaryAccuracy;
import org.espalier.runtime.train.metric.F1;
import org.espalier.runtime.train.metric.MeanError;
import org.espalier.runtime.train.metric.Metric;
import org.espalier.runtime.train.metric.Perplexity;
import org.espalier.runtime.train.metric.R2;

/** Metrics by the names that {@code --metrics} has for them. */
final class Metrics {
    private static final String TOP = "top";

    private Metrics() {}

    private static Map<String, Supplier<Metric>> known(int classes) {
        Map<String, Supplier<Metric>> known = new LinkedHashMap<>();
        known.put("accuracy", Accuracy::new);
        known.put("f1", () -> classes > 0 ? F1.of(classes, F1.Average.MACRO) : F1.binary(0));
        known.put("perplexity", Perplexity::new);
        known.put("binary-accuracy", () -> new BinaryAccuracy(0));
        known.put("auc", AreaUnderCurve::new);
        known.put("mae", MeanError::mae);
        known.put("mse", MeanError::mse);
        known.put("r2", R2::new);
        return known;
    }

    /**
     * Those of these names, or if there is none, accuracy for classes and the mean absolute error for numbers.
     *
     * @throws JobException if there is no such metric
     */
    static List<Metric> of(List<String> names, TensorSpec target) {
        Map<String, Supplier<Metric>> known = known(target.classes());
        List<Metric> metrics = new ArrayList<>();
        for (String name : names.isEmpty() ? List.of(target.classes() > 0 ? "accuracy" : "mae") : names) {
            if (name.matches(TOP + "[1-9][0-9]{0,5}")) {
                metrics.add(Accuracy.top(Integer.parseInt(name.substring(TOP.length()))));
            } else if (known.containsKey(name)) {
                metrics.add(known.get(name).get());
            } else {
                throw new JobException("there is no metric '" + name + "'; there are "
                        + String.join(", ", known.keySet()) + ", and top3 and its like");
            }
        }
        return metrics;
    }
}
