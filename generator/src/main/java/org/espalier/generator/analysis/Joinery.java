package org.espalier.generator.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.analysis.Layer.Joining;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;

/** Shape rules of concatenation along axis 1 and of addition. */
final class Joinery {
    /**
     * How many parts one operation concatenates. It becomes one call with as many arguments, and HotSpot does not
     * compile a method of 8,000 bytecodes and more.
     */
    static final int PARTS = 200;

    private Joinery() {}

    /** Why tensors cannot be joined; empty if they can. */
    static Optional<Fit.Misfit> misfit(Joining joining, List<Value> parts, Trail trail) {
        boolean concat = joining == Joining.CONCAT;
        Shape first = parts.get(0).shape();
        boolean fits = parts.stream()
                .allMatch(part -> concat
                        ? behindChannels(part).equals(behindChannels(parts.get(0)))
                        : part.shape().equals(first));
        if (fits && concat && Limits.elements(channels(parts), rest(first)) > Limits.TENSOR_ELEMENTS) {
            return Optional.of(new Fit.Misfit(
                    DiagnosticCode.TENSOR_TOO_LARGE,
                    List.of("the concatenation", shapes(parts), Limits.TENSOR_ELEMENTS),
                    Optional.empty()));
        }
        if (fits) {
            return Optional.empty();
        }
        Fit.Misfit misfit = new Fit.Misfit(
                DiagnosticCode.MERGE_MISMATCH,
                List.of(
                        concat ? "concatenation" : "addition",
                        concat ? "tensors that differ only in their channels" : "tensors of one shape",
                        shapes(parts)),
                Optional.empty());
        return parts.stream()
                .flatMap(part -> Divisibility.explain(trail.to(part), trail).stream())
                .reduce((earlier, later) -> later)
                .map(misfit::withHelp)
                .or(() -> Optional.of(misfit));
    }

    private static List<Integer> behindChannels(Value part) {
        List<Integer> sizes = part.shape().dimensions();
        return sizes.isEmpty() ? List.of(-1) : sizes.subList(1, sizes.size());
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

    /** The shape of a concatenation. */
    static Shape concatenated(List<Value> parts) {
        List<Integer> sizes = new ArrayList<>(parts.get(0).shape().dimensions());
        sizes.set(0, Math.toIntExact(channels(parts)));
        return new Shape(true, sizes);
    }
}
