package org.espalier.generator.ir;

import java.util.OptionalDouble;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;

/**
 * The data loss of a network.
 *
 * @param function what is computed
 * @param scale factor in front of it ({@code loss 100 * L1Loss()})
 * @param prediction the output it judges
 * @param target what it is compared with
 * @param span the clause
 */
public record Loss(Function function, double scale, Value prediction, Value target, SourceSpan span) {
    /**
     * One of PyTorch's losses with its arguments.
     *
     * @param kind which
     * @param reduction how the elements' losses become one number
     * @param width where {@link Kind#SMOOTH_L1_LOSS} and {@link Kind#HUBER_LOSS} turn from a parabola into lines:
     *     PyTorch's {@code beta} and {@code delta}; the other losses have none
     */
    public record Function(Kind kind, Reduction reduction, OptionalDouble width) {
        /** The mean, of a loss without width. */
        public static Function mean(Kind kind) {
            return new Function(kind, Reduction.MEAN, OptionalDouble.empty());
        }
    }

    /** How the elements' losses become one number. */
    public enum Reduction {
        /** Their mean; of losses by class indices, over the batch. */
        MEAN,
        /** Their sum. */
        SUM
    }

    /** The loss of one element, with d = prediction − target. */
    public enum Kind {
        /** |d|. */
        L1_LOSS("L1Loss", ""),
        /** d². */
        MSE_LOSS("MSELoss", ""),
        /** d²/(2 beta) where |d| &lt; beta, else |d| − beta/2. */
        SMOOTH_L1_LOSS("SmoothL1Loss", "beta"),
        /** d²/2 where |d| ≤ delta, else delta (|d| − delta/2). */
        HUBER_LOSS("HuberLoss", "delta"),
        /** −t log p − (1 − t) log(1 − p), each logarithm at least −100. */
        BCE_LOSS("BCELoss", ""),
        /** The same of p = σ(prediction), without overflow. */
        BCE_WITH_LOGITS_LOSS("BCEWithLogitsLoss", ""),
        /** −prediction[label], of logarithms of probabilities; the target is {@code [batch]} class indices. */
        NLL_LOSS("NLLLoss", ""),
        /** −log softmax(logits)[label]; the target is {@code [batch]} class indices. */
        CROSS_ENTROPY_LOSS("CrossEntropyLoss", "");

        private final String word;
        private final String width;

        Kind(String word, String width) {
            this.word = word;
            this.width = width;
        }

        /** The word of the language. */
        public String word() {
            return word;
        }

        /** What the width is called; empty if there is none. */
        public String width() {
            return width;
        }

        /** Whether the target is class indices. */
        public boolean isOfClasses() {
            return this == NLL_LOSS || this == CROSS_ENTROPY_LOSS;
        }
    }

    /** A mean, of a loss without width. */
    public Loss(Kind kind, double scale, Value prediction, Value target, SourceSpan span) {
        this(Function.mean(kind), scale, prediction, target, span);
    }

    /** Which loss. */
    public Kind kind() {
        return function.kind();
    }
}
