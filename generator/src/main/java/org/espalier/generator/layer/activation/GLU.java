package org.espalier.generator.layer.activation;

import java.util.List;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.layer.activation.ActivationFunction.Kind;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.shape.Slice;

/** {@code GLU}: y = a · σ(b), a and b being the halves of x along an axis (Dauphin and others, arXiv:1612.08083). */
public record GLU(Axis axis) implements UnaryRule {
    private static final Function GATE = new Function("glu", List.of("a", "gate"), FormulaParser.parse("a * gate"));

    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("GLU").with("dim", -1).build(), arguments -> new GLU(Axis.read(arguments, "dim")))
            .example("GLU()", "[batch, 6]", "[batch, 3]", 0)
            .example("GLU(dim=1)", "[batch, 4, 3, 2]", "[batch, 2, 3, 2]", 0)
            .example("GLU(dim=2)", "[batch, 4, 6]", "[batch, 4, 3]", 0);

    @Override
    public String kind() {
        return "glu";
    }

    @Override
    public Fit fit(Shape x) {
        if (!axis.isOf(x)) {
            return axis.misfit("GLU", x);
        }
        int size = x.axis(axis.of(x));
        return size % 2 == 0
                ? new Fit.Fitting(x.with(axis.of(x), size / 2))
                : Fit.mismatch("GLU", "a tensor whose axis " + axis.dim() + " has two halves", x);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        Value half = wiring.between("half", y.shape());
        Value other = wiring.between("other", y.shape());
        Value gate = wiring.between("gate", y.shape());
        wiring.add(Slice.split(wiring.origin(), x, List.of(half, other), axis.of(x.shape())));
        wiring.add(new Activation(wiring.origin(), other, gate, ActivationFunction.of(Kind.SIGMOID)));
        wiring.add(Elementwise.of(wiring.origin(), GATE, List.of(half, gate), y));
    }
}
