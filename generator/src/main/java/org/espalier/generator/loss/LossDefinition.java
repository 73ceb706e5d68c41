package org.espalier.generator.loss;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.ir.Loss;

/**
 * A loss of the standard library: what it takes, what it computes, and examples, from which its tests follow (value and
 * gradient, PyTorch's numbers, the printed form), each with every reduction.
 *
 * @param callee the word of the language for it
 * @param prediction what numbers it judges
 * @param target what numbers it compares them with
 * @param examples one for each thing that it does differently
 */
public record LossDefinition(Builtin callee, Numbers prediction, Numbers target, List<Example> examples) {
    /** Copies the list. */
    public LossDefinition {
        examples = List.copyOf(examples);
    }

    /**
     * A loss of a prediction.
     *
     * @param loss as written in a {@code .net}: {@code HuberLoss(delta=0.5)}
     * @param prediction the shape of what it judges: {@code [batch, 6]}
     * @param target what numbers it compares that with
     */
    public record Example(String loss, String prediction, Numbers target) {}

    /** The numbers that a loss is made for, which its tests give it. */
    public enum Numbers {
        /** All that there are. */
        ANY,
        /** All that there are, of which no two differ by a margin. */
        APART,
        /** Above 0. */
        POSITIVE,
        /** Between 0 and 1. */
        PROBABILITIES,
        /** 0, 1, 2 and so on. */
        COUNTS,
        /** −1 and 1. */
        SIGNS,
        /** The index of a class, one for each sample, or for each place of it. */
        CLASSES,
        /** Indices of classes, several for each sample, and −1 behind them. */
        LABELS;

        /** Returns the word for it in a list of examples. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A loss of any numbers, in that signature, which a rule makes of its arguments. */
    static LossDefinition loss(Signature signature, Function<Arguments, Loss.Function> rule) {
        Builtin callee = new Builtin(
                Builtin.Kind.LOSS,
                signature,
                (site, arguments) -> Datum.LossDatum.of(rule.apply(arguments), site.span()));
        return new LossDefinition(callee, Numbers.ANY, Numbers.ANY, List.of());
    }

    /** The same, made for such numbers. */
    LossDefinition of(Numbers judged, Numbers compared) {
        return new LossDefinition(callee, judged, compared, examples);
    }

    /** The same with one more example. */
    LossDefinition example(String loss, String shape) {
        return example(loss, shape, target);
    }

    /** The same with one more example, which compares with other numbers than the others. */
    LossDefinition example(String loss, String shape, Numbers compared) {
        return new LossDefinition(
                callee,
                prediction,
                target,
                Stream.concat(examples.stream(), Stream.of(new Example(loss, shape, compared)))
                        .toList());
    }

    /** {@code HuberLoss}. */
    public String name() {
        return callee.name();
    }
}
