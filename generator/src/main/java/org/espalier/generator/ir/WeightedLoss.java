package org.espalier.generator.ir;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.generator.ir.op.Shape;

/**
 * A loss of yes or no for each element, whose weights lie along the last axis.
 *
 * @param kind {@link Loss.Kind#BCE_LOSS}, {@link Loss.Kind#BCE_WITH_LOGITS_LOSS} or
 *     {@link Loss.Kind#MULTI_LABEL_SOFT_MARGIN_LOSS}
 * @param weight of each element; empty if every one weighs 1, one number if all weigh the same
 * @param positive what each element weighs besides where the target is 1, likewise
 */
public record WeightedLoss(Loss.Kind kind, Loss.Reduction reduction, List<Double> weight, List<Double> positive)
        implements Loss.Function {
    /** Copies the lists. */
    public WeightedLoss {
        weight = List.copyOf(weight);
        positive = List.copyOf(positive);
    }

    /** Tells whether everything weighs 1. */
    public boolean isPlain() {
        return weight.isEmpty() && positive.isEmpty();
    }

    @Override
    public Optional<Loss.Kind> kernel() {
        return Optional.of(kind);
    }

    @Override
    public String word() {
        return kind.word();
    }

    @Override
    public boolean isOfClasses() {
        return false;
    }

    @Override
    public Optional<String> expects(Shape prediction) {
        if (kind == Loss.Kind.MULTI_LABEL_SOFT_MARGIN_LOSS && prediction.rank() < 2) {
            return Optional.of("[batch, …, classes]");
        }
        return Stream.of(weight, positive)
                .map(List::size)
                .filter(size -> size > 1)
                .filter(size -> prediction.dimensions().isEmpty() || prediction.last() != size)
                .findFirst()
                .map(size -> "[batch, …, " + size + "]");
    }

    @Override
    public Map<String, String> attributes() {
        Map<String, String> attributes = new LinkedHashMap<>();
        Loss.putNumbers(attributes, "weight", weight);
        Loss.putNumbers(attributes, "pos_weight", positive);
        return attributes;
    }
}
