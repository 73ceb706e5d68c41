package org.espalier.generator.layer.elementwise;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.TensorFunction;
import org.espalier.generator.layer.shape.Reshape;

/**
 * Reductions of axes of a sample to one number each: {@code mean(x, dim=(2, 3), keepdim=true)}, under PyTorch's names.
 * A tensor without a batch can be reduced along all its axes, to one number.
 *
 * @param word the function's name
 * @param reducer what makes the reduced tensor, its axes being kept with size 1
 * @param axes none for all
 */
public record AxisReduction(String word, Reducer reducer, List<Axis> axes, boolean keepdim) implements UnaryRule {
    /** Adds operations that make {@code reduced} of {@code x}. */
    interface Reducer {
        void lower(Wiring wiring, Value x, Value reduced);
    }

    public static final List<Builtin> ALL = List.of(
            of("sum", Reduce.Kind.SUM),
            of("mean", Reduce.Kind.MEAN),
            of("amax", Reduce.Kind.MAX),
            of("amin", Reduce.Kind.MIN),
            of("prod", Reduce.Kind.PRODUCT),
            of("logsumexp", Reduce.Kind.LOG_SUM_EXP),
            function(
                    Signature.of("norm")
                            .required("input", Type.TENSOR)
                            .with("p", Type.ORDER, new Datum.Real(2))
                            .with("dim", Type.SIZES, new Datum.None()),
                    (word, arguments) -> norm(arguments)),
            function(variances("var"), (word, arguments) -> variance(correction(arguments), false)),
            function(variances("std"), (word, arguments) -> variance(correction(arguments), true)));

    private static Signature.Builder signature(String word) {
        return Signature.of(word).required("input", Type.TENSOR).with("dim", Type.SIZES, new Datum.None());
    }

    private static Signature.Builder variances(String word) {
        return signature(word).with("unbiased", true).byName("correction", Type.INT, new Datum.None());
    }

    /** By how much the sum of squares is divided less; {@code unbiased} is the older word for 0 or 1. */
    private static int correction(Arguments arguments) {
        if (arguments.isNone("correction")) {
            return arguments.bool("unbiased") ? 1 : 0;
        }
        if (arguments.isWritten("unbiased")) {
            arguments.outOfRange("correction", "none where unbiased is given");
        }
        return arguments.integer("correction", 0);
    }

    private static Builtin of(String word, Reduce.Kind kind) {
        return function(signature(word), (name, arguments) -> reduce(kind));
    }

    private static Builtin function(Signature.Builder builder, BiFunction<String, Arguments, Reducer> reducer) {
        Signature signature = builder.with("keepdim", false).build();
        return TensorFunction.of(
                signature,
                arguments -> new AxisReduction(
                        signature.callee(),
                        reducer.apply(signature.callee(), arguments),
                        arguments.isNone("dim") ? List.of() : Axis.all(arguments, "dim"),
                        arguments.bool("keepdim")));
    }

    private static Reducer reduce(Reduce.Kind kind) {
        return (wiring, x, reduced) -> wiring.add(new Reduce(wiring.origin(), kind, x, reduced));
    }

    /** The norm along an axis, which is kept, of the order that an argument {@code p} is. */
    static AxisReduction norm(Arguments arguments, Axis axis) {
        return new AxisReduction("norm", norm(arguments), List.of(axis), true);
    }

    /** (Σ |x|ᵖ)^(1/p); of p = 0 how many elements are not 0, of p = ±∞ the largest or the least |x|. */
    private static Reducer norm(Arguments arguments) {
        if (arguments.get("p") instanceof Datum.Infinity infinity) {
            return of(formula("absolute", "abs(x)"), infinity.negative() ? Reduce.Kind.MIN : Reduce.Kind.MAX);
        }
        double p = arguments.real("p");
        if (p < 1 && p != 0) {
            arguments.outOfRange("p", "0, at least 1, inf or -inf");
        }
        if (p == 0) {
            return of(formula("nonzero", "if x == 0 then 0 else 1"), Reduce.Kind.SUM);
        }
        if (p == 2) {
            return reduce(Reduce.Kind.NORM);
        }
        if (p > 1) {
            return (wiring, x, reduced) -> {
                Value powers = wiring.between("powers", x.shape());
                Value sum = wiring.between("sum", reduced.shape());
                wiring.add(Elementwise.of(wiring.origin(), power(p), List.of(x), powers));
                wiring.add(new Reduce(wiring.origin(), Reduce.Kind.SUM, powers, sum));
                wiring.add(Elementwise.of(wiring.origin(), root(p), List.of(sum), reduced));
            };
        }
        return of(formula("absolute", "abs(x)"), Reduce.Kind.SUM);
    }

