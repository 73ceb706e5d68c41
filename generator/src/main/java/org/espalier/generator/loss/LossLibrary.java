package org.espalier.generator.loss;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.ClassLoss;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.MarginLoss;
import org.espalier.generator.ir.WeightedLoss;
import org.espalier.generator.loss.LossDefinition.Numbers;

/** The losses of the standard library, in the order of the reference. */
public final class LossLibrary {
    private static final String SAMPLES = "[batch, 6]";

    private static final String IMAGES = "[batch, 4, 2, 3]";
    private static final String WEIGHT = "weight";
    private static final String POSITIVE = "pos_weight";
    private static final String IGNORED = "ignore_index";
    private static final String SMOOTHING = "label_smoothing";

    /** More than this many numbers written one by one would make a method too large to be compiled. */
    private static final int MOST_WEIGHTS = 500;

    public static final List<LossDefinition> ALL = Stream.concat(
                    Stream.of(
                            difference(Loss.Kind.L1_LOSS).example("L1Loss()", "[batch, 3, 2, 2]"),
                            difference(Loss.Kind.MSE_LOSS).example("MSELoss()", SAMPLES),
                            difference(Loss.Kind.SMOOTH_L1_LOSS)
                                    .example("SmoothL1Loss()", SAMPLES)
                                    .example("SmoothL1Loss(beta=0.3)", SAMPLES),
                            difference(Loss.Kind.HUBER_LOSS)
                                    .example("HuberLoss()", SAMPLES)
                                    .example("HuberLoss(delta=0.5)", SAMPLES),
                            weighted(Loss.Kind.BCE_LOSS, signature -> signature)
                                    .of(Numbers.PROBABILITIES, Numbers.PROBABILITIES)
                                    .example("BCELoss()", SAMPLES)
                                    .example("BCELoss(weight=[1, 0.5, 2, 0, 3, 1])", SAMPLES)
                                    .example("BCELoss(0.3)", "[batch, 2, 3]"),
                            weighted(
                                            Loss.Kind.BCE_WITH_LOGITS_LOSS,
                                            signature -> signature.byName(POSITIVE, Type.NUMBERS, new Datum.None()))
                                    .of(Numbers.ANY, Numbers.PROBABILITIES)
                                    .example("BCEWithLogitsLoss()", SAMPLES)
                                    .example("BCEWithLogitsLoss(pos_weight=2.5)", "[batch, 2, 3]")
                                    .example(
                                            "BCEWithLogitsLoss([1, 2, 0.5], pos_weight=[3, 1, 0.25])", "[batch, 2, 3]"),
                            classes(Loss.Kind.NLL_LOSS)
                                    .of(Numbers.ANY, Numbers.CLASSES)
                                    .example("NLLLoss()", SAMPLES)
                                    .example("NLLLoss(weight=[1, 0.5, 2, 3, 0.25, 1])", SAMPLES)
                                    .example("NLLLoss(ignore_index=2)", IMAGES)
                                    .example("NLLLoss([1, 0.5, 2, 3], ignore_index=0)", IMAGES),
                            classes(Loss.Kind.CROSS_ENTROPY_LOSS)
                                    .of(Numbers.ANY, Numbers.CLASSES)
                                    .example("CrossEntropyLoss()", SAMPLES)
                                    .example("CrossEntropyLoss()", IMAGES)
                                    .example("CrossEntropyLoss(label_smoothing=0.1)", SAMPLES)
                                    .example("CrossEntropyLoss(weight=[1, 0.5, 2, 3, 0.25, 1])", SAMPLES)
                                    .example(
                                            "CrossEntropyLoss([1, 0.5, 2, 3], label_smoothing=0.2, ignore_index=1)",
                                            IMAGES)
                                    .example("CrossEntropyLoss(ignore_index=3, label_smoothing=0.2)", IMAGES)
                                    .example("CrossEntropyLoss()", SAMPLES, Numbers.PROBABILITIES)
                                    .example(
                                            "CrossEntropyLoss([1, 0.5, 2, 3], label_smoothing=0.3)",
                                            IMAGES,
                                            Numbers.PROBABILITIES)),
                    Stream.concat(
                            FormulaLosses.ALL.stream(),
                            Stream.of(
                                    multiMargin()
                                            .of(Numbers.APART, Numbers.CLASSES)
                                            .example("MultiMarginLoss()", SAMPLES)
                                            .example("MultiMarginLoss(p=2, margin=0.6)", SAMPLES)
                                            .example("MultiMarginLoss(2, 1.5, [1, 0.5, 2, 3, 0.25, 1])", SAMPLES),
                                    multiLabelMargin()
                                            .of(Numbers.APART, Numbers.LABELS)
                                            .example("MultiLabelMarginLoss()", SAMPLES),
                                    weighted(Loss.Kind.MULTI_LABEL_SOFT_MARGIN_LOSS, signature -> signature)
                                            .of(Numbers.ANY, Numbers.PROBABILITIES)
                                            .example("MultiLabelSoftMarginLoss()", SAMPLES)
                                            .example("MultiLabelSoftMarginLoss([1, 0.5, 2])", "[batch, 2, 3]"))))
            .toList();

