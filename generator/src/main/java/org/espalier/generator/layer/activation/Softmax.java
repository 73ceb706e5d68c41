package org.espalier.generator.layer.activation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * y[c] = exp(x[c])/Σ_k exp(x[k]) along an axis, at each place of the others.
 *
 * @param axis which, counted with the batch, which it is not
 * @param log whether y is the logarithm of that
 */
public record Softmax(Origin origin, Value x, Value y, int axis, boolean log) implements ForwardOp {
    public static final LayerDefinition SOFTMAX = Rule.layer("Softmax", false)
            .example("Softmax(dim=1)", "[batch, 3, 4, 4]", "[batch, 3, 4, 4]", 0)
            .example("Softmax(dim=-1)", "[batch, 3, 4, 4]", "[batch, 3, 4, 4]", 0);

    public static final LayerDefinition LOG_SOFTMAX = Rule.layer("LogSoftmax", true)
            .example("LogSoftmax(dim=2)", "[batch, 7, 6]", "[batch, 7, 6]", 0)
            .example("LogSoftmax(dim=-1)", "[batch, 6]", "[batch, 6]", 0);

    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "softmax", p -> new Softmax(p.origin(), p.operand(), p.result(), p.whole("axis"), false),
            "softmax_backward",
                    p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.whole("axis"), false),
            "log_softmax", p -> new Softmax(p.origin(), p.operand(), p.result(), p.whole("axis"), true),
            "log_softmax_backward",
                    p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.whole("axis"), true));

    @Override
    public OpSignature signature() {
        return OpSignature.of(log ? "log_softmax" : "softmax")
                .from(x)
                .to(y)
                .attribute("axis", axis)
                .build();
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(log ? new Range(Double.NEGATIVE_INFINITY, 0) : new Range(0, 1));
    }

    @Override
    public List<String> violations() {
        return along(axis, x).sameShape(x, y).violations();
    }

    private static ShapeCheck along(int axis, Value value) {
        return new ShapeCheck()
                .that(
                        value.shape().batched()
                                && axis >= 1
                                && axis < value.shape().rank(),
                        () -> value + " is " + value.shape() + " and should have a batch and an axis " + axis);
    }

    // y = exp(x)/Σ exp(x): dX = y (dY − Σ dY y); y = log of that: dX = dY − exp(y) Σ dY.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, y, dY, dX, axis, log));
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
    }

    /** dX = y (dY − Σ_k dY y), and of the logarithm dX = dY − exp(y) Σ_k dY. */
    public record Backward(Origin origin, Value y, Value dY, Value dX, int axis, boolean log) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(log ? "log_softmax_backward" : "softmax_backward")
                    .with(y)
                    .from(dY)
                    .to(dX)
                    .attribute("axis", axis)
                    .build();
        }

        @Override
        public List<String> violations() {
            return along(axis, y).sameShape(y, dY, dX).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
        }
    }

    /**
     * {@code Softmax} and {@code LogSoftmax} along an axis, which of [batch, classes] and of images is that of the
     * channels.
     */
    record Rule(boolean log, OptionalInt dim) implements UnaryRule {

        private static LayerDefinition layer(String name, boolean log) {
            return LayerDefinition.layer(
                    Signature.of(name).with("dim", Type.INT, new Datum.None()).build(),
                    arguments -> new Rule(
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
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new Softmax(wiring.origin(), x, y, axis(x.shape()), log));
        }
    }
}
