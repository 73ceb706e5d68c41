package org.espalier.generator.layer.spread;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.layer.api.TensorFunction;
import org.espalier.generator.layer.shape.Reshape;
import org.espalier.generator.layer.shape.Slice;

/**
 * {@code pad(x, (left, right, top, bottom, …), mode, value)}: the last axes become longer, or shorter by sizes below 0,
 * as {@code torch.nn.functional.pad} has it: pairs for the last axis first.
 *
 * @param before sizes before the elements of the last axes, the first of these first
 * @param after sizes behind them
 */
public record Pad(Spread.Kind mode, List<Integer> before, List<Integer> after, double value) implements UnaryRule {
    public static final Builtin PAD = TensorFunction.of(
            Signature.of("pad")
                    .required("input", Type.TENSOR)
                    .required("pad", Type.SHAPE)
                    .with("mode", Type.STRING, new Datum.Text("constant"))
                    .with("value", 0.0)
                    .build(),
            Pad::of);

    private static Pad of(Arguments arguments) {
        List<Integer> sizes = arguments.sizes("pad", Integer.MIN_VALUE + 1);
        if (sizes.size() % 2 != 0 || sizes.size() > 2 * WindowGeometry.AXES.size()) {
            arguments.outOfRange("pad", "one to three pairs of whole numbers, that of the last axis first");
        }
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        for (int i = sizes.size() - 2; i >= 0; i -= 2) {
            before.add(sizes.get(i));
            after.add(sizes.get(i + 1));
        }
        return new Pad(mode(arguments), before, after, arguments.real("value"));
    }

    private static Spread.Kind mode(Arguments arguments) {
        Map<String, Spread.Kind> modes = Map.of(
                "constant", Spread.Kind.CONSTANT,
                "reflect", Spread.Kind.REFLECT,
                "replicate", Spread.Kind.REPLICATE,
                "circular", Spread.Kind.CIRCULAR);
        String mode = arguments.text("mode");
        if (!modes.containsKey(mode)) {
            arguments.outOfRange("mode", "'constant', 'reflect', 'replicate' or 'circular'");
        }
        return modes.getOrDefault(mode, Spread.Kind.CONSTANT);
    }

    @Override
    public String kind() {
        return "pad";
    }

    private int axes() {
        return before.size();
    }

    private static List<Integer> grown(List<Integer> sizes) {
        return sizes.stream().map(size -> Math.max(0, size)).toList();
    }

    private Spread spread() {
        return new Spread(mode, new Sizes(grown(before)), new Sizes(grown(after)), value);
    }

    /** Returns the shape that is left where sizes are below 0. */
    private Shape cut(Shape x) {
        Shape cut = x;
        for (int i = 0; i < axes(); i++) {
            int axis = x.rank() - axes() + i;
            cut = cut.with(axis, x.axis(axis) + Math.min(0, before.get(i)) + Math.min(0, after.get(i)));
        }
        return cut;
    }

    /** The last axes behind one of all that come before them, which is how images are padded. */
    private Shape image(Shape x) {
        List<Integer> sizes = x.dimensions();
        int leading = sizes.size() - axes();
        List<Integer> image = new ArrayList<>();
        image.add(sizes.subList(0, leading).stream().reduce(1, (a, b) -> a * b));
        image.addAll(sizes.subList(leading, sizes.size()));
        return new Shape(true, image);
    }

    @Override
    public Fit fit(Shape x) {
        boolean fits = x.rank() > axes()
                && IntStream.range(0, axes())
                        .allMatch(i -> x.axis(x.rank() - axes() + i)
                                        + (long) Math.min(0, before.get(i))
                                        + Math.min(0, after.get(i))
                                > 0);
        if (!fits) {
            return Fit.mismatch("pad", "a tensor with " + axes() + " axes behind the batch that are long enough", x);
        }
        Shape cut = cut(x);
        Fit fit = spread().fit("pad", image(cut));
        if (!(fit instanceof Fit.Fitting fitting)) {
            return fit;
        }
        List<Integer> sizes = new ArrayList<>(cut.dimensions().subList(0, cut.rank() - 1 - axes()));
        sizes.addAll(fitting.shape().dimensions().subList(1, 1 + axes()));
        return Fit.of("pad", sizes.stream().mapToLong(Integer::longValue).toArray());
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        Value part = x;
        for (int i = 0; i < axes(); i++) {
            int axis = x.shape().rank() - axes() + i;
            int size = cut(x.shape()).axis(axis);
            if (size < part.shape().axis(axis)) {
                Value cut = wiring.between("cut", part.shape().with(axis, size));
                wiring.add(new Slice(wiring.origin(), part, List.of(cut), axis, List.of(Math.max(0, -before.get(i)))));
                part = cut;
            }
        }
        boolean grows = !grown(before).equals(Collections.nCopies(axes(), 0))
                || !grown(after).equals(Collections.nCopies(axes(), 0));
        if (grows) {
            Value image = wiring.between("image", image(part.shape()));
            wiring.add(new Reshape(wiring.origin(), part, image));
            part = spread().lower(wiring, image);
        }
        wiring.add(new Reshape(wiring.origin(), part, y));
    }
}
