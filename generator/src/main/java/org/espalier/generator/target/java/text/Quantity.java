package org.espalier.generator.target.java.text;

/**
 * A constant of generated code that may differ from one object of a class to another: then the class is given it.
 *
 * @param type of the constant
 * @param value as Java has it
 * @param suggestion what to call it
 * @param owner the tensor that it is of, by which it is called if another quantity has that name already; or nothing
 */
public record Quantity(Type type, String value, String suggestion, String owner) {
    /** The types of constants. */
    public enum Type {
        /** A whole number, such as the size of an axis. */
        SIZE,
        /** A real number. */
        NUMBER,
        /** A condition. */
        FLAG,
        /** The window of a convolution or pool. */
        WINDOW,
        /** The regularizer of a parameter or an activity. */
        REGULARIZER,
        /** A formula of the places of a buffer's elements. */
        PLACES
    }

    /** A constant that is of no tensor. */
    public Quantity(Type type, String value, String suggestion) {
        this(type, value, suggestion, "");
    }

    /** The size of an axis. */
    public static Quantity size(long size, String suggestion) {
        return new Quantity(Type.SIZE, String.valueOf(size), suggestion);
    }

    /** The size of an axis of a tensor. */
    public static Quantity size(long size, String suggestion, String owner) {
        return new Quantity(Type.SIZE, String.valueOf(size), suggestion, owner);
    }
}
