package org.espalier.generator.layer.elementwise;

import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * {@code normalize}: x / max(‖x‖, eps) along an axis.
 *
 * @param norm the reduction to ‖x‖, the axis being kept
 */
public record Normalizing(AxisReduction norm, Axis axis, double eps) implements UnaryRule {
    public static final Builtin NORMALIZE = TensorFunction.of(
            Signature.of("normalize")
                    .required("input", Type.TENSOR)
                    .with("p", Type.ORDER, new Datum.Real(2))
                    .with("dim", 1)
                    .with("eps", 1e-12)
                    .build(),
            Normalizing::of);

    private static Normalizing of(Arguments arguments) {
        Axis axis = Axis.any(arguments, "dim");
        return new Normalizing(AxisReduction.norm(arguments, axis), axis, arguments.real("eps"));
    }

    @Override
    public String kind() {
        return "normalize";
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        return axis.isOf(x) ? new Fit.Fitting(x) : axis.misfit("normalize", x);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        Value length = wiring.between("norm", x.shape().with(axis.of(x.shape()), 1));
        Function quotient = Elementwise.formula(
                "normalize", List.of("x", "norm"), "x / (if norm < eps then eps else norm)", Map.of("eps", eps));
        norm.lower(wiring, x, length);
        wiring.add(Elementwise.of(wiring.origin(), quotient, List.of(x, length), y));
    }
}
