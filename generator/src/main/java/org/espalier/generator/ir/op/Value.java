package org.espalier.generator.ir.op;

import org.espalier.generator.source.SourceSpan;

/**
 * A tensor of a network. Written once by one operation (or given from outside), read by any number.
 *
 * @param name unique in its graph: the path of bound names in the {@code .net}, such as
 *     {@code unet.submodule.downconv}; gradients are named by {@link #gradientName}
 * @param element what its elements are
 * @param shape its shape
 * @param kind where it lives and who writes it
 * @param span what in the {@code .net} brought it about
 */
public record Value(String name, ElementType element, Shape shape, Kind kind, SourceSpan span) {
    /** Kind of a value: where it lives and who writes it. */
    public enum Kind {
        /** Given to {@code forward}. */
        INPUT,
        /** Given to the loss. */
        TARGET,
        /** Computed by a forward operation. */
        ACTIVATION,
        /** Computed by a forward operation only for its own backward: a mask, a mean. */
        SAVED,
        /** Learned. */
        PARAMETER,
        /** Kept between steps, written to the weights file, not learned: a running mean. */
        STATISTIC,
        /** Gradient of the loss by an input or activation. */
        GRADIENT,
        /** Gradient of the loss by a parameter. */
        PARAMETER_GRADIENT
    }

    /** One of floating-point numbers. */
    public Value(String name, Shape shape, Kind kind, SourceSpan span) {
        this(name, ElementType.FLOAT, shape, kind, span);
    }

    /** Tells whether its elements are whole numbers, by which there is no gradient. */
    public boolean isWhole() {
        return element == ElementType.INT;
    }

    /** {@code [batch, 3, 64, 64]}, and of whole numbers {@code int[batch, 64]}. */
    public String type() {
        return element.of(shape);
    }

    /** The name of a value's gradient: {@code d} and the name. */
    public static String gradientName(String name) {
        return "d " + name;
    }

    /** The gradient by this value. */
    public Value gradient() {
        Kind gradientKind = kind == Kind.PARAMETER ? Kind.PARAMETER_GRADIENT : Kind.GRADIENT;
        return new Value(gradientName(name), shape, gradientKind, span);
    }

    /** Tells whether memory for it is planned, as opposed to given by the caller or owned by the parameters. */
    public boolean isPlanned() {
        return kind == Kind.ACTIVATION || kind == Kind.SAVED || kind == Kind.GRADIENT;
    }

    @Override
    public String toString() {
        return "%" + name;
    }
}
