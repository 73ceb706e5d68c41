package org.espalier.generator.layer.activation;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.elementwise.Elementwise;

/**
 * Layers that apply a formula to each element: {@code Mish}, {@code Hardswish} and their like. Where pieces meet the
 * derivative is that of PyTorch, since the conditions are.
 */
public final class FormulaLayers {
    private static final String X = "x";

    /** α λ and λ of {@code SELU} (Klambauer et al., arXiv:1706.02515). */
    private static final String SELU = "if 0 < x then 1.0507009873554805 * x else 1.7580993408473766 * expm1(x)";

    public static final List<LayerDefinition> ALL = List.of(
            overwriting(Signature.of("CELU").with("alpha", 1.0), "if 0 < x then x else alpha * expm1(x / alpha)")
                    .example("CELU(0.7)", "[batch, 6]", "[batch, 6]", 0),
            overwriting(Signature.of("SELU"), SELU).example("SELU()", "[batch, 6]", "[batch, 6]", 0),
            plain(Signature.of("Hardshrink").with("lambd", 0.5), "if -lambd <= x and x <= lambd then 0 else x")
                    .example("Hardshrink()", "[batch, 6]", "[batch, 6]", 0),
            overwriting(Signature.of("Hardsigmoid"), "if x <= -3 then 0 else if 3 <= x then 1 else x / 6 + 0.5")
                    .example("Hardsigmoid()", "[batch, 6]", "[batch, 6]", 0),
            overwriting(Signature.of("Hardswish"), "if x <= -3 then 0 else if 3 <= x then x else x * (x + 3) / 6")
                    .example("Hardswish()", "[batch, 6]", "[batch, 6]", 0),
            plain(Signature.of("LogSigmoid"), "if x < -40 then x else -log1p(exp(-x))")
                    .example("LogSigmoid()", "[batch, 6]", "[batch, 6]", 0),
            overwriting(Signature.of("Mish"), "if 20 < x then x else x * tanh(log1p(exp(x)))")
                    .example("Mish()", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 0),
            plain(
                            Signature.of("Softshrink").with("lambd", 0.5),
                            "if lambd < x then x - lambd else if x < -lambd then x + lambd else 0")
                    .example("Softshrink()", "[batch, 6]", "[batch, 6]", 0),
            plain(Signature.of("Softsign"), "x / (1 + abs(x))").example("Softsign()", "[batch, 6]", "[batch, 6]", 0),
            plain(Signature.of("Tanhshrink"), "x - tanh(x)").example("Tanhshrink()", "[batch, 6]", "[batch, 6]", 0),
            overwriting(
                            Signature.of("Threshold")
                                    .required("threshold", Type.FLOAT)
                                    .required("value", Type.FLOAT),
                            "if x <= threshold then value else x")
                    .example("Threshold(0.1, -2)", "[batch, 6]", "[batch, 6]", 0));

    private FormulaLayers() {}

    private static LayerDefinition overwriting(Signature.Builder builder, String formula) {
        Signature signature = builder.with("inplace", false).build();
        return LayerDefinition.layer(
                signature, arguments -> new Rule(function(signature, formula, arguments), arguments.bool("inplace")));
    }

    private static LayerDefinition plain(Signature.Builder builder, String formula) {
        Signature signature = builder.build();
        return LayerDefinition.layer(signature, arguments -> new Rule(function(signature, formula, arguments), false));
    }

    /** The formula with the numbers that the layer was given. */
    private static Function function(Signature signature, String text, Arguments arguments) {
        Map<String, Double> numbers = new HashMap<>();
        for (Signature.Formal formal : signature.formals()) {
            if (formal.type() == Type.FLOAT) {
                numbers.put(formal.name(), arguments.real(formal.name()));
            }
        }
        return Elementwise.formula(signature.callee().toLowerCase(Locale.ROOT), List.of(X), text, numbers);
    }

    /** A formula of {@code x}. */
    record Rule(Function function, boolean inPlace) implements UnaryRule {
        @Override
        public String kind() {
            return function.name();
        }

        @Override
        public boolean takesParameters() {
            return true;
        }

        @Override
        public Fit fit(Shape x) {
            return new Fit.Fitting(x);
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(Elementwise.of(wiring.origin(), function, List.of(x), y));
        }
    }
}
