package org.espalier.generator.layer.pooling;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * The mean of each window.
 *
 * @param window empty where x is cut into as many parts as y has elements: row i of h is the mean of the rows from
 *     ⌊i·H/h⌋ to ⌈(i + 1)·H/h⌉
 * @param countsPadding whether padding counts as zeros, or not at all
 */
public record AvgPool2d(Origin origin, Value x, Value y, Optional<Window> window, boolean countsPadding)
        implements ForwardOp {
    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "avg_pool2d",
                    p -> new AvgPool2d(
                            p.origin(), p.operand(), p.result(), Optional.of(p.window()), p.flag("count_include_pad")),
            "avg_pool2d_backward",
                    p -> new Backward(
                            p.origin(), p.operand(), p.result(), Optional.of(p.window()), p.flag("count_include_pad")),
            "adaptive_avg_pool2d", p -> new AvgPool2d(p.origin(), p.operand(), p.result(), Optional.empty(), true),
            "adaptive_avg_pool2d_backward",
                    p -> new Backward(p.origin(), p.operand(), p.result(), Optional.empty(), true));

    @Override
    public String word() {
        return window.isPresent() ? "AvgPool2d" : "AdaptiveAvgPool2d";
    }

    @Override
    public OpSignature signature() {
        return average("", window, countsPadding).from(x).to(y).build();
    }

    @Override
    public List<String> violations() {
        return window.map(sliding -> Pools.check(x, y, sliding))
                .orElseGet(() -> Pools.check(x, y))
                .violations();
    }

    // y = mean of a window of x: dX = the sum of dY/size over the windows that x is in.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, dX, window, countsPadding));
    }

    @Override
    public Optional<Window> slides() {
        return window;
    }

    private static OpSignature.Builder average(String suffix, Optional<Window> window, boolean countsPadding) {
        return window.map(sliding -> OpSignature.of("avg_pool2d" + suffix)
                        .attribute(sliding)
                        .attribute("count_include_pad", countsPadding))
                .orElseGet(() -> OpSignature.of("adaptive_avg_pool2d" + suffix));
    }

    /** Spreads each dY evenly over its window. */
    public record Backward(Origin origin, Value dY, Value dX, Optional<Window> window, boolean countsPadding)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return average("_backward", window, countsPadding).from(dY).to(dX).build();
        }

        @Override
        public List<String> violations() {
            return window.map(sliding -> Pools.check(dX, dY, sliding))
                    .orElseGet(() -> Pools.check(dX, dY))
                    .violations();
        }
    }
}
