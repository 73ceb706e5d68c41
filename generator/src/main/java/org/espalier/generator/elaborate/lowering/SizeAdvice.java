package org.espalier.generator.elaborate.lowering;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Session.Budget;
import org.espalier.generator.elaborate.language.Tensors;
import org.espalier.generator.elaborate.language.Trace;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;

/**
 * Looks for sizes of the inputs at which images meet that do not: what goes down and up again by strides comes back to
 * its size only from some. A size is named only if the network was laid out with it and all its images met.
 */
public final class SizeAdvice {
    /** Number of sizes that are tried one by one, in either direction from the size that was given. */
    private static final int STEPS = 64;

    /** Number of operations laid out in all before the search is given up. */
    private static final int OPERATIONS = 200_000;

    private static final Set<DiagnosticCode> ABOUT_SIZES = Set.of(
            DiagnosticCode.MERGE_MISMATCH,
            DiagnosticCode.WINDOW_TOO_LARGE,
            DiagnosticCode.WINDOW_IN_PADDING,
            DiagnosticCode.ONE_ELEMENT,
            DiagnosticCode.TENSOR_TOO_LARGE);

    private final Frame network;
    private final Trace trace;
    private final List<Value> inputs;
    private int laidOut;

    public SizeAdvice(Frame network, Trace trace, List<Value> inputs) {
        this.network = network;
        this.trace = trace;
        this.inputs = inputs;
    }

    /** Sizes along an axis that would do, and the product of the strides that they must be divisible by. */
    private record Axis(int axis, String name, int size, List<Integer> fitting, long factor) {

        String choice() {
            return fitting.stream().map(String::valueOf).collect(Collectors.joining(" or "));
        }

        boolean isOfStrides() {
            return factor > 1 && size % factor != 0 && fitting.stream().allMatch(other -> other % factor == 0);
        }
    }