    private LossLibrary() {}

    private static LossDefinition difference(Loss.Kind kind) {
        Signature.Builder signature = reducing(Signature.of(kind.word()));
        if (!kind.width().isEmpty()) {
            signature.byName(kind.width(), Type.FLOAT, new Datum.Real(1));
        }
        return LossDefinition.loss(
                signature.build(), arguments -> new Loss.Kernel(kind, reduction(arguments), width(kind, arguments)));
    }

    private static OptionalDouble width(Loss.Kind kind, Arguments arguments) {
        return kind.width().isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(arguments.real(kind.width(), value -> value > 0, "above 0"));
    }

    /**
     * A loss with weights along the last axis.
     *
     * @param further adds the parameters that stand behind the reduction
     */
    private static LossDefinition weighted(Loss.Kind kind, UnaryOperator<Signature.Builder> further) {
        return LossDefinition.loss(
                further.apply(reducing(weighing(Signature.of(kind.word())))).build(),
                arguments -> new WeightedLoss(
                        kind,
                        reduction(arguments),
                        weights(arguments, WEIGHT),
                        arguments.has(POSITIVE) ? weights(arguments, POSITIVE) : List.of()));
    }

    private static LossDefinition classes(Loss.Kind kind) {
        Signature.Builder signature =
                weighing(Signature.of(kind.word())).byName(IGNORED, Type.INT, new Datum.Int(ClassLoss.IGNORED));
        reducing(signature);
        if (kind == Loss.Kind.CROSS_ENTROPY_LOSS) {
            signature.byName(SMOOTHING, Type.FLOAT, new Datum.Real(0));
        }
        return LossDefinition.loss(signature.build(), arguments -> ofClasses(kind, arguments));
    }

    /** The cross entropy of arguments called as those of CrossEntropyLoss are. */
    public static ClassLoss crossEntropy(Arguments arguments) {
        return ofClasses(Loss.Kind.CROSS_ENTROPY_LOSS, arguments);
    }

    private static ClassLoss ofClasses(Loss.Kind kind, Arguments arguments) {
        return new ClassLoss(
                kind,
                reduction(arguments),
                weights(arguments, WEIGHT),
                arguments.isNone(IGNORED) ? ClassLoss.IGNORED : arguments.integer(IGNORED, Integer.MIN_VALUE),
                arguments.has(SMOOTHING)
                        ? arguments.real(SMOOTHING, share -> share >= 0 && share <= 1, "between 0 and 1")
                        : 0,
                false);
    }

    private static LossDefinition multiMargin() {
        Signature.Builder signature = weighing(
                Signature.of(Loss.Kind.MULTI_MARGIN_LOSS.word()).with("p", 1).with("margin", 1.0));
        return LossDefinition.loss(reducing(signature).build(), arguments -> {
            int power = arguments.integer("p", 1);
            if (power > 2) {
                arguments.outOfRange("p", "1 or 2");
            }
            return new MarginLoss(
                    Loss.Kind.MULTI_MARGIN_LOSS,
                    reduction(arguments),
                    power,
                    arguments.real("margin"),
                    weights(arguments, WEIGHT));
        });
    }

    private static LossDefinition multiLabelMargin() {
        Loss.Kind kind = Loss.Kind.MULTI_LABEL_MARGIN_LOSS;
        return LossDefinition.loss(
                reducing(Signature.of(kind.word())).build(),
                arguments -> new MarginLoss(kind, reduction(arguments), 1, 1, List.of()));
    }

    private static Signature.Builder weighing(Signature.Builder signature) {
        return signature.with(WEIGHT, Type.NUMBERS, new Datum.None());
    }

    private static List<Double> weights(Arguments arguments, String name) {
        List<Double> weights = arguments.numbers(name, weight -> weight >= 0, "numbers of at least 0");
        if (weights.size() > MOST_WEIGHTS) {
            arguments.outOfRange(name, "at most " + MOST_WEIGHTS + " numbers");
        }
        return weights;
    }

    private static Loss.Reduction reduction(Arguments arguments) {
        return reduction(arguments, Loss.Reduction.MEAN, Loss.Reduction.SUM);
    }

    /** A signature with the parameter that all losses have. */
    public static Signature.Builder reducing(Signature.Builder signature) {
        return signature.byName("reduction", Type.STRING, new Datum.Text(Loss.Reduction.MEAN.word()));
    }

    /** The reduction that is asked for, which must be one of these; the first if it is not, which is reported. */
    public static Loss.Reduction reduction(Arguments arguments, Loss.Reduction... known) {
        String word = arguments.text("reduction");
        return Stream.of(known)
                .filter(reduction -> reduction.word().equals(word))
                .findFirst()
                .orElseGet(() -> {
                    List<String> words = Stream.of(known)
                            .map(reduction -> "'" + reduction.word() + "'")
                            .toList();
                    int last = words.size() - 1;
                    arguments.outOfRange(
                            "reduction", String.join(", ", words.subList(0, last)) + " or " + words.get(last));
                    return known[0];
                });
    }
}
