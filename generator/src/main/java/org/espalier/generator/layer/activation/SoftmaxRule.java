package org.espalier.generator.layer.activation;

import java.util.OptionalInt;
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
import org.espalier.generator.layer.api.Primitives;

/**
 * {@code Softmax} and {@code LogSoftmax} along an axis, which of [batch, classes] and of images is that of the
 * channels.
 */
public record SoftmaxRule(boolean log, OptionalInt dim) implements LayerRule {
    public static final Builtin SOFTMAX = layer("Softmax", false);
    public static final Builtin LOG_SOFTMAX = layer("LogSoftmax", true);

    private static Builtin layer(String name, boolean log) {
        return Primitives.layer(
                Signature.of(name).with("dim", Type.INT, new Datum.None()).build(),
                arguments -> new SoftmaxRule(
                        log,
                        arguments.isNone("dim")
                                ? OptionalInt.empty()
                                : OptionalInt.of(arguments.integer("dim", Integer.MIN_VALUE))));
    }

    @Override
    public String kind() {
        return log ? "logsoftmax" : "softmax";
    }

    @Override
    public Fit fit(Shape x) {
        String word = log ? "LogSoftmax" : "Softmax";
        if (dim.isEmpty() && x.rank() == 3) {
            return Fit.mismatch(word, "a dim", x).withHelp("write " + word + "(dim=-1) for the last axis");
        }
        int axis = axis(x);
        if (axis >= 1 && axis < x.rank()) {
            return new Fit.Fitting(x);
        }
        Fit.Misfit misfit = Fit.mismatch(word, "a tensor with an axis " + dim.orElse(1), x);
        return axis == 0
                ? misfit.withHelp("axis 0 is the batch, whose samples have nothing to do with each other")
                : misfit;
    }

    /** PyTorch takes axis 1 where none is given, except of tensors with three axes: of them, the batch. */
    private int axis(Shape x) {
        int given = dim.orElse(1);
        return given < 0 ? given + x.rank() : given;
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new Softmax(wiring.origin(), x, y, axis(x.shape()), log);
    }
}
