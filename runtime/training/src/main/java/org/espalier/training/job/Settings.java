package org.espalier.training.job;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** Wishes of the user, as the command hands them to this process. */
final class Settings {
    private final Properties properties;

    Settings(Properties properties) {
        this.properties = properties;
    }

    /** Tells whether the network is only measured. */
    boolean isEvaluation() {
        return text("command").filter("eval"::equals).isPresent();
    }

    /** The generated class. */
    String network() {
        return required("network");
    }

    TensorSpec input() {
        return TensorSpec.parse(required("input"));
    }

    TensorSpec target() {
        return TensorSpec.parse(required("target"));
    }

    Path data() {
        return Path.of(required("data"));
    }

    /** A path, or a share of the data such as {@code 0.2}. */
    Optional<String> validation() {
        return text("validation");
    }

    int epochs() {
        return Integer.parseInt(required("epochs"));
    }

    int batchSize() {
        return Integer.parseInt(required("batch-size"));
    }

    Optional<Double> lr() {
        return text("lr").map(Double::valueOf);
    }

    long seed() {
        return Long.parseLong(required("seed"));
    }

    Optional<Path> checkpoint() {
        return text("checkpoint").map(Path::of);
    }

    Optional<Path> weights() {
        return text("weights").map(Path::of);
    }

    Path output() {
        return Path.of(required("output"));
    }

    boolean normalizes() {
        return text("normalize").filter("true"::equals).isPresent();
    }

    List<String> metrics() {
        return list("metrics");
    }

    /** Columns of a table that are targets; empty for its last one. */
    List<String> targetColumns() {
        return list("target-columns");
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(properties.getProperty(key)).filter(value -> !value.isEmpty());
    }

    private List<String> list(String key) {
        return text(key)
                .map(value -> Arrays.stream(value.split(",")).map(String::strip).toList())
                .orElse(List.of());
    }

    private String required(String key) {
        return text(key).orElseThrow(() -> new IllegalStateException("the job does not say " + key));
    }
}
