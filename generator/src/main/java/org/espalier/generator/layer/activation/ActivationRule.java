package org.espalier.generator.layer.activation;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.activation.ActivationFunction.Kind;
import org.espalier.generator.layer.api.Primitives;

/** Layers that treat every element alike: {@code ReLU}, {@code GELU}, {@code Tanh} and their like. */
public record ActivationRule(ActivationFunction function, boolean inPlace) implements LayerRule {
    private static final double SOFTPLUS_THRESHOLD = 20;

    public static final List<Builtin> ALL = List.of(
            overwriting(Signature.of("ReLU"), arguments -> ActivationFunction.of(Kind.RELU)),
            overwriting(
                    Signature.of("LeakyReLU").with("negative_slope", 0.01),
                    // A slope of at most 0 would lose the sign of x, which the backward pass takes from the result.
                    arguments -> ActivationFunction.of(
                            Kind.LEAKY_RELU, arguments.real("negative_slope", slope -> slope > 0, "above 0"))),
            overwriting(Signature.of("ReLU6"), arguments -> ActivationFunction.of(Kind.RELU6)),
            overwriting(
                    Signature.of("ELU").with("alpha", 1.0),
                    // Below 0, alpha would lose the sign of x.
                    arguments -> ActivationFunction.of(
                            Kind.ELU, arguments.real("alpha", alpha -> alpha >= 0, "at least 0"))),
            overwriting(Signature.of("SiLU"), arguments -> ActivationFunction.of(Kind.SILU)),
            plain(Signature.of("GELU").with("approximate", Type.STRING, new Datum.Text("none")), ActivationRule::gelu),
            plain(
                    Signature.of("Softplus").with("beta", 1.0).with("threshold", SOFTPLUS_THRESHOLD),
                    arguments -> ActivationFunction.of(
                            Kind.SOFTPLUS,
                            arguments.real("beta", beta -> beta > 0, "above 0"),
                            arguments.real("threshold"))),
            overwriting(Signature.of("Hardtanh").with("min_val", -1.0).with("max_val", 1.0), ActivationRule::hardtanh),
            plain(Signature.of("Tanh"), arguments -> ActivationFunction.of(Kind.TANH)),
            plain(Signature.of("Sigmoid"), arguments -> ActivationFunction.of(Kind.SIGMOID)));

    private static Builtin overwriting(Signature.Builder signature, Function<Arguments, ActivationFunction> function) {
        return Primitives.layer(
                signature.with("inplace", false).build(),
                arguments -> new ActivationRule(function.apply(arguments), arguments.bool("inplace")));
    }

    private static Builtin plain(Signature.Builder signature, Function<Arguments, ActivationFunction> function) {
        return Primitives.layer(signature.build(), arguments -> new ActivationRule(function.apply(arguments), false));
    }

    private static ActivationFunction gelu(Arguments arguments) {
        boolean tanh = arguments.text("approximate").equals("tanh");
        if (!tanh && !arguments.text("approximate").equals("none")) {
            arguments.outOfRange("approximate", "'none' or 'tanh'");
        }
        return ActivationFunction.of(tanh ? Kind.TANH_GELU : Kind.GELU);
    }

    private static ActivationFunction hardtanh(Arguments arguments) {
        double min = arguments.real("min_val");
        double max = arguments.real("max_val", value -> value > min, "above min_val");
        return ActivationFunction.of(Kind.HARDTANH, min, max);
    }

    @Override
    public String kind() {
        return function.kind().word().toLowerCase(Locale.ROOT);
    }

    @Override
    public Fit fit(Shape x) {
        return new Fit.Fitting(x);
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new Activation(wiring.origin(), x, y, function);
    }
}