    /** A reduction of a formula of each element, which the value between them is named after. */
    private static Reducer of(Function f, Reduce.Kind kind) {
        return (wiring, x, reduced) -> {
            Value each = wiring.between(f.name(), x.shape());
            wiring.add(Elementwise.of(wiring.origin(), f, List.of(x), each));
            wiring.add(new Reduce(wiring.origin(), kind, each, reduced));
        };
    }

    private static Function power(double p) {
        return new Function("powers", List.of("x"), Algebra.power(Algebra.abs(Algebra.variable("x")), p));
    }

    /** The root of a sum of powers, whose gradient is taken as 0 where it is 0. */
    private static Function root(double p) {
        Formula root = Algebra.power(Algebra.variable("sum"), 1 / p);
        Condition isPositive = new Condition.Comparison(Condition.Relation.LESS, Algebra.ZERO, Algebra.variable("sum"));
        return new Function("root", List.of("sum"), Algebra.choose(isPositive, root, Algebra.ZERO));
    }

    private static Function formula(String name, String text) {
        return Elementwise.formula(name, List.of("x"), text, Map.of());
    }

    /** Σ (x − mean)² / (n − correction), and its root. */
    private static Reducer variance(int correction, boolean root) {
        return (wiring, x, reduced) -> {
            Value mean = wiring.between("mean", reduced.shape());
            Value squares = wiring.between("squares", x.shape());
            Value sum = wiring.between("sum", reduced.shape());
            double count =
                    Math.max(0, (double) x.shape().elements() / reduced.shape().elements() - correction);
            Function square = Elementwise.formula("squares", List.of("x", "mean"), "(x - mean) ** 2", Map.of());
            Function scaled = Elementwise.formula(
                    root ? "std" : "var", List.of("sum"), root ? "sqrt(sum / n)" : "sum / n", Map.of("n", count));
            wiring.add(new Reduce(wiring.origin(), Reduce.Kind.MEAN, x, mean));
            wiring.add(Elementwise.of(wiring.origin(), square, List.of(x, mean), squares));
            wiring.add(new Reduce(wiring.origin(), Reduce.Kind.SUM, squares, sum));
            wiring.add(Elementwise.of(wiring.origin(), scaled, List.of(sum), reduced));
        };
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
    public Fit fit(Shape x) {
        if (axes.isEmpty() && x.batched()) {
            return Fit.mismatch(word, "dim, since axis 0 is the batch", x)
                    .withHelp("write the axes of a sample: " + word + "(x, dim="
                            + (x.rank() == 2
                                    ? "1"
                                    : IntStream.range(1, x.rank())
                                            .mapToObj(String::valueOf)
                                            .collect(Collectors.joining(", ", "(", ")")))
                            + ")");
        }
        for (Axis axis : axes) {
            if (!axis.isOf(x)) {
                return axis.misfit(word, x);
            }
        }
        return new Fit.Fitting(keepdim ? kept(x) : dropped(x));
    }

    private Set<Integer> places(Shape x) {
        Set<Integer> places = new TreeSet<>();
        axes.forEach(axis -> places.add(axis.of(x)));
        for (int axis = 0; axes.isEmpty() && axis < x.rank(); axis++) {
            places.add(axis);
        }
        return places;
    }

    private Shape kept(Shape x) {
        Shape kept = x;
        for (int place : places(x)) {
            kept = kept.with(place, 1);
        }
        return kept;
    }

    private Shape dropped(Shape x) {
        Set<Integer> places = places(x);
        List<Integer> sizes = new ArrayList<>();
        for (int axis = x.firstAxis(); axis < x.rank(); axis++) {
            if (!places.contains(axis)) {
                sizes.add(x.axis(axis));
            }
        }
        return new Shape(x.batched(), sizes);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        if (keepdim) {
            reducer.lower(wiring, x, y);
            return;
        }
        Value reduced = wiring.between("reduced", kept(x.shape()));
        reducer.lower(wiring, x, reduced);
        wiring.add(new Reshape(wiring.origin(), reduced, y));
    }
}
