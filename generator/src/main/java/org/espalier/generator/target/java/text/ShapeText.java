package org.espalier.generator.target.java.text;

import java.util.List;
import org.espalier.generator.ir.op.Shape;

/** Shapes as text in which each size is a quantity. */
public final class ShapeText {
    private ShapeText() {}

    /** {@code [batch, 3, 64, 64]}. */
    public static Text of(Shape shape) {
        Text batch = shape.batched() ? Text.of("batch" + (shape.dimensions().isEmpty() ? "" : ", ")) : Text.EMPTY;
        return Text.of("[", batch, sizes(shape.dimensions(), "size"), "]");
    }

    /**
     * {@code 3, 64, 64}.
     *
     * @param suggestion what to call a size that is not always the same
     */
    public static Text sizes(List<Integer> sizes, String suggestion) {
        return Text.join(
                ", ",
                sizes.stream()
                        .map(size -> Text.of(Quantity.size(size, suggestion)))
                        .toList());
    }
}
