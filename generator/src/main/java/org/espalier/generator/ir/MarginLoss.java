package org.espalier.generator.ir;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;

/**
 * A loss that wants the scores of right classes above those of the others by a margin.
 *
 * @param kind {@link Loss.Kind#MULTI_MARGIN_LOSS}, whose target is one class of each sample, or
 *     {@link Loss.Kind#MULTI_LABEL_MARGIN_LOSS}, whose target is several, and −1 behind them
 * @param power of what is missing to the margin, 1 or 2
 * @param weight of each class; empty if every class weighs 1
 */
public record MarginLoss(Loss.Kind kind, Loss.Reduction reduction, int power, double margin, List<Double> weight)
        implements Loss.Function {
    /** Copies the list. */
    public MarginLoss {
        weight = List.copyOf(weight);
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
        return true;
    }

    @Override
    public ElementType targetElement() {
        return ElementType.INT;
    }

    @Override
    public Shape targetShape(Shape prediction) {
        return kind == Loss.Kind.MULTI_LABEL_MARGIN_LOSS ? prediction : Shape.batch();
    }

    @Override
    public Optional<String> expects(Shape prediction) {
        boolean fits = prediction.rank() == 2 && (weight.isEmpty() || prediction.axis(1) == weight.size());
        String classes = weight.isEmpty() ? "classes" : String.valueOf(weight.size());
        return fits ? Optional.empty() : Optional.of("[batch, " + classes + "]");
    }

    @Override
    public Map<String, String> attributes() {
        Map<String, String> attributes = new LinkedHashMap<>();
        if (power != 1) {
            attributes.put("p", String.valueOf(power));
        }
        if (margin != 1) {
            attributes.put("margin", String.valueOf(margin));
        }
        Loss.putNumbers(attributes, "weight", weight);
        return attributes;
    }
}
