package org.espalier.generator.elaborate.library;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.ElementwiseFunctions;

/** Initializers of parameters and buffers, as they are written: those of {@code torch.nn.init}, and some by place. */
final class Initializers {
    private static final List<String> MATRIX = List.of("i", "j");

    /** Stands in formulas for the number of elements along the first axis. */
    private static final String COUNT = "count";

    static final List<Builtin> ALL = List.of(
            initializer(
                    Signature.of("normal").with("mean", 0.0).with("std", 1.0).build(),
                    arguments -> new InitializerDecl.Normal(
                            arguments.real("mean"), arguments.real("std", std -> std >= 0, "at least 0"))),
            initializer(
                    Signature.of("uniform").with("a", 0.0).with("b", 1.0).build(),
                    arguments -> new InitializerDecl.Uniform(arguments.real("a"), upper(arguments, true))),
            initializer(
                    Signature.of("trunc_normal")
                            .with("mean", 0.0)
                            .with("std", 1.0)
                            .with("a", -2.0)
                            .with("b", 2.0)
                            .build(),
                    arguments -> new InitializerDecl.TruncatedNormal(
                            arguments.real("mean"),
                            arguments.real("std", std -> std > 0, "above 0"),
                            arguments.real("a"),
                            upper(arguments, false))),
            fans("xavier_uniform", InitializerDecl.Uniform::new, Math.sqrt(3)),
            fans("xavier_normal", Initializers::centred, 1),
            fan("kaiming_uniform", InitializerDecl.Uniform::new, Math.sqrt(3)),
            fan("kaiming_normal", Initializers::centred, 1),
            // Without the underline it is a regularizer.
            following(Signature.of("orthogonal_").with("gain", 1.0).build(), arguments -> {
                InitializerDecl orthogonal = new InitializerDecl.Orthogonal(arguments.real("gain"));
                return new Datum.Start("orthogonal_", Initializers::twoAxes, shape -> orthogonal);
            }),
            initializer(
                    Signature.of("constant").required("val", Type.FLOAT).build(),
                    arguments -> new InitializerDecl.Constant(arguments.real("val"))),
            initializer(Signature.of("zeros").build(), arguments -> new InitializerDecl.Constant(0)),
            initializer(Signature.of("ones").build(), arguments -> new InitializerDecl.Constant(1)),
            places(Signature.of("eye").build(), MATRIX, "if i == j then 1 else 0"),
            following(Signature.of("dirac").with("groups", 1).build(), Initializers::dirac),
            places(
                    Signature.of("arange").with("start", 0.0).with("step", 1.0).build(),
                    List.of("i"),
                    "start + step * i"),
            places(
                    Signature.of("linspace")
                            .required("start", Type.FLOAT)
                            .required("end", Type.FLOAT)
                            .build(),
                    List.of("i"),
                    "start + (end - start) * i / max(1, count - 1)"),
            places(
                    Signature.of("tril")
                            .with("diagonal", Type.INT, new Datum.Int(0))
                            .build(),
                    MATRIX,
                    "if j <= i + diagonal then 1 else 0"),
            places(
                    Signature.of("triu")
                            .with("diagonal", Type.INT, new Datum.Int(0))
                            .build(),
                    MATRIX,
                    "if i + diagonal <= j then 1 else 0"));

    private Initializers() {}

    /** The upper bound, which is not below the lower one. */
    private static double upper(Arguments arguments, boolean equal) {
        double lower = arguments.real("a");
        return equal
                ? arguments.real("b", b -> b >= lower, "at least a")
                : arguments.real("b", b -> b > lower, "above a");
    }

    private static InitializerDecl centred(double std) {
        return new InitializerDecl.Normal(0, std);
    }

    /**
     * One whose spread follows from the numbers of inputs and outputs (Glorot and Bengio, AISTATS 2010).
     *
     * @param factor from the standard deviation to what the distribution is given by
     */
    private static Builtin fans(String name, DoubleFunction<InitializerDecl> distribution, double factor) {
        return following(Signature.of(name).with("gain", 1.0).build(), arguments -> {
            double gain = arguments.real("gain", value -> value >= 0, "at least 0");
            return new Datum.Start(
                    name,
                    Initializers::twoAxes,
                    shape -> distribution.apply(factor
                            * (gain * Math.sqrt(2.0 / (double) (fan(shape, 0) + fan(shape, 1))))));
        });
    }

