package org.espalier.generator.elaborate.language;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/** A layer of the language with its arguments: its shape rule and the operations it becomes. */
public interface LayerRule {
    /** Returns the name that a layer has by default: {@code conv}. */
    String kind();

    /** Counts the tensors that it takes. */
    default int inputCount() {
        return 1;
    }

    /** Counts the tensors that it makes. */
    default int outputCount() {
        return 1;
    }

    /**
     * Returns what an application takes, as PyTorch's {@code forward} does, if that is more than as many tensors as
     * there are inputs.
     */
    default Optional<Signature> forward() {
        return Optional.empty();
    }

    /** The layer as it is where it is applied with such arguments; its tensors are the inputs, in their order. */
    default LayerRule applied(Arguments arguments) {
        return this;
    }

    /** The value of an application that makes these tensors: one as it is, or a tuple of several. */
    default Datum result(List<Datum.Tensor> tensors) {
        return tensors.size() == 1 ? tensors.get(0) : new Datum.Tuple(List.copyOf(tensors));
    }

    /** Returns the name behind that of the layer which a result other than the first has. */
    default String resultName(int place) {
        return String.valueOf(place);
    }

    /** The element type of the tensors that it takes. */
    default ElementType takes() {
        return ElementType.FLOAT;
    }

    /** The same of one of several tensors, by its place. */
    default ElementType takes(int input) {
        return takes();
    }

    /** Tells whether a tensor, by its place, may have elements of either type. */
    default boolean takesEither(int input) {
        return false;
    }

    /**
     * Tells whether it computes with whole numbers too, as floating-point ones: comparisons, arithmetic, sums and moves
     * of what masks are made of.
     */
    default boolean convertsWhole() {
        return false;
    }

    /** Its shape rule: a shape for each tensor that it makes. */
    Fit fit(List<Shape> inputs);

    /** Adds the operations that make its outputs of its inputs, with its parameters; each output is written once. */
    void lower(Wiring wiring, List<Value> inputs, List<Value> outputs);

    /** The value that it stands for, without an operation, if it takes no tensors. */
    default Optional<Value> source(Wiring wiring) {
        return Optional.empty();
    }

    /** Tells whether its inputs may lie along a sample alone, without the batch, as parameters do. */
    default boolean takesParameters() {
        return false;
    }

    /** Tells whether {@code y} takes the place of {@code x} in memory, as PyTorch's {@code inplace=True} means it. */
    default boolean inPlace() {
        return false;
    }

    /** Tells whether {@code y} is another view of the numbers of {@code x}. */
    default boolean isView() {
        return false;
    }

    /** Tells whether it hands its input on, so that there is no operation. */
    default boolean isIdentity() {
        return false;
    }

    /** Tells whether it makes its input's scale irrelevant. */
    default boolean isNormalization() {
        return false;
    }

    /** Tells whether layers of this kind have parameters, though this one may be without. */
    default boolean isOfParameters() {
        return isNormalization();
    }

    /** Returns the penalty given as {@code weight_regularizer}. */
    default Optional<Penalty> weightPenalty() {
        return Optional.empty();
    }

    /** Returns the penalty given as {@code bias_regularizer}. */
    default Optional<Penalty> biasPenalty() {
        return Optional.empty();
    }
}
