package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.jspecify.annotations.Nullable;

/** Arithmetic on constants. What comes out has the name of the first, and is learned if that is. */
final class LoweredTensors {
    private LoweredTensors() {}

    /** Weights of a layer in order, without those that are null. */
    static Map<String, Constant> weights(@Nullable Object... namesAndConstants) {
        Map<String, Constant> weights = new LinkedHashMap<>();
        for (int i = 0; i < namesAndConstants.length; i += 2) {
            if (namesAndConstants[i + 1] instanceof Constant constant) {
                weights.put(String.valueOf(namesAndConstants[i]), constant);
            }
        }
        return weights;
    }

    private static Constant like(Constant of, List<Long> shape, float[] numbers) {
        return Constant.ofFloats(shape, numbers).named(of.name() == null ? "constant" : of.name(), of.learned());
    }

    /** [in, out] → [out, in]. */
    static Constant transposed(Constant of) {
        return permuted(of, List.of(1, 0));
    }

    static Constant permuted(Constant of, List<Integer> order) {
        List<Long> shape = order.stream().map(of::size).toList();
        int rank = shape.size();
        long[] strides = strides(of.shape());
        int[] from = new int[of.count()];
        long[] index = new long[rank];
        for (int i = 0; i < from.length; i++) {
            long place = 0;
            for (int axis = 0; axis < rank; axis++) {
                place += index[axis] * strides[order.get(axis)];
            }
            from[i] = (int) place;
            next(index, shape);
        }
        return taken(of, shape, from);
    }

    static long[] strides(List<Long> shape) {
        long[] strides = new long[shape.size()];
        long stride = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape.get(axis);
        }
        return strides;
    }

    static void next(long[] index, List<Long> shape) {
        for (int axis = index.length - 1; axis >= 0; axis--) {
            index[axis]++;
            if (index[axis] < shape.get(axis)) {
                return;
            }
            index[axis] = 0;
        }
    }

    /** Elements by their places. */
    static Constant taken(Constant of, List<Long> shape, int[] places) {
        if (of.kind() != ElementKind.REAL) {
            long[] wholes = Arrays.stream(places).mapToLong(of::wholeAt).toArray();
            return of.kind() == ElementKind.TRUTH ? Constant.ofTruths(shape, wholes) : Constant.ofWholes(shape, wholes);
        }
        float[] floats = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            floats[i] = (float) of.at(places[i]);
        }
        return like(of, shape, floats);
    }

    static Constant scaled(Constant of, double factor) {
        if (factor == 1) {
            return of;
        }
        float[] numbers = new float[of.count()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (of.at(i) * factor);
        }
        return like(of, of.shape(), numbers);
    }

    /** A vector of a size, from one, or from a single number. */
    static Constant filled(Constant of, long size) {
        if (of.count() == size) {
            return of.reshaped(List.of(size));
        }
        float[] numbers = new float[Math.toIntExact(size)];
        Arrays.fill(numbers, (float) of.at(0));
        return like(of, List.of(size), numbers);
    }

    /** Part of an axis. */
    static Constant part(Constant of, int axis, long start, long count) {
        List<Long> shape = new ArrayList<>(of.shape());
        shape.set(axis, count);
        long[] strides = strides(of.shape());
        int[] places = new int[Math.toIntExact(ReshapeNodes.product(shape))];
        long[] index = new long[shape.size()];
        for (int i = 0; i < places.length; i++) {
            long place = start * strides[axis];
            for (int k = 0; k < index.length; k++) {
                place += index[k] * strides[k];
            }
            places[i] = (int) place;
            next(index, shape);
        }
        return taken(of, shape, places);
    }

    /** Constants one after the other along their first axis. */
    static Constant joined(List<Constant> parts) {
        List<Long> shape = new ArrayList<>(parts.get(0).shape());
        shape.set(0, parts.stream().mapToLong(part -> part.size(0)).sum());
        float[] numbers = new float[Math.toIntExact(ReshapeNodes.product(shape))];
        int place = 0;
        for (Constant part : parts) {
            for (int i = 0; i < part.count(); i++) {
                numbers[place++] = (float) part.at(i);
            }
        }
        return like(parts.get(0), shape, numbers);
    }

    static boolean isEverywhere(@Nullable Constant constant, double number) {
        return constant != null && constant.isEverywhere(number);
    }
}
