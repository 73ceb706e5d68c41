package org.espalier.generator.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.generator.formula.Derivative;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;

/**
 * A data loss of a network, or one of several that add up.
 *
 * @param function what is computed
 * @param scale factor in front of it ({@code loss 100 * L1Loss()})
 * @param operands of the function in its order: predictions, by which there are gradients, and what they are compared
 *     with, a target or a value by which the function has no gradient
 * @param span the clause
 */
public record Loss(Function function, double scale, List<Value> operands, SourceSpan span) {
    /** Copies the list. */
    public Loss {
        operands = List.copyOf(operands);
    }

    /** Returns the value that it judges, the first if there are several. */
    public Value prediction() {
        return operands.get(0);
    }

    /** Returns the second operand of a loss of a prediction and a target. */
    public Value target() {
        return operands.get(1);
    }

    /** Returns the operands by which it has a gradient. */
    public List<Value> judged() {
        return IntStream.range(0, operands.size())
                .filter(this::isJudged)
                .mapToObj(operands::get)
                .toList();
    }

    /** Tells whether it has a gradient by an operand. */
    public boolean isJudged(int operand) {
        Value value = operands.get(operand);
        return value.kind() != Value.Kind.TARGET && !value.isWhole() && function.isDifferentiable(operand);
    }

