package org.espalier.generator.ir.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.espalier.generator.ir.ClassLoss;
import org.espalier.generator.ir.CtcLoss;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.MarginLoss;
import org.espalier.generator.ir.WeightedLoss;

/** The printed form of what a loss computes, {@code cross_entropy_loss} and its attributes, and back. */
final class LossText {
    /** In place of a loss's kind, and before what it computes. */
    static final String FORMULA = "formula";

    /** Before how a loss is written. */
    private static final String WRITTEN = "written";

    private static final String REDUCTION = "reduction";

    private LossText() {}

    /** {@code huber_loss}, or {@link #FORMULA}. */
    static String kind(Loss.Function function) {
        return function.kernel()
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .orElse(FORMULA);
    }

    /** {@code ; reduction=sum, delta=0.5}. */
    static String attributes(Loss.Function function) {
        List<String> attributes = new ArrayList<>();
        if (function.reduction() != Loss.Reduction.MEAN) {
            attributes.add(REDUCTION + "=" + function.reduction().word());
        }
        function.attributes()
                .forEach((name, value) ->
                        attributes.add(name + "=" + (value.contains(" ") ? IrLine.quoted(value) : value)));
        if (function instanceof Loss.Formula formula) {
            attributes.add(WRITTEN + "=" + IrLine.quoted(formula.written()));
            attributes.add(FORMULA + "=" + OpText.of(formula.f()));
        }
        return attributes.isEmpty() ? "" : "; " + String.join(", ", attributes);
    }

    /**
     * Reads what was printed so.
     *
     * @param kind empty if it is a formula
     * @param ofProbabilities whether the target is not class indices
     */
    static Loss.Function read(
            IrLine line, Optional<Loss.Kind> kind, Map<String, String> attributes, boolean ofProbabilities) {
        Loss.Reduction reduction = Loss.Reduction.of(attributes.getOrDefault(REDUCTION, Loss.Reduction.MEAN.word()))
                .orElseThrow(() -> line.unexpected("a reduction"));
        if (kind.isEmpty()) {
            return new Loss.Formula(
                    line.required(attributes, WRITTEN),
                    reduction,
                    PrintedOp.function(FORMULA, line.required(attributes, FORMULA)));
        }
        Loss.Kind known = kind.get();
        return switch (known) {
            case L1_LOSS, MSE_LOSS, SMOOTH_L1_LOSS, HUBER_LOSS -> {
                String width = attributes.get(known.width());
                yield new Loss.Kernel(
                        known,
                        reduction,
                        width == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(width)));
            }
            case BCE_LOSS, BCE_WITH_LOGITS_LOSS, MULTI_LABEL_SOFT_MARGIN_LOSS ->
                new WeightedLoss(known, reduction, numbers(attributes, "weight"), numbers(attributes, "pos_weight"));
            case NLL_LOSS, CROSS_ENTROPY_LOSS ->
                new ClassLoss(
                        known,
                        reduction,
                        numbers(attributes, "weight"),
                        Integer.parseInt(attributes.getOrDefault("ignore_index", String.valueOf(ClassLoss.IGNORED))),
                        Double.parseDouble(attributes.getOrDefault("label_smoothing", "0")),
                        ofProbabilities);
            case CTC_LOSS ->
                new CtcLoss(
                        reduction,
                        Integer.parseInt(attributes.getOrDefault("blank", "0")),
                        attributes.containsKey("zero_infinity"));
            case MULTI_MARGIN_LOSS, MULTI_LABEL_MARGIN_LOSS ->
                new MarginLoss(
                        known,
                        reduction,
                        Integer.parseInt(attributes.getOrDefault("p", "1")),
                        Double.parseDouble(attributes.getOrDefault("margin", "1")),
                        numbers(attributes, "weight"));
        };
    }

    private static List<Double> numbers(Map<String, String> attributes, String name) {
        return attributes.containsKey(name)
                ? Arrays.stream(attributes.get(name).split(" ", -1))
                        .map(Double::valueOf)
                        .toList()
                : List.of();
    }
}
