package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * A part of a tensor, as {@code x[:, 0:3, ::2, -1]} says it: an index takes one element of an axis and drops the axis,
 * a slice takes some of it, and bounds beyond an axis are its ends, all as in Python. A batch stays whole.
 *
 * @param word for messages
 * @param parts what becomes of each axis, if the shape has them
 */
public record Subscript(String word, Parts parts) implements UnaryRule {
    /** Parts that are taken of the axes of a shape, the batch first. */
    public interface Parts {
        Optional<List<Part>> of(Shape x);
    }

    /** Part that a subscript takes of an axis. */
    public sealed interface Part {
        /** It stays. */
        record Whole() implements Part {}

        /** One element, counted from the end if below 0. */
        record At(long index) implements Part {}

        /** Some elements. */
        record Range(OptionalLong start, OptionalLong stop, long step) implements Part {
            private int from(int size) {
                return clamped(start.orElse(0), size);
            }

            private int count(int size) {
                int from = from(size);
                int to = clamped(stop.orElse(size), size);
                return to <= from ? 0 : (int) ((to - from - 1) / step + 1);
            }

            private static int clamped(long bound, int size) {
                return (int) Math.max(0, Math.min(size, bound < 0 ? bound + size : bound));
            }
        }

        /** A new axis of size 1. */
        record NewAxis() implements Part {}

        /** As many axes as are left. */
        record Rest() implements Part {}
    }

    public static final List<Builtin> ALL = List.of(
            TensorFunction.of(
                    Signature.of("narrow")
                            .required("input", Type.TENSOR)
                            .required("dim", Type.INT)
                            .required("start", Type.INT)
                            .required("length", Type.INT)
                            .build(),
                    Subscript::narrow),
            TensorFunction.of(
                    Signature.of("select")
                            .required("input", Type.TENSOR)
                            .required("dim", Type.INT)
                            .required("index", Type.INT)
                            .build(),
                    arguments -> {
                        Axis axis = Axis.any(arguments, "dim");
                        long index = ((Datum.Int) arguments.get("index")).value();
                        return element("select", axis, index);
                    }));

    /** One element of an axis, which is dropped. */
    static Subscript element(String word, Axis axis, long index) {
        return new Subscript(word, x -> along(x, axis, new Part.At(index)));
    }

    /** One of the parts of a size that an axis has, the last of which may be shorter. */
    static Subscript section(Axis axis, int each, long index) {
        return new Subscript("split", x -> {
            if (!axis.isOf(x)) {
                return Optional.empty();
            }
            int size = x.axis(axis.of(x));
            int count = (size + each - 1) / each;
            long place = index < 0 ? index + count : index;
            return place < 0 || place >= count
                    ? Optional.empty()
                    : along(
                            x,
                            axis,
                            new Part.Range(OptionalLong.of(place * each), OptionalLong.of((place + 1) * each), 1));
        });
    }

    private static Subscript narrow(Arguments arguments) {
        Axis axis = Axis.any(arguments, "dim");
        int length = arguments.integer("length", 1);
        long start = ((Datum.Int) arguments.get("start")).value();
        return new Subscript("narrow", x -> {
            long from = axis.isOf(x) && start < 0 ? start + x.axis(axis.of(x)) : start;
            boolean fits = axis.isOf(x) && from >= 0 && from + length <= x.axis(axis.of(x));
            return fits
                    ? along(x, axis, new Part.Range(OptionalLong.of(from), OptionalLong.of(from + length), 1))
                    : Optional.empty();
        });
    }

    private static Optional<List<Part>> along(Shape x, Axis axis, Part part) {
        if (!axis.isOf(x)) {
            return Optional.empty();
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            parts.add(i == axis.of(x) ? part : new Part.Whole());
        }
        return Optional.of(parts);
    }

    /** A subscript as it is written; what it leaves out at its end stays whole. */
    public static Subscript of(String word, List<Part> written) {
        return new Subscript(word, x -> expanded(x, written));
    }

