package org.espalier.generator.ir.op;

import java.util.List;
import java.util.stream.Stream;

/**
 * One operation of a program: reads values, writes values. It says itself what passes need to know of it, so that none
 * of them lists operations: how it is printed and called, what is wrong with it, what it does to memory and costs,
 * which work of its neighbours it takes over. Each operation has one file in {@code layer}.
 *
 * <p>Notation: {@code x} input, {@code y} output, {@code W} weight, {@code b} bias, {@code d…} the gradient of the loss
 * by something.
 */
public interface Op {
    /** The layer this belongs to. */
    Origin origin();

    /** Its name, operands, results and attributes: how it is printed and called. */
    OpSignature signature();

    /** Returns the values that it reads. */
    default List<Value> inputs() {
        return signature().operands();
    }

    /** Operands whose elements are whole numbers; those of all others are floating-point numbers. */
    default List<Value> wholeInputs() {
        return List.of();
    }

    /**
     * Returns the values that it writes, its result first, unless it is {@link Fused}. A value is written exactly once
     * in a program, save gradients of parameters that several operations share: see {@code Program}.
     */
    default List<Value> outputs() {
        return signature().outputs();
    }

    /** Lists what is wrong with the shapes of its operands; nothing of a valid operation. */
    List<String> violations();

    /** Returns its effect on memory. */
    default Effect effect() {
        return Effect.COMPUTES;
    }

    /**
     * Lists operands and results whose matrices, the last two axes, may have any strides as long as their rows or their
     * columns are contiguous; all others need samples in the order of their axes, without gaps.
     */
    default List<Value> strided() {
        return List.of();
    }

    /**
     * Multiplications of a sample's elements by weights, each with its addition, as papers count the work of networks.
     * Everything else (biases, activations, normalization) is left out, as they leave it out.
     */
    default long multiplyAdds() {
        return 0;
    }

    /** Returns the value that it computes, as opposed to those that it saves. */
    default Value result() {
        return signature().results().get(0);
    }

    /** The call of its kernel, where memory is planned so that it has something to do. */
    default KernelCall call() {
        return KernelCall.of(signature());
    }

    /** The work of its neighbours that its kernel takes over. */
    default Epilogues epilogues() {
        return Epilogues.NONE;
    }

    /** Tells whether it computes each element of its result from the elements at the same place. */
    default boolean isElementwise() {
        Effect effect = effect();
        OpSignature signature = signature();
        Shape shape = signature.results().get(0).shape();
        return (effect instanceof Effect.MayOverwrite || effect instanceof Effect.Reshapes)
                && Stream.concat(signature.operands().stream(), signature.outputs().stream())
                        .allMatch(value -> value.shape().equals(shape));
    }
}
