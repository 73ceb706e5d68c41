package org.espalier.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * One input or target of a network: the shape of an example, and the columns that it is read from.
 *
 * <pre>
 *   Field.floats(784).from("pixels")                  // a column of arrays or vectors
 *   Field.floats(3).from("height", "width", "depth")  // three columns of numbers
 *   Field.ints().from("label")                        // class indices
 * </pre>
 *
 * @param type FLOAT, or INT for whole numbers
 * @param shape of an example, without the batch; none for one number
 * @param columns of a data frame; none if examples are made by the program
 */
public record Field(DataType type, List<Long> shape, List<String> columns) implements Serializable {
    /** Copies the lists. */
    public Field {
        shape = List.copyOf(shape);
        columns = List.copyOf(columns);
        if (type != DataType.FLOAT && type != DataType.INT32) {
            throw new IllegalArgumentException("expected a field of type FLOAT or INT, found " + type);
        }
    }

    /** Numbers of single precision. */
    public static Field floats(long... shape) {
        return new Field(DataType.FLOAT, Arrays.stream(shape).boxed().toList(), List.of());
    }

    /** Whole numbers. */
    public static Field ints(long... shape) {
        return new Field(DataType.INT32, Arrays.stream(shape).boxed().toList(), List.of());
    }

    /**
     * The same read from columns of a data frame.
     *
     * @param columns one of arrays or vectors, or as many of single numbers as the field has
     */
    public Field from(String... columns) {
        return new Field(type, shape, List.of(columns));
    }

    /** Number of an example's elements. */
    int length() {
        return Math.toIntExact(shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact));
    }

    /** The shape of so many examples. */
    long[] batchShape(int examples) {
        long[] all = new long[shape.size() + 1];
        all[0] = examples;
        for (int axis = 0; axis < shape.size(); axis++) {
            all[axis + 1] = shape.get(axis);
        }
        return all;
    }
}
