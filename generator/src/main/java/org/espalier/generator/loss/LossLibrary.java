package org.espalier.generator.loss;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.loss.LossDefinition.Numbers;

/** The losses of the standard library, in the order of the reference. */
public final class LossLibrary {
    private static final String SAMPLES = "[batch, 6]";

    public static final List<LossDefinition> ALL = Stream.concat(
                    Stream.of(
                            kernel(Loss.Kind.L1_LOSS).example("L1Loss()", "[batch, 3, 2, 2]"),
                            kernel(Loss.Kind.MSE_LOSS).example("MSELoss()", SAMPLES),
                            kernel(Loss.Kind.SMOOTH_L1_LOSS)
                                    .example("SmoothL1Loss()", SAMPLES)
                                    .example("SmoothL1Loss(beta=0.3)", SAMPLES),
                            kernel(Loss.Kind.HUBER_LOSS)
                                    .example("HuberLoss()", SAMPLES)
                                    .example("HuberLoss(delta=0.5)", SAMPLES),
                            kernel(Loss.Kind.BCE_LOSS)
                                    .of(Numbers.PROBABILITIES, Numbers.PROBABILITIES)
                                    .example("BCELoss()", SAMPLES),
                            kernel(Loss.Kind.BCE_WITH_LOGITS_LOSS)
                                    .of(Numbers.ANY, Numbers.PROBABILITIES)
                                    .example("BCEWithLogitsLoss()", SAMPLES),
                            kernel(Loss.Kind.NLL_LOSS)
                                    .of(Numbers.ANY, Numbers.CLASSES)
                                    .example("NLLLoss()", SAMPLES),
                            kernel(Loss.Kind.CROSS_ENTROPY_LOSS)
                                    .of(Numbers.ANY, Numbers.CLASSES)
                                    .example("CrossEntropyLoss()", SAMPLES)),
                    FormulaLosses.ALL.stream())
            .toList();

    private LossLibrary() {}

    private static LossDefinition kernel(Loss.Kind kind) {
        Signature.Builder signature = reducing(Signature.of(kind.word()));
        if (!kind.width().isEmpty()) {
            signature.byName(kind.width(), Type.FLOAT, new Datum.Real(1));
        }
        return LossDefinition.loss(
                signature.build(),
                arguments -> new Loss.Kernel(
                        kind, reduction(arguments, Loss.Reduction.MEAN, Loss.Reduction.SUM), width(kind, arguments)));
    }

    private static OptionalDouble width(Loss.Kind kind, Arguments arguments) {
        return kind.width().isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(arguments.real(kind.width(), value -> value > 0, "above 0"));
    }

    /** A signature with the parameter that all losses have. */
    static Signature.Builder reducing(Signature.Builder signature) {
        return signature.byName("reduction", Type.STRING, new Datum.Text(Loss.Reduction.MEAN.word()));
    }

    /** The reduction that is asked for, which must be one of these; the first if it is not, which is reported. */
    static Loss.Reduction reduction(Arguments arguments, Loss.Reduction... known) {
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
