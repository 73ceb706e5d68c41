package org.espalier.generator.elaborate.lowering;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Layer.Joining;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.elementwise.Broadcasting;
import org.espalier.generator.layer.elementwise.Elementwise;

/** Shape rules of concatenation along axis 1 and of addition. */
final class Joinery {
    /**
     * Maximum number of parts that one operation concatenates. It becomes one call with as many arguments, and HotSpot
     * does not compile a method of 8,000 bytecodes and more.
     */
    static final int PARTS = 200;

    private Joinery() {}

    /**
     * The reason why tensors cannot be joined; empty if they can.
     *
     * @param only the one axis behind the channels along which they must agree, if not along all
     */
    static Optional<Fit.Misfit> misfit(Joining joining, List<Value> parts, OptionalInt only) {
        boolean concat = joining == Joining.CONCAT;
        Shape first = parts.get(0).shape();
        boolean fits = parts.stream()
                .map(Value::shape)
                .allMatch(shape -> shape.rank() == first.rank()
                        && (concat ? shape.rank() >= 2 : channels(shape).equals(channels(first)))
                        && behindChannels(shape, only).equals(behindChannels(first, only)));
        if (fits && concat && Limits.elements(channels(parts), rest(first)) > Limits.TENSOR_ELEMENTS) {
            return Optional.of(new Fit.Misfit(
                    DiagnosticCode.TENSOR_TOO_LARGE,
                    List.of("the concatenation", shapes(parts), Limits.TENSOR_ELEMENTS),
                    Optional.empty()));
        }
        if (fits) {
            return Optional.empty();
        }
        return Optional.of(new Fit.Misfit(
                DiagnosticCode.MERGE_MISMATCH,
                List.of(
                        concat ? "concatenation" : "addition",
                        concat ? "tensors that differ only in their channels" : "tensors of one shape",
                        shapes(parts)),
                Optional.empty()));
    }

    /** The sizes up to the channels; those of a tensor without any, none. */
    private static List<Integer> channels(Shape shape) {
        return shape.dimensions().stream().limit(1).toList();
    }

    private static List<Integer> behindChannels(Shape shape, OptionalInt only) {
        return only.isPresent() && only.getAsInt() < shape.rank()
                ? List.of(shape.axis(only.getAsInt()))
                : shape.dimensions().stream().skip(1).toList();
    }

    private static long channels(List<Value> parts) {
        return parts.stream().mapToLong(part -> part.shape().axis(1)).sum();
    }

    private static long rest(Shape shape) {
        return shape.elements() / shape.axis(1);
    }

    private static String shapes(List<Value> parts) {
        return parts.stream().map(part -> part.shape().toString()).collect(Collectors.joining(" and "));
    }

    /** The parts as groups of at most {@link #PARTS} that lie side by side, none much smaller than another. */
    static List<List<Value>> groups(List<Value> parts) {
        int count = (parts.size() + PARTS - 1) / PARTS;
        List<List<Value>> groups = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            groups.add(parts.subList(i * parts.size() / count, (i + 1) * parts.size() / count));
        }
        return groups;
    }

    /** The sum of so many tensors, repeated where they lack axes. */
    static Broadcasting sum(int parts) {
        List<String> variables =
                IntStream.rangeClosed(1, parts).mapToObj(i -> "x" + i).toList();
        return new Broadcasting(
                Elementwise.formula(Joining.ADD.word(), variables, String.join(" + ", variables), Map.of()));
    }

    /** The shape of a concatenation. */
    static Shape concatenated(List<Value> parts) {
        List<Integer> sizes = new ArrayList<>(parts.get(0).shape().dimensions());
        sizes.set(0, Math.toIntExact(channels(parts)));
        return new Shape(true, sizes);
    }
}
