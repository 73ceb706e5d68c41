package org.espalier.generator.ir;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;

/**
 * A loss by classes, which lie along axis 1 of the prediction.
 *
 * @param kind {@link Loss.Kind#CROSS_ENTROPY_LOSS} or {@link Loss.Kind#NLL_LOSS}
 * @param weight of each class; empty if every class weighs 1
 * @param ignored the class index that targets have where nothing is to be judged
 * @param smoothing the share of the target that all classes have alike
 * @param ofProbabilities whether the target is a probability for each class, rather than the index of one
 */
public record ClassLoss(
        Loss.Kind kind,
        Loss.Reduction reduction,
        List<Double> weight,
        int ignored,
        double smoothing,
        boolean ofProbabilities)
        implements Loss.Function {
    /** The label that PyTorch ignores where nothing else is said. */
    public static final int IGNORED = -100;

    /** Copies the list. */
    public ClassLoss {
        weight = List.copyOf(weight);
    }

    /** A mean over class indices, as by default. */
    static ClassLoss mean(Loss.Kind kind) {
        return new ClassLoss(kind, Loss.Reduction.MEAN, List.of(), IGNORED, 0, false);
    }

    /** The same loss of a target that is a probability for each class. */
    public ClassLoss withProbabilities() {
        return new ClassLoss(kind, reduction, weight, ignored, smoothing, true);
    }

    /** Tells whether every argument is as by default. */
    public boolean isPlain() {
        return equals(mean(kind));
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
        return !ofProbabilities;
    }

    @Override
    public ElementType targetElement() {
        return ofProbabilities ? ElementType.FLOAT : ElementType.INT;
    }

    /** {@code [batch, sizes…]}, an index for each place of {@code [batch, classes, sizes…]}. */
    @Override
    public Shape targetShape(Shape prediction) {
        List<Integer> sizes = prediction.dimensions();
        return ofProbabilities ? prediction : new Shape(true, sizes.subList(1, sizes.size()));
    }

    @Override
    public Optional<String> expects(Shape prediction) {
        boolean fits = prediction.rank() >= 2 && (weight.isEmpty() || prediction.axis(1) == weight.size());
        String classes = weight.isEmpty() ? "classes" : String.valueOf(weight.size());
        return fits ? Optional.empty() : Optional.of("[batch, " + classes + ", …]");
    }

    @Override
    public Map<String, String> attributes() {
        Map<String, String> attributes = new LinkedHashMap<>();
        Loss.putNumbers(attributes, "weight", weight);
        if (ignored != IGNORED) {
            attributes.put("ignore_index", String.valueOf(ignored));
        }
        if (smoothing != 0) {
            attributes.put("label_smoothing", String.valueOf(smoothing));
        }
        return attributes;
    }
}
