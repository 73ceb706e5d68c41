package org.espalier.generator.layer.linear;

import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.Primitives;

/** {@code Linear}, along the last axis: W is [out, in]; weight and bias start uniform in ±1/√in. */
public record LinearRule(
        int in, int out, boolean hasBias, Optional<Penalty> weightPenalty, Optional<Penalty> biasPenalty)
        implements LayerRule {
    public static final Builtin LAYER = Primitives.layer(
            Signature.of("Linear")
                    .required("in_features", Type.INT)
                    .required("out_features", Type.INT)
                    .with("bias", true)
                    .regularizers()
                    .build(),
            LinearRule::of);

    private static LinearRule of(Arguments arguments) {
        boolean bias = arguments.bool("bias");
        int in = arguments.integer("in_features", 1);
        int out = arguments.integer("out_features", 1);
        arguments.checkSize("weight", out, in);
        return new LinearRule(in, out, bias, arguments.penalty("weight_regularizer"), Biases.penalty(arguments, bias));
    }

    @Override
    public String kind() {
        return "linear";
    }

    @Override
    public boolean isOfParameters() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        if (x.rank() < 2) {
            return Fit.mismatch("Linear", "[batch, …, " + in + "]", x);
        }
        if (x.last() == in) {
            return Fit.of(
                    "Linear",
                    x.withLast(out).dimensions().stream()
                            .mapToLong(Integer::longValue)
                            .toArray());
        }
        return Fit.mismatch("Linear", x.rank() == 2 ? "[batch, " + in + "]" : "[batch, …, " + in + "]", x)
                .withHelp(help(x));
    }

    /** An image is flattened more often than not; of other tensors, either may be meant. */
    private String help(Shape x) {
        if (x.rank() == 2) {
            return "in_features should be " + x.last();
        }
        if (x.elements() == in) {
            return "put Flatten() before it";
        }
        String last = "in_features should be " + x.last() + " for the last axis alone";
        String whole = "put Flatten() before it, and in_features should be " + x.elements();
        return x.rank() == 4 ? whole + "; or " + last : last + "; or " + whole;
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        double bound = 1 / Math.sqrt(in);
        Value weight = wiring.weight(bound, out, in);
        return new Linear(wiring.origin(), x, weight, wiring.bias(hasBias, bound, out), y);
    }
}
