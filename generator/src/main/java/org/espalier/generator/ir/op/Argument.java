package org.espalier.generator.ir.op;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.formula.Formula;

/** Argument of an operation's kernel. */
public sealed interface Argument {
    /** A tensor. */
    record Operand(Value value) implements Argument {}

    /** Nothing, where a kernel takes a tensor that an operation may be without. */
    record Absent() implements Argument {}

    /** A tensor that may be there. */
    static Argument of(Optional<Value> value) {
        return value.<Argument>map(Operand::new).orElseGet(Absent::new);
    }

    /** A number. */
    record Real(double number) implements Argument {}

    /** A whole number. */
    record Whole(int number) implements Argument {}

    /** A condition. */
    record Flag(boolean set) implements Argument {}

    /** Sizes along the axes of a window. */
    record Sizes(WindowGeometry.Sizes sizes) implements Argument {}

    /** The window of a convolution or pool. */
    record Geometry(WindowGeometry window) implements Argument {}

    /** The regularizer of a name. */
    record Regularizer(String name) implements Argument {}

    /**
     * A formula that is applied to each element.
     *
     * @param name what it is called
     * @param variables its variables, in the order of the operands that stand for them
     */
    record Function(String name, List<String> variables, Formula value) implements Argument {
        /** Copies the list. */
        public Function {
            variables = List.copyOf(variables);
        }
    }

    /** The axes of a result along which the first axes of operands lie. */
    record Axes(List<Integer> axes) implements Argument {
        /** Copies the list. */
        public Axes {
            axes = List.copyOf(axes);
        }
    }

    /** A word of the language, which kernels are not given. */
    record Word(String text) implements Argument {}

    /** State of the network that a kernel needs, in the order in which kernels take it. */
    enum State implements Argument {
        /** True if the network is being trained. */
        TRAINING,
        /** Its random numbers. */
        RANDOM,
        /** True if the gradient of a parameter is added to what is there. */
        ACCUMULATE,
        /** Memory to compute in. */
        WORKSPACE
    }
}
