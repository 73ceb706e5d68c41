package org.espalier.generator.target.java.text;

import java.util.List;
import java.util.stream.IntStream;
import org.espalier.generator.ir.op.Shape;

/** Shapes as text in which each size is a quantity. */
public final class ShapeText {
    /** The axes of space, the last ones of an image or a volume. */
    private static final List<String> SPACE = List.of("depth", "height", "width");

    private ShapeText() {}

    /** {@code [batch, 3, 64, 64]}. */
    public static Text of(Shape shape) {
        Text batch = shape.batched() ? Text.of("batch" + (shape.dimensions().isEmpty() ? "" : ", ")) : Text.EMPTY;
        return Text.of("[", batch, of(shape, ""), "]");
    }

    /**
     * {@code 3, 64, 64}: the sizes behind the batch axis, named as those of sequences, images and volumes are.
     *
     * @param owner the tensor of this shape
     */
    public static Text of(Shape shape, String owner) {
        List<Integer> sizes = shape.dimensions();
        return Text.join(
                ", ",
                IntStream.range(0, sizes.size())
                        .mapToObj(axis -> Text.of(Quantity.size(sizes.get(axis), name(sizes, axis), owner)))
                        .toList());
    }

    private static String name(List<Integer> sizes, int axis) {
        if (axis == 0) {
            return sizes.size() == 1 ? "features" : "channels";
        }
        boolean square = sizes.stream().skip(1).distinct().count() == 1;
        if (square || sizes.size() > SPACE.size() + 1) {
            return "size";
        }
        return sizes.size() == 2 ? "length" : SPACE.get(SPACE.size() + axis - sizes.size());
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
