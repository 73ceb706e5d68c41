package org.espalier.generator.layer.pooling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * The places of the elements that a max pool takes, each counted in its channel as if that lay in one line: PyTorch's
 * {@code return_indices}. They are floating-point numbers without a gradient.
 *
 * @param window of the pool; without one it is adaptive
 */
public record MaxPoolIndices(Origin origin, Value x, Value indices, Optional<WindowGeometry> window)
        implements ForwardOp {
    /** The most elements that a channel can have, each of which float32 can count. */
    static final long MOST = 1L << 24;

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (int axes : WindowGeometry.AXES) {
            readers.put(
                    name(axes, true),
                    p -> new MaxPoolIndices(p.origin(), p.operand(), p.result(), Optional.of(p.window(axes))));
            readers.put(
                    name(axes, false), p -> new MaxPoolIndices(p.origin(), p.operand(), p.result(), Optional.empty()));
        }
        return Map.copyOf(readers);
    }

    private static String name(int axes, boolean windowed) {
        return (windowed ? "max_pool" : "adaptive_max_pool") + axes + "d_indices";
    }

    @Override
    public OpSignature signature() {
        OpSignature.Builder signature = OpSignature.of(name(x.shape().axes(), window.isPresent()))
                .from(x)
                .to(indices);
        window.ifPresent(signature::attribute);
        return signature.build();
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ofAxes(x.shape().axes()));
    }

    @Override
    public List<String> violations() {
        return window.map(given -> Pools.check(x, indices, given))
                .orElseGet(() -> Pools.check(x, indices))
                .violations();
    }

    @Override
    public List<Value> differentiable() {
        return List.of();
    }

    /** There is nothing to go on with: places do not move with the numbers there. */
    @Override
    public void backward(Tape tape) {}
}