    private static Optional<List<Part>> expanded(Shape x, List<Part> written) {
        long axes = written.stream()
                .filter(part -> !(part instanceof Part.NewAxis) && !(part instanceof Part.Rest))
                .count();
        if (axes > x.rank()) {
            return Optional.empty();
        }
        List<Part> parts = new ArrayList<>();
        List<Part> withRest = new ArrayList<>(written);
        if (written.stream().noneMatch(Part.Rest.class::isInstance)) {
            withRest.add(new Part.Rest());
        }
        for (Part part : withRest) {
            for (long i = axes; part instanceof Part.Rest && i < x.rank(); i++) {
                parts.add(new Part.Whole());
            }
            if (!(part instanceof Part.Rest)) {
                parts.add(part);
            }
        }
        return Optional.of(parts);
    }

    @Override
    public boolean convertsWhole() {
        return true;
    }

    @Override
    public String kind() {
        return "slice";
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        Optional<List<Part>> found = parts.of(x);
        if (found.isEmpty()) {
            return Fit.mismatch(word, "a tensor with these axes and elements", x);
        }
        if (x.batched() && !(found.get().get(0) instanceof Part.Whole)) {
            String rest = found.get().get(0) instanceof Part.At at ? String.valueOf(at.index()) : "…";
            return Fit.mismatch(word, "the whole batch, which is axis 0", x)
                    .withHelp("begin with a colon, which stands for the batch: x[:, " + rest + "]");
        }
        List<Integer> sizes = new ArrayList<>();
        int axis = 0;
        for (Part part : found.get()) {
            if (part instanceof Part.NewAxis) {
                sizes.add(1);
                continue;
            }
            int size = axis < x.firstAxis() ? 0 : x.axis(axis);
            if (part instanceof Part.Whole && axis >= x.firstAxis()) {
                sizes.add(size);
            } else if (part instanceof Part.Range range) {
                if (range.count(size) == 0) {
                    return Fit.mismatch(word, "elements that axis " + axis + " has", x);
                }
                sizes.add(range.count(size));
            } else if (part instanceof Part.At at && (at.index() >= size || at.index() < -size)) {
                return Fit.mismatch(word, "an element " + at.index() + " of axis " + axis, x);
            }
            axis++;
        }
        return new Fit.Fitting(new Shape(x.batched(), sizes));
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        Value part = x;
        int axis = 0;
        for (Part one : parts.of(x.shape()).orElseThrow()) {
            if (one instanceof Part.Range range) {
                int size = x.shape().axis(axis);
                part = taken(
                        wiring, part, axis, range.from(size), range.count(size), (int) Math.min(size, range.step()));
            } else if (one instanceof Part.At at) {
                int size = x.shape().axis(axis);
                part = slice(wiring, part, axis, (int) (at.index() < 0 ? at.index() + size : at.index()), 1);
            }
            axis += one instanceof Part.NewAxis ? 0 : 1;
        }
        wiring.add(new Reshape(wiring.origin(), part, y));
    }

    private static Value slice(Wiring wiring, Value x, int axis, int from, int count) {
        if (count == x.shape().axis(axis)) {
            return x;
        }
        Value part = wiring.between("part", x.shape().with(axis, count));
        wiring.add(new Slice(wiring.origin(), x, List.of(part), axis, List.of(from)));
        return part;
    }

    /** Every so many elements: the first of each group of them, and the last by itself if its group is not whole. */
    private static Value taken(Wiring wiring, Value x, int axis, int from, int count, int step) {
        if (step == 1 || count == 1) {
            return slice(wiring, x, axis, from, count);
        }
        int size = x.shape().axis(axis);
        boolean whole = from + count * step <= size;
        int groups = whole ? count : count - 1;
        Value covered = slice(wiring, x, axis, from, groups * step);
        Value grouped = wiring.between("grouped", x.shape().with(axis, groups).inserting(axis + 1, step));
        wiring.add(new Reshape(wiring.origin(), covered, grouped));
        Value first = slice(wiring, grouped, axis + 1, 0, 1);
        Value firsts = wiring.between("firsts", x.shape().with(axis, groups));
        wiring.add(new Reshape(wiring.origin(), first, firsts));
        if (whole) {
            return firsts;
        }
        Value last = slice(wiring, x, axis, from + groups * step, 1);
        Value all = wiring.between("all", x.shape().with(axis, count));
        wiring.add(new Concat(wiring.origin(), List.of(firsts, last), all, axis));
        return all;
    }
}
