package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
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
 * {@code squeeze}. A batch stays the first axis; what has none, such as a parameter, gets none.
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
                        Axis axis = Axis.any(arguments, "dim");
                        return new Reshaping("unsqueeze", x -> unsqueezed(x, axis));
                    }),
            TensorFunction.of(
                    Signature.of("squeeze")
                            .required("input", Type.TENSOR)
                            .with("dim", Type.SIZES, new Datum.None())
                            .build(),
                    arguments -> {
                        Optional<List<Axis>> axes =
                                arguments.isNone("dim") ? Optional.empty() : Optional.of(Axis.all(arguments, "dim"));
                        return new Reshaping("squeeze", x -> squeezed(x, axes.orElseGet(() -> all(x))));
                    }));

    private static Builtin reshape(String word) {
        return TensorFunction.of(
                Signature.of(word)
                        .required("input", Type.TENSOR)
                        .rest("shape", Type.AXIS_SIZE)
                        .build(),
                arguments -> {
                    NewShape shape = shape(arguments);
                    return new Reshaping(word, x -> reshaped(word, x, shape));
                });
    }

    /**
     * A shape as it is given.
     *
     * @param batch whether it begins with the batch
     * @param sizes all others, of which one may be what is left
     */
    private record NewShape(boolean batch, List<Integer> sizes) {
        /** The sizes behind the first, which of a tensor with a batch is the batch. */
        private NewShape ofSamples() {
            return batch || sizes.isEmpty() || sizes.get(0) != REST
                    ? this
                    : new NewShape(true, sizes.subList(1, sizes.size()));
        }
    }

    /** The shape, given one by one or as a tuple. */
    private static NewShape shape(Arguments arguments) {
        List<Datum> given = arguments.rest("shape").stream()
                .flatMap(size -> Type.elements(size).stream())
                .toList();
        boolean batch = !given.isEmpty() && given.get(0) instanceof Datum.BatchSize;
        List<Integer> sizes = new ArrayList<>();
        boolean fits = !given.isEmpty();
        for (Datum size : given.subList(batch ? 1 : 0, given.size())) {
            long whole = size instanceof Datum.Int number ? number.value() : 0;
            fits &= whole == REST || (whole > 0 && whole <= Integer.MAX_VALUE);
            sizes.add(fits ? (int) whole : 1);
        }
        if (!fits || sizes.stream().filter(size -> size == REST).count() > 1) {
            arguments.outOfRange("shape", "sizes of at least 1, of which one may be -1 and the first may be batch");
        }
        return new NewShape(batch, sizes);
    }

    private static Fit reshaped(String word, Shape x, NewShape given) {
        NewShape shape = x.batched() ? given.ofSamples() : given;
        if (shape.batch() != x.batched()) {
            return x.batched()
                    ? Fit.mismatch(word, "sizes of which the first is batch, as in (batch, 8, -1), for this tensor", x)
                    : Fit.mismatch(word, "a tensor with a batch", x)
                            .withHelp("expand(x, batch, …) repeats a parameter for each sample");
        }
        long known = Limits.elements(shape.sizes().stream()
                .filter(size -> size != REST)
                .mapToLong(size -> size)
                .toArray());
        boolean rest = shape.sizes().contains(REST);
        if (rest ? x.elements() % known != 0 : x.elements() != known) {
            String wanted = (rest ? "a multiple of " : "") + known + " elements";
            return x.batched()
                    ? Fit.mismatch(word, wanted + " in each sample", x)
                            .withHelp(
                                    "the first size is the batch's, as in " + word + "(x, batch, " + x.elements() + ")")
                    : Fit.mismatch(word, wanted, x);
        }
        return new Fit.Fitting(new Shape(
                x.batched(),
                shape.sizes().stream()
                        .map(size -> size == REST ? (int) (x.elements() / known) : size)
                        .toList()));
    }

    private static Fit unsqueezed(Shape x, Axis axis) {
        int place = axis.dim() < 0 ? axis.dim() + x.rank() + 1 : axis.dim();
        return place >= x.firstAxis() && place <= x.rank()
                ? new Fit.Fitting(x.inserting(place, 1))
                : Fit.mismatch("unsqueeze", "a tensor with room for an axis " + axis.dim(), x);
    }

    /** Every axis of a sample. */
    private static List<Axis> all(Shape x) {
        return IntStream.range(x.firstAxis(), x.rank()).mapToObj(Axis::new).toList();
    }

    /** Axes of another size stay, as in PyTorch. */
    private static Fit squeezed(Shape x, List<Axis> axes) {
        Optional<Axis> missing = axes.stream().filter(axis -> !axis.isOf(x)).findFirst();
        if (missing.isPresent()) {
            return missing.get().misfit("squeeze", x);
        }
        List<Integer> places = axes.stream().map(axis -> axis.of(x)).toList();
        List<Integer> sizes = new ArrayList<>();
        for (int axis = x.firstAxis(); axis < x.rank(); axis++) {
            if (!places.contains(axis) || x.axis(axis) != 1) {
                sizes.add(x.axis(axis));
            }
        }
        return new Fit.Fitting(new Shape(x.batched(), sizes));
    }

    @Override
    public boolean convertsWhole() {
        return true;
    }

    @Override
    public String kind() {
        return word;
    }

    @Override
    public boolean takesParameters() {
        return true;
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
