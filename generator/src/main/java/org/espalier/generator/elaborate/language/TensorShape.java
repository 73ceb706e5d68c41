package org.espalier.generator.elaborate.language;

import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.source.SourceSpan;

/**
 * A declared tensor type.
 *
 * @param element what its elements are
 * @param shape its shape
 * @param span where it is written
 */
public record TensorShape(ElementType element, Shape shape, SourceSpan span) {
    @Override
    public String toString() {
        return element.word() + shape;
    }
}
