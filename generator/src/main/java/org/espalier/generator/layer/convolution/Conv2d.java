package org.espalier.generator.layer.convolution;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * y[n, o] = b[o] + Σ_c x[n, c] ⋆ W[o, c] (cross-correlation). W is [out, in, kH, kW], or [out, in/groups, kH, kW]: then
 * each group of outputs sees its group of inputs only.
 */
public record Conv2d(Origin origin, Value x, Value weight, Optional<Value> bias, Value y, Window window)
        implements ForwardOp {
    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "conv2d",
                    p -> new Conv2d(p.origin(), p.operand(), p.operand(), p.optionalOperand(), p.result(), p.window()),
            "conv2d_backward_input",
                    p -> new BackwardInput(p.origin(), p.operand(), p.operand(), p.result(), p.window()),
            "conv2d_backward_weight",
                    p -> new BackwardWeight(p.origin(), p.operand(), p.operand(), p.result(), p.window()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("conv2d")
                .from(x)
                .with(weight)
                .with(bias)
                .to(y)
                .attribute(window)
                .using(Argument.State.WORKSPACE)
                .build();
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(Range.ALL);
    }

    @Override
    public List<String> violations() {
        return Convolutions.check(y, x, weight, window, false)
                .then(check -> check.equal(bias, y.shape().channels()))
                .violations();
    }

    @Override
    public long multiplyAdds() {
        return y.shape().area() * weight.shape().elements();
    }

    // y = x ⋆ W + b: dW = x ⋆ dY, db = Σ dY, dX = dY convolved with W.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(weight, dW -> new BackwardWeight(origin, x, dY, dW, window));
        tape.contribute(bias, db -> new ChannelBiasBackward(origin, dY, db));
        tape.contribute(x, dX -> new BackwardInput(origin, dY, weight, dX, window));
    }

    @Override
    public Optional<Window> slides() {
        return Optional.of(window);
    }

    /** dX from dY and W: the transposed convolution of dY with W. */
    public record BackwardInput(Origin origin, Value dY, Value weight, Value dX, Window window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("conv2d_backward_input")
                    .from(dY)
                    .with(weight)
                    .to(dX)
                    .attribute(window)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Convolutions.check(dY, dX, weight, window, false).violations();
        }

        @Override
        public long multiplyAdds() {
            return dY.shape().area() * weight.shape().elements();
        }
    }

    /** dW[o, c] = Σ_n x[n, c] ⋆ dY[n, o]. */
    public record BackwardWeight(Origin origin, Value x, Value dY, Value dWeight, Window window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("conv2d_backward_weight")
                    .from(x, dY)
                    .to(dWeight)
                    .attribute(window)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Convolutions.check(dY, x, dWeight, window, false).violations();
        }

        @Override
        public long multiplyAdds() {
            return dY.shape().area() * dWeight.shape().elements();
        }
    }
}
