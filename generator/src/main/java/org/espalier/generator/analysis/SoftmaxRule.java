package org.espalier.generator.analysis;

import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;

/** {@code Softmax} and {@code LogSoftmax} over the channels: dim 1, which of [batch, classes] is also dim -1. */
record SoftmaxRule(boolean log, int dim) implements LayerRule {
    static final Builtin SOFTMAX = layer("Softmax", false);
    static final Builtin LOG_SOFTMAX = layer("LogSoftmax", true);

    private static Builtin layer(String name, boolean log) {
        return Primitives.layer(
                Signature.of(name).with("dim", Type.INT, new Datum.None()).build(),
                arguments -> new SoftmaxRule(log, arguments.isNone("dim") ? 1 : arguments.integer("dim", -3)));
    }

    @Override
    public String kind() {
        return log ? "logsoftmax" : "softmax";
    }

    @Override
    public Fit fit(Shape x) {
        boolean fits = x.rank() >= 2 && (dim < 0 ? dim + x.rank() : dim) == 1;
        String wanted = dim == 1 ? "[batch, channels, …]" : "a tensor whose axis " + dim + " is that of the channels";
        return fits ? new Fit.Fitting(x) : Fit.mismatch((log ? "LogSoftmax" : "Softmax"), wanted, x);
    }

    @Override
    public Op operation(Wiring wiring, Value x, Value y) {
        return new Op.Softmax(wiring.origin(), x, y, log);
    }
}
