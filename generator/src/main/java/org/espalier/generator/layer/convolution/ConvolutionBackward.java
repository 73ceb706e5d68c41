package org.espalier.generator.layer.convolution;

import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.text.PrintedOp;

/** Gradients of convolutions, of which a transposed one exchanges what the window slides over and what it makes. */
public final class ConvolutionBackward {
    private static final String INPUT = "_backward_input";
    private static final String WEIGHT = "_backward_weight";

    private ConvolutionBackward() {}

    /** Adds readers of both gradients. */
    static void addReaders(Map<String, PrintedOp.Reader> readers, int axes, boolean transposed) {
        String name = Convolutions.name(axes, transposed);
        readers.put(
                name + INPUT,
                p -> new Input(p.origin(), p.operand(), p.operand(), p.result(), p.window(axes), transposed));
        readers.put(
                name + WEIGHT,
                p -> new Weight(p.origin(), p.operand(), p.operand(), p.result(), p.window(axes), transposed));
    }

    /** dX from dY and W: the transposed convolution of dY with W, or the convolution if it was transposed itself. */
    public record Input(Origin origin, Value dY, Value weight, Value dX, WindowGeometry window, boolean transposed)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(Convolutions.name(window.axes(), transposed) + INPUT)
                    .from(dY)
                    .with(weight)
                    .to(dX)
                    .attribute(window)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).by(KernelCall.Owner.ofAxes(window.axes()));
        }

        @Override
        public List<String> violations() {
            return Convolutions.check(dX, dY, weight, window, transposed).violations();
        }

        @Override
        public long multiplyAdds() {
            return Convolutions.multiplyAdds(dX, dY, weight, transposed);
        }
    }

    /** dW[o, c] = Σ_n x[n, c] ⋆ dY[n, o], or dW[c, o] = Σ_n dY[n, o] ⋆ x[n, c] of a transposed one. */
    public record Weight(Origin origin, Value x, Value dY, Value dWeight, WindowGeometry window, boolean transposed)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(Convolutions.name(window.axes(), transposed) + WEIGHT)
                    .from(x, dY)
                    .to(dWeight)
                    .using(Argument.State.ACCUMULATE)
                    .attribute(window)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).by(KernelCall.Owner.ofAxes(window.axes()));
        }

        @Override
        public List<String> violations() {
            return Convolutions.check(x, dY, dWeight, window, transposed).violations();
        }

        @Override
        public long multiplyAdds() {
            return Convolutions.multiplyAdds(x, dY, dWeight, transposed);
        }
    }
}
