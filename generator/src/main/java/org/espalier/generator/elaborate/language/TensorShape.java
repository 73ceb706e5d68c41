package org.espalier.generator.elaborate.language;

import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.source.SourceSpan;

/**
 * A declared tensor type.
 *
 * @param whole whether its elements are whole numbers ({@code int}) and not floating point ones
 * @param shape its shape
 * @param span where it is written
 */
public record TensorShape(boolean whole, Shape shape, SourceSpan span) {
    @Override
    public String toString() {
        return (whole ? "int" : "float") + shape;
    }
}
