package org.espalier.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;

/** Inputs and targets of one example, as Spark moves them: arrays of Java, each in 'c' order. */
public final class Example implements Serializable {
    private static final long serialVersionUID = 1;

    private final Object[] arrays;

    private Example(Object... arrays) {
        this.arrays = arrays;
    }

    /** One input and one target. */
    public static Example of(float[] input, float... target) {
        return new Example(input, target);
    }

    /** One input and a class index. */
    public static Example of(float[] input, int target) {
        return new Example(input, new int[] {target});
    }

    /** One input of whole numbers, and class indices. */
    public static Example of(int[] input, int... target) {
        return new Example(input, target);
    }

    /**
     * Several inputs and targets.
     *
     * @param inputs {@code float[]} or {@code int[]} each
     * @param targets {@code float[]} or {@code int[]} each; none for predictions
     */
    public static Example of(List<?> inputs, List<?> targets) {
        return new Example(Stream.concat(inputs.stream(), targets.stream()).toArray());
    }

    /**
     * Copies a field's elements to those of many examples.
     *
     * @throws IllegalArgumentException if they are of another type or number
     */
    void copy(int field, Field wanted, Object to, int at) {
        Object from = field < arrays.length ? arrays[field] : "nothing";
        boolean isFloat = wanted.type() == DataType.FLOAT;
        int length = from instanceof float[] floats && isFloat
                ? floats.length
                : from instanceof int[] ints && !isFloat ? ints.length : -1;
        if (length != wanted.length()) {
            throw new IllegalArgumentException("expected an example whose array " + (field + 1) + " has "
                    + wanted.length() + (isFloat ? " floats" : " ints") + ", as its field " + wanted + " says, found "
                    + describe(from));
        }
        System.arraycopy(from, 0, to, at, length);
    }

    private static String describe(Object found) {
        if (found instanceof float[] floats) {
            return floats.length + " floats";
        }
        return found instanceof int[] ints ? ints.length + " ints" : String.valueOf(found);
    }

    @Override
    public String toString() {
        return "Example" + Arrays.stream(arrays).map(Example::describe).toList();
    }
}
