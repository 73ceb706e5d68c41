package org.espalier.generator.ir.op;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** An operation of a forward pass: a layer of the network, which can be differentiated. */
public interface ForwardOp extends Op {
    /**
     * Writes the gradients by what it read, given the gradient by its result: those of parameters first and that of its
     * input last, which is where the next layer goes on.
     */
    void backward(Tape tape);

    /** The operations that compute the same in evaluation mode, where nothing is random and statistics stand still. */
    default List<ForwardOp> evaluated() {
        return List.of(this);
    }

    /** Writes the nodes of ONNX that compute the same in evaluation mode, or refuses. */
    default void onnx(OnnxNodes nodes) {
        nodes.refuse("it has no form in ONNX");
    }

    /**
     * Links places along axes of operands to those of its result that they are. Nothing can be removed along axes that
     * it says nothing of. An operation that computes each element from the elements at the same place links all.
     */
    default List<AxisLink> links() {
        return isElementwise() ? AxisLink.ofSameSizes(signature()) : List.of();
    }

    /**
     * The number that all elements of its result have at a place along an axis, if it follows from those that operands
     * have there; NaN if not.
     *
     * @param operands the number of each operand that has elements at the place; NaN if they differ
     */
    default double constant(List<Double> operands) {
        return Double.NaN;
    }

    /** The operands that a gradient by its result leads to; each gets one contribution from {@link #backward}. */
    default List<Value> differentiable() {
        return inputs();
    }

    /** Tells whether scaling what it reads changes nothing, as in a normalization. */
    default boolean isScaleInvariant() {
        return false;
    }

    /** The range of its result, where it is known whatever it reads. */
    default Optional<Range> range() {
        return Optional.empty();
    }

    /** The number that the elements of an input of whole numbers are below, counted from 0; empty if there is none. */
    default OptionalInt limit(Value whole) {
        return OptionalInt.empty();
    }

    /**
     * Marks a result whose elements along an axis are probabilities of exclusive cases.
     *
     * @param axis of the result
     * @param logarithms whether they are the logarithms of them
     */
    record Probabilities(int axis, boolean logarithms) {}

    /** Returns the axis along which its result is probabilities of cases, if that is what it computes. */
    default Optional<Probabilities> probabilities() {
        return Optional.empty();
    }

    /** Tells whether adding a number to each channel (axis 1) of what it reads changes nothing. */
    default boolean cancelsChannelShifts() {
        return false;
    }

    /** Scaling and shifting of the channels of what it reads, if that is all that it computes. */
    default Optional<WeightedOp.Scaling> scaling() {
        return Optional.empty();
    }

    /** Returns the value whose last two axes it exchanges, if that is all that it does. */
    default Optional<Value> transposed() {
        return Optional.empty();
    }

    /** Returns the parts that it takes of a value along an axis, if that is all that it does. */
    default Optional<Effect.Slices> slices() {
        return Optional.empty();
    }

    /**
     * Returns an operation that computes the same and reads matrices where they lie, instead of their transposes, as
     * far as its kernel can.
     *
     * @param original the matrix that a value is the transpose of, if it is one
     */
    default ForwardOp untransposed(Function<Value, Optional<Value>> original) {
        return this;
    }

    /** The axis of its result along which its bias lies, if it has one. */
    default int biasAxis() {
        return 1;
    }

    /** The window that it slides over what it reads, by whose strides its result is smaller. */
    default Optional<WindowGeometry> slides() {
        return Optional.empty();
    }
}