    /** Advises what to do about images that do not meet; empty if nothing is found that would help. */
    Optional<String> help(Layer join, List<Value> parts, Trail trail) {
        int axes = parts.get(0).shape().axes();
        boolean areImages = axes > 0 && parts.stream().allMatch(part -> isImage(part.shape(), axes));
        if (!areImages
                || parts.stream().map(part -> Sizes.of(part.shape())).distinct().count() == 1) {
            return Optional.empty();
        }
        List<Value> heads =
                parts.stream().map(part -> trail.to(part).get(0)).distinct().toList();
        List<Long> factors = IntStream.range(0, axes)
                .mapToObj(axis -> factor(parts, trail, axis))
                .toList();
        for (int i = heads.size() - 1; i >= 0; i--) {
            Shape shape = heads.get(i).shape();
            if (isImage(shape, axes)) {
                Search search = new Search(join, shape);
                Optional<String> found = search.help(factors);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return parts.stream()
                .flatMap(part -> trail.to(part).stream())
                .flatMap(value -> trail.maker(value).stream())
                .flatMap(op -> shrinking(op).stream())
                .findFirst();
    }

    private static boolean isImage(Shape shape, int axes) {
        return shape.rank() > WindowGeometry.FIRST && shape.axes() == axes;
    }

    /** The inputs of one size, changed together. */
    private final class Search {
        private final Layer join;
        private final Shape shape;

        private Search(Layer join, Shape shape) {
            this.join = join;
            this.shape = shape;
        }

        private Optional<String> help(List<Long> factors) {
            List<Axis> axes = new ArrayList<>();
            for (int axis = WindowGeometry.FIRST; axis < shape.rank(); axis++) {
                if (!meets(shape, OptionalInt.of(axis))) {
                    Axis found = fitting(axis, factors.get(axis - WindowGeometry.FIRST));
                    if (found.fitting().isEmpty()) {
                        return Optional.empty();
                    }
                    axes.add(found);
                }
            }
            boolean found =
                    !axes.isEmpty() && combinations(axes).stream().allMatch(sizes -> meets(sizes, OptionalInt.empty()));
            return found ? Optional.of(text(axes)) : Optional.empty();
        }

        /** The nearest smaller and larger size that fit: a multiple of the strides, or else one found by counting. */
        private Axis fitting(int axis, long factor) {
            int size = shape.axis(axis);
            long below = (size - 1) / factor * factor;
            List<Integer> fitting = Stream.of(first(axis, below, -1), first(axis, below + factor, 1))
                    .flatMap(Optional::stream)
                    .toList();
            String name = Shape.axisNames(shape.axes()).get(axis - WindowGeometry.FIRST);
            return new Axis(axis, name, size, fitting, factor);
        }

        /** The first candidate if it fits, or else the first size that does, counted from the one that was given. */
        private Optional<Integer> first(int axis, long candidate, int step) {
            long size = shape.axis(axis);
            return LongStream.concat(
                            LongStream.of(candidate),
                            LongStream.rangeClosed(1, STEPS).map(i -> size + i * step))
                    .filter(other -> fits(axis, other))
                    .mapToObj(other -> (int) other)
                    .findFirst();
        }

        private boolean fits(int axis, long size) {
            return size >= 1
                    && size <= Limits.TENSOR_ELEMENTS
                    && meets(resized(shape, axis, (int) size), OptionalInt.of(axis));
        }

        private List<Shape> combinations(List<Axis> axes) {
            List<Shape> shapes = List.of(shape);
            for (Axis axis : axes) {
                shapes = shapes.stream()
                        .flatMap(one -> axis.fitting().stream().map(size -> resized(one, axis.axis(), size)))
                        .toList();
            }
            return shapes;
        }

        /**
         * Lays the network out over inputs of another size.
         *
         * @param only the one axis along which images must meet, if not along both
         * @return whether the join came about, and nothing about sizes was found anywhere
         */
        private boolean meets(Shape changed, OptionalInt only) {
            if (laidOut > OPERATIONS) {
                return false;
            }
            Diagnostics findings = new Diagnostics();
            Tensors tensors = new Tensors();
            List<Value> resized = inputs.stream()
                    .map(input -> tensors.reserved(
                            input.name(),
                            isChanged(input)
                                    ? Shape.batch(Sizes.of(changed)
                                            .behind(input.shape().axis(1)))
                                    : input.shape(),
                            input.kind(),
                            input.span()))
                    .toList();
            Lowering lowering = Lowering.trial(new Session(findings, new Budget()), network, tensors, only);
            lowering.run(trace, resized, "", List.of());
            laidOut += lowering.operations().size();
            return lowering.joined().contains(join)
                    && findings.toList().stream().map(Diagnostic::code).noneMatch(ABOUT_SIZES::contains);
        }

        private boolean isChanged(Value input) {
            return isImage(input.shape(), shape.axes())
                    && Sizes.of(input.shape()).equals(Sizes.of(shape));
        }

        private String text(List<Axis> axes) {
            String names =
                    inputs.stream().filter(this::isChanged).map(Value::name).collect(Collectors.joining(" and "));
            Axis first = axes.get(0);
            boolean ofStrides = axes.stream().allMatch(axis -> axis.isOfStrides() && axis.factor() == first.factor());
            String end = ofStrides ? " would be" : " would fit";
            List<String> all = axes.stream().map(Axis::name).toList();
            boolean areAlike =
                    axes.stream().allMatch(axis -> axis.choice().equals(first.choice()) && axis.size() == first.size());
            if (areAlike) {
                String which = axes.size() == 1
                        ? first.name() + " of " + names + " is "
                        : joined(all, "the ") + " of " + names + " are ";
                return "the " + which + first.size() + (ofStrides ? ", not divisible by " + strides(first) : "") + "; "
                        + first.choice() + end;
            }
            String neither = axes.size() == 2 ? ", neither of them divisible by " : ", none of them divisible by ";
            return "the " + first.name() + " of " + names + " is " + first.size() + " and the "
                    + joined(
                            axes.stream()
                                    .skip(1)
                                    .map(axis -> axis.name() + " " + axis.size())
                                    .toList(),
                            "the ")
                    + (ofStrides ? neither + strides(first) : "") + "; "
                    + joined(
                            axes.stream()
                                    .map(axis -> "a " + axis.name() + " of " + axis.choice())
                                    .toList(),
                            "")
                    + end;
        }

        /** {@code depth, the height and the width}, each but the first behind an article. */
        private String joined(List<String> words, String article) {
            String last = words.get(words.size() - 1);
            return words.size() == 1
                    ? last
                    : String.join(", " + article, words.subList(0, words.size() - 1)) + " and " + article + last;
        }

        private String strides(Axis axis) {
            return power(axis.factor()) + ", the product of the strides on the way down";
        }
    }

    private static Shape resized(Shape shape, int axis, int size) {
        List<Integer> sizes = new ArrayList<>(shape.dimensions());
        sizes.set(axis - 1, size);
        return new Shape(true, sizes);
    }

    /** The largest product of strides that leads to one of the parts. */
    private static long factor(List<Value> parts, Trail trail, int axis) {
        long largest = 1;
        for (Value part : parts) {
            long product = 1;
            for (Value value : trail.to(part)) {
                Optional<WindowGeometry> window = trail.maker(value).flatMap(ForwardOp::slides);
                product *= window.filter(down -> axis < down.axes())
                        .map(down -> down.stride().at(axis))
                        .orElse(1);
                if (product > Limits.TENSOR_ELEMENTS) {
                    return 1;
                }
            }
            largest = Math.max(largest, product);
        }
        return largest;
    }

    /** Advises {@code padding='same'} for a convolution that makes its image smaller by its kernel alone. */
    private static Optional<String> shrinking(ForwardOp op) {
        // Of what slides, convolutions have weights; pools have no padding='same'.
        boolean sameIsPossible = op.multiplyAdds() > 0
                && op.slides()
                        .filter(window -> window.stride().isAll(1)
                                && IntStream.range(0, window.axes())
                                        .allMatch(axis -> window.dilation().at(axis)
                                                        * (window.kernel().at(axis) - 1L)
                                                        % 2
                                                == 0))
                        .isPresent();
        if (!sameIsPossible) {
            return Optional.empty();
        }
        Shape from = op.inputs().get(0).shape();
        Shape to = op.outputs().get(0).shape();
        boolean smaller =
                IntStream.range(WindowGeometry.FIRST, to.rank()).anyMatch(axis -> to.axis(axis) < from.axis(axis));
        return Optional.of("no size of the input was found that would fit; "
                        + op.outputs().get(0).name() + " makes " + by(from) + " to " + by(to)
                        + ", which padding='same' would keep")
                .filter(text -> smaller);
    }

    /** {@code 25 x 30}. */
    private static String by(Shape shape) {
        return Sizes.of(shape).sizes().stream().map(String::valueOf).collect(Collectors.joining(" x "));
    }

    /** {@code 2^3 = 8}. */
    private static String power(long factor) {
        boolean ofTwo = Long.bitCount(factor) == 1 && factor > 2;
        return ofTwo ? "2^" + Long.numberOfTrailingZeros(factor) + " = " + factor : String.valueOf(factor);
    }
}
