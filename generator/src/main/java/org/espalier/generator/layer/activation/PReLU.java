package org.espalier.generator.layer.activation;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.elementwise.Elementwise;

/** {@code PReLU}: y = x where x > 0, else w x, with a weight for each channel or one for all (arXiv:1502.01852). */
public record PReLU(int parameters, double init, Optional<Penalty> weightPenalty) implements UnaryRule {
    private static final Function FORMULA =
            new Function("prelu", List.of("x", "weight"), FormulaParser.parse("if 0 < x then x else weight * x"));

    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("PReLU")
                            .with("num_parameters", 1)
                            .with("init", 0.25)
                            .weightRegularizer()
                            .build(),
                    arguments -> new PReLU(
                            arguments.integer("num_parameters", 1),
                            arguments.real("init"),
                            arguments.penalty("weight_regularizer")))
            .example("PReLU()", "[batch, 6]", "[batch, 6]", 1)
            .example("PReLU(3)", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 3)
            .example("PReLU(6, init=0.5)", "[batch, 6]", "[batch, 6]", 6);

    @Override
    public String kind() {
        return "prelu";
    }

    @Override
    public boolean isOfParameters() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        boolean fits = parameters == 1 || (x.rank() > 1 && x.axis(1) == parameters);
        return fits ? new Fit.Fitting(x) : Fit.mismatch("PReLU", "[batch, " + parameters + ", …]", x);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        Value weight = wiring.constantWeight(init, parameters);
        wiring.add(new Elementwise(wiring.origin(), FORMULA, List.of(x, weight), List.of(0, 1), y));
    }
}
