package org.espalier.generator.ir.op;

/** What an operation's kernel is given. */
public sealed interface Argument {
    /** A tensor. */
    record Operand(Value value) implements Argument {}

    /** A number. */
    record Real(double number) implements Argument {}

    /** A whole number. */
    record Whole(int number) implements Argument {}

    /** A condition. */
    record Flag(boolean set) implements Argument {}

    /** Sizes along height and width. */
    record Sizes(Window.Pair pair) implements Argument {}

    /** The window of a convolution or pool. */
    record Geometry(Window window) implements Argument {}

    /** The regularizer of a name. */
    record Regularizer(String name) implements Argument {}

    /** A word of the language, which kernels are not given. */
    record Word(String text) implements Argument {}

    /** What of the network a kernel needs, in the order in which kernels take it. */
    enum State implements Argument {
        /** Whether the network is being trained. */
        TRAINING,
        /** Its random numbers. */
        RANDOM,
        /** Whether the gradient of a parameter is added to what is there. */
        ACCUMULATE,
        /** Memory to compute in. */
        WORKSPACE
    }
}
