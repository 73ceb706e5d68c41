package org.espalier.generator.analysis;

import java.util.Optional;
import org.espalier.generator.analysis.Datum.Penalty;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;

/** {@code Linear}: W is [out, in]; weight and bias start uniform in ±1/√in. */
record LinearRule(int in, int out, boolean hasBias, Optional<Penalty> weightPenalty, Optional<Penalty> biasPenalty)
        implements LayerRule {
    static final Builtin LAYER = Primitives.layer(
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
    public Fit fit(Shape x) {
        if (x.rank() == 2 && x.axis(1) == in) {
            return Fit.of("Linear", out);
        }
        Fit.Misfit misfit = Fit.mismatch("Linear", "[batch, " + in + "]", x);
        if (x.rank() == 2) {
            return misfit.withHelp("in_features should be " + x.axis(1));
        }
        return x.elements() == in
                ? misfit.withHelp("put Flatten() before it")
                : misfit.withHelp("put Flatten() before it, and in_features should be " + x.elements());
    }

    @Override
    public Op operation(Wiring wiring, Value x, Value y) {
        double bound = 1 / Math.sqrt(in);
        Value weight = wiring.weight(bound, out, in);
        return new Op.Linear(wiring.origin(), x, weight, wiring.bias(hasBias, bound, out), y);
    }
}
