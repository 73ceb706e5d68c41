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

/** The adjoint of a convolution by the same window, plus bias. W is [in, out, kH, kW]. */
public record ConvTranspose2d(Origin origin, Value x, Value weight, Optional<Value> bias, Value y, Window window)
        implements ForwardOp {
    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "conv_transpose2d",
                    p -> new ConvTranspose2d(
                            p.origin(), p.operand(), p.operand(), p.optionalOperand(), p.result(), p.window()),
            "conv_transpose2d_backward_input",
                    p -> new BackwardInput(p.origin(), p.operand(), p.operand(), p.result(), p.window()),
            "conv_transpose2d_backward_weight",
                    p -> new BackwardWeight(p.origin(), p.operand(), p.operand(), p.result(), p.window()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("conv_transpose2d")
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
        return Convolutions.check(x, y, weight, window, true)
                .then(check -> check.equal(bias, y.shape().channels()))
                .violations();
    }

    @Override
    public long multiplyAdds() {
        return x.shape().area() * weight.shape().elements();
    }

    // y = x convolved with W, + b: dW = dY ⋆ x, db = Σ dY, dX = dY ⋆ W.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(weight, dW -> new BackwardWeight(origin, x, dY, dW, window));
        tape.contribute(bias, db -> new ChannelBiasBackward(origin, dY, db));
        tape.contribute(x, dX -> new BackwardInput(origin, dY, weight, dX, window));
    }

    /** dX from dY and W: the convolution of dY with W. */
    public record BackwardInput(Origin origin, Value dY, Value weight, Value dX, Window window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("conv_transpose2d_backward_input")
                    .from(dY)
                    .with(weight)
                    .to(dX)
                    .attribute(window)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Convolutions.check(dX, dY, weight, window, true).violations();
        }

        @Override
        public long multiplyAdds() {
            return dX.shape().area() * weight.shape().elements();
        }
    }

    /** dW[c, o] = Σ_n dY[n, o] ⋆ x[n, c]. */
    public record BackwardWeight(Origin origin, Value x, Value dY, Value dWeight, Window window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("conv_transpose2d_backward_weight")
                    .from(x, dY)
                    .to(dWeight)
                    .attribute(window)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Convolutions.check(x, dY, dWeight, window, true).violations();
        }

        @Override
        public long multiplyAdds() {
            return x.shape().area() * dWeight.shape().elements();
        }
    }
}
