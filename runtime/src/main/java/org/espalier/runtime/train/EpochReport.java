package org.espalier.runtime.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.runtime.StepReport;

/**
 * Result of an epoch.
 *
 * @param epoch counted from 1
 * @param training the mean report of its steps
 * @param validation the loss on validation data, {@code loss}, and each metric by its name; empty after epochs without
 *     validation
 * @param lr the learning rate of its last step
 * @param skipped how many steps were skipped so far, in this epoch and before, since a gradient or loss was not finite
 */
public record EpochReport(int epoch, StepReport training, Map<String, Double> validation, double lr, long skipped) {
    /** Name under which monitors find the total loss on training data. */
    static final String TRAINING_LOSS = "training_loss";

    /** Copies the map, keeping its order. */
    public EpochReport {
        validation = Collections.unmodifiableMap(new LinkedHashMap<>(validation));
    }

    /** The numbers that may be monitored: {@code training_loss}, and after a validation its numbers. */
    Map<String, Double> numbers() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put(TRAINING_LOSS, training.total());
        numbers.putAll(validation);
        return numbers;
    }
}