    /** One whose spread follows from the number of inputs or outputs (He et al., arXiv:1502.01852). */
    private static Builtin fan(String name, DoubleFunction<InitializerDecl> distribution, double factor) {
        Signature signature = Signature.of(name)
                .with("a", 0.0)
                .with("mode", Type.STRING, new Datum.Text("fan_in"))
                .with("nonlinearity", Type.STRING, new Datum.Text("leaky_relu"))
                .build();
        return following(signature, arguments -> {
            String mode = arguments.text("mode");
            if (!mode.equals("fan_in") && !mode.equals("fan_out")) {
                arguments.outOfRange("mode", "'fan_in' or 'fan_out'");
            }
            OptionalDouble gain = Gains.of(arguments.text("nonlinearity"), arguments.real("a"));
            if (gain.isEmpty()) {
                arguments.outOfRange("nonlinearity", Gains.words());
            }
            int axis = mode.equals("fan_out") ? 0 : 1;
            return new Datum.Start(
                    name,
                    Initializers::twoAxes,
                    shape -> distribution.apply(factor * (gain.orElse(1) / Math.sqrt((double) fan(shape, axis)))));
        });
    }

    /** The elements of each index of the other one of the first two axes, as PyTorch counts fans. */
    private static long fan(Shape shape, int axis) {
        return shape.elements() / shape.axis(1 - axis);
    }

    private static Optional<String> twoAxes(Shape shape) {
        return shape.rank() < 2 ? Optional.of("at least 2 axes") : Optional.empty();
    }

    /** Passes input channel i on to output channel i of each group: a convolution that is the identity. */
    private static Datum.Start dirac(Arguments arguments) {
        int groups = arguments.integer("groups", 1);
        Function<Shape, Optional<String>> need = shape -> shape.rank() < 3 || shape.rank() > 5
                ? Optional.of("3 to 5 axes")
                : shape.axis(0) % groups != 0 ? Optional.of("an axis 0 that " + groups + " divides") : Optional.empty();
        return new Datum.Start("dirac", need, shape -> {
            List<String> places =
                    Stream.of("o", "i", "x", "y", "z").limit(shape.rank()).toList();
            StringBuilder centre = new StringBuilder("o - size * floor(o / size) == i");
            for (int axis = 2; axis < shape.rank(); axis++) {
                centre.append(" and ").append(places.get(axis)).append(" == ").append(shape.axis(axis) / 2);
            }
            int size = shape.axis(0) / groups;
            return new InitializerDecl.ByPlace(Elementwise.formula(
                    "dirac", places, "if " + centre + " then 1 else 0", Map.of("size", (double) size)));
        });
    }

    /** A formula of the place of each element, with numbers in the place of the arguments. */
    private static Builtin places(Signature signature, List<String> places, String formula) {
        return following(signature, arguments -> {
            Map<String, Double> numbers = new HashMap<>();
            arguments.names().forEach(name -> numbers.put(name, ElementwiseFunctions.number(arguments.get(name))));
            String name = signature.callee();
            return new Datum.Start(
                    name,
                    shape -> shape.rank() == places.size()
                            ? Optional.empty()
                            : Optional.of(Words.count(places.size(), "axis").replace("axiss", "axes")),
                    shape -> {
                        numbers.put(COUNT, (double) shape.axis(0));
                        return new InitializerDecl.ByPlace(Elementwise.formula(name, places, formula, numbers));
                    });
        });
    }

    private static Builtin initializer(Signature signature, Function<Arguments, InitializerDecl> initializer) {
        return following(signature, arguments -> {
            InitializerDecl start = initializer.apply(arguments);
            return new Datum.Start(signature.callee(), shape -> Optional.empty(), shape -> start);
        });
    }

    private static Builtin following(Signature signature, Function<Arguments, Datum.Start> initializer) {
        return new Builtin(Builtin.Kind.INITIALIZER, signature, (site, arguments) -> initializer.apply(arguments));
    }
}