    /**
     * The names by which a report tells losses apart: the word of each; where a word occurs twice, with what it judges;
     * and where that does too, with a number.
     */
    public static List<String> names(List<Loss> losses) {
        List<String> words = losses.stream().map(loss -> loss.function().word()).toList();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < losses.size(); i++) {
            String word = words.get(i);
            boolean once = Collections.frequency(words, word) == 1;
            String name = once ? word : word + ":" + losses.get(i).prediction().name();
            String unique = name;
            for (int number = 2; names.contains(unique); number++) {
                unique = name + ":" + number;
            }
            names.add(unique);
        }
        return names;
    }

    /** One of PyTorch's losses with its arguments. */
    public sealed interface Function permits Kernel, Formula, ClassLoss, WeightedLoss, MarginLoss, CtcLoss {
        /** The word of the language. */
        String word();

        /** Returns the reduction of the elements' losses to one number. */
        Reduction reduction();

        /** The loss with kernels that it is; empty if it is a formula. */
        default Optional<Kind> kernel() {
            return Optional.empty();
        }

        /** Tells whether the target is class indices. */
        boolean isOfClasses();

        /** Returns the number of operands, predictions and targets. */
        default int arity() {
            return 2;
        }

        /** Tells whether it has a derivative by an operand. */
        default boolean isDifferentiable(int operand) {
            return operand == 0;
        }

        /** The element type of the target. */
        default ElementType targetElement() {
            return ElementType.FLOAT;
        }

        /** The shape of the target of a prediction. */
        default Shape targetShape(Shape prediction) {
            return prediction;
        }

        /**
         * The shape of an operand behind the prediction; empty if it may have several and that which it is given is
         * none of them.
         */
        default Optional<Shape> operandShape(int operand, Shape prediction, Optional<Shape> given) {
            return Optional.of(targetShape(prediction));
        }

        /** The shape of predictions that it takes; empty if it takes one of this shape. */
        default Optional<String> expects(Shape prediction) {
            return Optional.empty();
        }

        /** The arguments that are not as by default, besides the reduction: numbers, with spaces between several. */
        Map<String, String> attributes();

        /** The mean, with every argument as by default. */
        static Function mean(Kind kind) {
            return switch (kind) {
                case L1_LOSS, MSE_LOSS, SMOOTH_L1_LOSS, HUBER_LOSS ->
                    new Kernel(kind, Reduction.MEAN, OptionalDouble.empty());
                case BCE_LOSS, BCE_WITH_LOGITS_LOSS, MULTI_LABEL_SOFT_MARGIN_LOSS ->
                    new WeightedLoss(kind, Reduction.MEAN, List.of(), List.of());
                case NLL_LOSS, CROSS_ENTROPY_LOSS -> ClassLoss.mean(kind);
                case MULTI_MARGIN_LOSS, MULTI_LABEL_MARGIN_LOSS ->
                    new MarginLoss(kind, Reduction.MEAN, 1, 1, List.of());
                case CTC_LOSS -> new CtcLoss(Reduction.MEAN, 0, false);
            };
        }
    }

    /**
     * A loss of the difference of prediction and target that the runtime has a kernel of its own for.
     *
     * @param width where {@link Kind#SMOOTH_L1_LOSS} and {@link Kind#HUBER_LOSS} turn from a parabola into lines:
     *     PyTorch's {@code beta} and {@code delta}; the other losses have none
     */
    public record Kernel(Kind kind, Reduction reduction, OptionalDouble width) implements Function {
        @Override
        public Optional<Kind> kernel() {
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
        public Map<String, String> attributes() {
            return width.isPresent() ? Map.of(kind.width(), String.valueOf(width.getAsDouble())) : Map.of();
        }
    }

    /**
     * A loss that a formula gives for each element.
     *
     * @param written the call of the language, with the arguments that are not as by default; without any, the word
     * @param f the loss of one element, by its variables, which are the operands in their order
     */
    public record Formula(String written, Reduction reduction, Argument.Function f) implements Function {
        @Override
        public String word() {
            return written.replaceFirst("\\(.*", "");
        }

        @Override
        public boolean isOfClasses() {
            return false;
        }

        /** None: the formula has its numbers in it. */
        @Override
        public Map<String, String> attributes() {
            return Map.of();
        }

        @Override
        public int arity() {
            return f.variables().size();
        }

        @Override
        public boolean isDifferentiable(int operand) {
            return true;
        }

        /** The derivative by an operand. */
        public Argument.Function slope(int operand) {
            String variable = f.variables().get(operand);
            return new Argument.Function(
                    f.name() + "_backward" + (operand == 0 ? "" : "_" + variable),
                    f.variables(),
                    Derivative.of(f.value(), variable));
        }
    }

    /** Reduction of the elements' losses to one number. */
    public enum Reduction {
        /** Their mean; of losses by class indices, over the batch. */
        MEAN("mean"),
        /** Their sum. */
        SUM("sum"),
        /** Their sum, divided by the samples of the batch. */
        BATCH_MEAN("batchmean");

        private final String word;

        Reduction(String word) {
            this.word = word;
        }

        /** The word of the language. */
        public String word() {
            return word;
        }

        /** The reduction of a word of the language; empty if it is none. */
        public static Optional<Reduction> of(String word) {
            return Arrays.stream(values())
                    .filter(reduction -> reduction.word.equals(word))
                    .findFirst();
        }
    }

    /** Losses that have kernels: the loss of one element, with d = prediction − target. */
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
        CROSS_ENTROPY_LOSS("CrossEntropyLoss", ""),
        /** Σ max(0, margin − x[label] + x[i])ᵖ over the other classes i, divided by the number of classes. */
        MULTI_MARGIN_LOSS("MultiMarginLoss", ""),
        /** Σ max(0, 1 − x[label] + x[i]) over right classes and wrong ones, divided by the number of classes. */
        MULTI_LABEL_MARGIN_LOSS("MultiLabelMarginLoss", ""),
        /** −log of the probability of all ways to read a target from a sequence; {@link CtcLoss} has its operands. */
        CTC_LOSS("CTCLoss", ""),
        /** {@link #BCE_WITH_LOGITS_LOSS}, of which the classes of a sample are a mean also where samples are summed. */
        MULTI_LABEL_SOFT_MARGIN_LOSS("MultiLabelSoftMarginLoss", "");

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

        /** Returns the name of the width; empty if there is none. */
        public String width() {
            return width;
        }
    }

    /** Notes numbers with spaces between them, if there are any. */
    static void putNumbers(Map<String, String> attributes, String name, List<Double> numbers) {
        if (!numbers.isEmpty()) {
            attributes.put(name, numbers.stream().map(String::valueOf).collect(Collectors.joining(" ")));
        }
    }

    /** A mean, with every argument as by default. */
    public Loss(Kind kind, double scale, Value prediction, Value target, SourceSpan span) {
        this(Function.mean(kind), scale, List.of(prediction, target), span);
    }
}
