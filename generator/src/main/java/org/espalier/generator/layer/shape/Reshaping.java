package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * The same elements under another shape, which costs nothing: {@code reshape}, {@code view}, {@code unsqueeze},
 * {@code squeeze}. The batch stays the first axis.
 *
 * @param rule the new shape of an old one
 */
public record Reshaping(String word, Function<Shape, Fit> rule) implements UnaryRule {
    /** A size that is what the others leave. */
    private static final int REST = -1;

    public static final List<Builtin> ALL = List.of(
            reshape("reshape"),
            reshape("view"),
            TensorFunction.of(
                    Signature.of("unsqueeze")
                            .required("input", Type.TENSOR)
                            .required("dim", Type.INT)
                            .build(),
                    arguments -> {
                        int dim = Axis.read(arguments, "dim").dim();
                        return new Reshaping("unsqueeze", x -> unsqueezed(x, dim));
                    }),
            TensorFunction.of(
                    Signature.of("squeeze")
                            .required("input", Type.TENSOR)
                            .required("dim", Type.SIZES)
                            .build(),
                    arguments -> {
                        List<Axis> axes = Axis.readAll(arguments, "dim");
                        return new Reshaping("squeeze", x -> squeezed(x, axes));
                    }));

    private static Builtin reshape(String word) {
        return TensorFunction.of(
                Signature.of(word)
                        .required("input", Type.TENSOR)
                        .rest("shape", Type.AXIS_SIZE)
                        .build(),
                arguments -> {
                    List<Integer> sizes = sampleSizes(arguments);
                    return new Reshaping(word, x -> reshaped(word, x, sizes));
                });
    }

    /** The sizes behind the batch, given one by one or as a tuple. */
    private static List<Integer> sampleSizes(Arguments arguments) {
        List<Datum> given = arguments.rest("shape").stream()
                .flatMap(size -> Type.elements(size).stream())
                .toList();
        boolean batch = !given.isEmpty()
                && (given.get(0) instanceof Datum.BatchSize || given.get(0).equals(new Datum.Int(REST)));
        List<Integer> sizes = new ArrayList<>();
        int rests = given.isEmpty() || given.get(0) instanceof Datum.BatchSize ? 0 : 1;
        boolean fits = batch;
        for (Datum size : given.subList(Math.min(1, given.size()), given.size())) {
            boolean known = size instanceof Datum.Int whole && (whole.value() > 0 || whole.value() == REST);
            fits &= known && ((Datum.Int) size).value() <= Integer.MAX_VALUE;
            rests += size.equals(new Datum.Int(REST)) ? 1 : 0;
            sizes.add(fits ? (int) ((Datum.Int) size).value() : 1);
        }
        if (!fits || rests > 1) {
            arguments.outOfRange(
                    "shape",
                    batch
                            ? "sizes of at least 1, of which one may be -1"
                            : "sizes of which the first is batch, as in (batch, 8, -1)");
        }
        return sizes;
    }

    private static Fit reshaped(String word, Shape x, List<Integer> sizes) {
        long known = Limits.elements(sizes.stream()
                .filter(size -> size != REST)
                .mapToLong(size -> size)
                .toArray());
        boolean rest = sizes.contains(REST);
        if (rest ? x.elements() % known != 0 : x.elements() != known) {
            return Fit.mismatch(word, (rest ? "a multiple of " : "") + known + " elements in each sample", x);
        }
        return new Fit.Fitting(new Shape(
                true,
                sizes.stream()
                        .map(size -> size == REST ? (int) (x.elements() / known) : size)
                        .toList()));
    }

    private static Fit unsqueezed(Shape x, int dim) {
        int place = dim < 0 ? dim + x.rank() + 1 : dim;
        if (place < 1 || place > x.rank()) {
            return Fit.mismatch("unsqueeze", "a tensor with room for an axis " + dim, x);
        }
        List<Integer> sizes = new ArrayList<>(x.dimensions());
        sizes.add(place - 1, 1);
        return new Fit.Fitting(new Shape(true, sizes));
    }

    /** Axes of another size stay, as in PyTorch. */
    private static Fit squeezed(Shape x, List<Axis> axes) {
        Optional<Axis> missing = axes.stream().filter(axis -> !axis.isOf(x)).findFirst();
        if (missing.isPresent()) {
            return missing.get().misfit("squeeze", x);
        }
        List<Integer> places = axes.stream().map(axis -> axis.of(x)).toList();
        List<Integer> sizes = new ArrayList<>();
        for (int axis = 1; axis < x.rank(); axis++) {
            OptionalInt size =
                    places.contains(axis) && x.axis(axis) == 1 ? OptionalInt.empty() : OptionalInt.of(x.axis(axis));
            size.ifPresent(sizes::add);
        }
        return new Fit.Fitting(new Shape(true, sizes));
    }

    @Override
    public String kind() {
        return word;
    }

    @Override
    public boolean isView() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        return rule.apply(x);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        wiring.add(new Reshape(wiring.origin(), x, y));
    }
}
