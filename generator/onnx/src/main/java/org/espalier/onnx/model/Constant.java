package org.espalier.onnx.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor whose numbers are known: an initializer of a model, or what follows from such. Numbers are kept as floats
 * where they were floats, whole numbers exactly.
 */
public final class Constant {
    private final ElementKind kind;
    private final List<Long> shape;
    private final float @Nullable [] floats;
    private final double[] doubles;
    private final long[] wholes;
    private final @Nullable String name;
    private final boolean learned;

    private Constant(
            ElementKind kind,
            List<Long> shape,
            float @Nullable [] floats,
            double[] doubles,
            long[] wholes,
            @Nullable String name,
            boolean learned) {
        this.kind = kind;
        this.shape = List.copyOf(shape);
        this.floats = floats;
        this.doubles = doubles;
        this.wholes = wholes;
        this.name = name;
        this.learned = learned;
    }

    /** Floats, which the constant keeps. */
    public static Constant ofFloats(List<Long> shape, float[] numbers) {
        return new Constant(ElementKind.REAL, shape, numbers, new double[0], new long[0], null, false);
    }

    /** Doubles, which the constant keeps. */
    public static Constant ofDoubles(List<Long> shape, double[] numbers) {
        return new Constant(ElementKind.REAL, shape, null, numbers, new long[0], null, false);
    }

    /** Whole numbers, which the constant keeps. */
    public static Constant ofWholes(List<Long> shape, long[] numbers) {
        return new Constant(ElementKind.WHOLE, shape, null, new double[0], numbers, null, false);
    }

    /** Truth values as 0 and 1, which the constant keeps. */
    public static Constant ofTruths(List<Long> shape, long[] numbers) {
        return new Constant(ElementKind.TRUTH, shape, null, new double[0], numbers, null, false);
    }

    /** Whole numbers along one axis. */
    public static Constant vector(long... numbers) {
        return ofWholes(List.of((long) numbers.length), numbers);
    }

    /** A single number without axes. */
    public static Constant scalar(double number) {
        return ofDoubles(List.of(), new double[] {number});
    }

    /** Numbers of a kind, rounded as the kind has it. */
    public static Constant of(ElementKind kind, List<Long> shape, double[] numbers) {
        return switch (kind) {
            case REAL -> ofDoubles(shape, numbers);
            case WHOLE ->
                ofWholes(shape, Arrays.stream(numbers).mapToLong(x -> (long) x).toArray());
            case TRUTH ->
                ofTruths(
                        shape,
                        Arrays.stream(numbers).mapToLong(x -> x == 0 ? 0 : 1).toArray());
        };
    }

    /** The same under a name of the model; what is learned becomes a parameter. */
    public Constant named(String newName, boolean isLearned) {
        return new Constant(kind, shape, floats, doubles, wholes, newName, isLearned);
    }

    /** The same numbers under another shape of as many elements. */
    public Constant reshaped(List<Long> newShape) {
        return new Constant(kind, newShape, floats, doubles, wholes, name, learned);
    }

    /** The kind of its elements. */
    public ElementKind kind() {
        return kind;
    }

    /** Its sizes, the last axis fastest. */
    public List<Long> shape() {
        return shape;
    }

    /** The number of its axes. */
    public int rank() {
        return shape.size();
    }

    /** The size of an axis. */
    public long size(int axis) {
        return shape.get(axis);
    }

    /** The number of its elements. */
    public int count() {
        return kind != ElementKind.REAL ? wholes.length : floats != null ? floats.length : doubles.length;
    }

    /** The name that the model has for it, if any. */
    public @Nullable String name() {
        return name;
    }

    /** Tells whether it is, or comes of, an initializer of real numbers, which training may change. */
    public boolean learned() {
        return learned;
    }

    /** An element by its place in memory. */
    public double at(int place) {
        return kind != ElementKind.REAL ? wholes[place] : floats != null ? floats[place] : doubles[place];
    }

    /** A whole number by its place in memory. */
    public long wholeAt(int place) {
        return kind != ElementKind.REAL ? wholes[place] : (long) at(place);
    }

    /** All whole numbers. */
    public List<Long> wholeNumbers() {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            all.add(wholeAt(i));
        }
        return all;
    }

    /** All numbers. */
    public double[] numbers() {
        double[] all = new double[count()];
        for (int i = 0; i < all.length; i++) {
            all[i] = at(i);
        }
        return all;
    }

    /** Tells whether every element is this number. */
    public boolean isEverywhere(double number) {
        for (int i = 0; i < count(); i++) {
            if (at(i) != number) {
                return false;
            }
        }
        return true;
    }

    /** {@code conv.weight [8, 3, 3, 3]}. */
    @Override
    public String toString() {
        return (name == null ? "constant" : name) + " " + shape;
    }
}
