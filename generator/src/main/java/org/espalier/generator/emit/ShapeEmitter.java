package org.espalier.generator.emit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Spread;
import org.espalier.generator.ir.Value;
import org.espalier.generator.ir.Window;

/** What moves numbers about: pooling, flattening, concatenation; and the sum where branches meet. */
final class ShapeEmitter {
    private final Operands operands;

    ShapeEmitter(Operands operands) {
        this.operands = operands;
    }

    // Example:
    //
    // // pool = MaxPool2d(2)  (tiny.net:9)
    // maxPool2d(relu, pool, KERNEL_2_STRIDE_2); // [batch, 8, 14, 14] -> [batch, 8, 7, 7]
    //
    Emission maxPool2d(Op.MaxPool2d op) {
        return operands.call("maxPool2d", op.x(), op.y(), op.window()).with(Operands.shapes(op.x(), op.y()));
    }

    // Example:
    //
    // maxPool2dBackward(relu, dPool, dRelu, KERNEL_2_STRIDE_2); // [batch, 8, 7, 7] -> [batch, 8, 14, 14]
    //
    Emission maxPool2dBackward(Op.MaxPool2dBackward op) {
        return operands.call("maxPool2dBackward", op.x(), op.dY(), op.dX(), op.window())
                .with(Operands.shapes(op.dY(), op.dX()));
    }

    // Example:
    //
    // // pool = AvgPool2d(2)  (tiny.net:9)
    // avgPool2d(relu, pool, KERNEL_2_STRIDE_2, true); // [batch, 8, 14, 14] -> [batch, 8, 7, 7]
    //
    // or, without a window of one size:
    //
    // // pool = AdaptiveAvgPool2d(1)  (tiny.net:9)
    // adaptiveAvgPool2d(relu, pool); // [batch, 8, 14, 14] -> [batch, 8, 1, 1]
    //
    Emission avgPool2d(Op.AvgPool2d op) {
        return average("", op.window(), op.countsPadding(), op.x(), op.y());
    }

    // Example:
    //
    // avgPool2dBackward(dPool, dRelu, KERNEL_2_STRIDE_2, true); // [batch, 8, 7, 7] -> [batch, 8, 14, 14]
    //
    Emission avgPool2dBackward(Op.AvgPool2dBackward op) {
        return average("Backward", op.window(), op.countsPadding(), op.dY(), op.dX());
    }

    private Emission average(String suffix, Optional<Window> window, boolean countsPadding, Value from, Value to) {
        return window.map(sliding -> operands.call("avgPool2d" + suffix, from, to, sliding, countsPadding))
                .orElseGet(() -> operands.call("adaptiveAvgPool2d" + suffix, from, to))
                .with(Operands.shapes(from, to));
    }

    // Example:
    //
    // // up = Upsample(scale_factor=2)  (unet.net:9)
    // upsample(relu, up, 2, 2); // [batch, 8, 14, 14] -> [batch, 8, 28, 28]
    //
    // or, with what comes above, below, to the left and to the right:
    //
    // // pad = ReflectionPad2d(3)  (unet.net:9)
    // reflectionPad2d(image, pad, 3, 3, 3, 3); // [batch, 3, 28, 28] -> [batch, 3, 34, 34]
    //
    Emission spread2d(Op.Spread2d op) {
        return spread("", op.spread(), op.x(), op.y());
    }

    // Example:
    //
    // upsampleBackward(dUp, dRelu, 2, 2); // [batch, 8, 28, 28] -> [batch, 8, 14, 14]
    //
    Emission spread2dBackward(Op.Spread2dBackward op) {
        return spread("Backward", op.spread(), op.dY(), op.dX());
    }

    private Emission spread(String suffix, Spread spread, Value from, Value to) {
        String kernel = Identifiers.camelCase(spread.kind().text()) + suffix;
        int top = spread.before().height();
        int left = spread.before().width();
        Emission.Call call = spread.kind() == Spread.Kind.NEAREST
                ? operands.call(kernel, from, to, top, left)
                : operands.call(
                        kernel,
                        from,
                        to,
                        top,
                        spread.after().height(),
                        left,
                        spread.after().width());
        return call.with(Operands.shapes(from, to));
    }

    // Example:
    //
    // // flat is pool as [batch, 392].
    //
    // or, where the plan had to keep both:
    //
    // copy(pool, flat); // [batch, 8, 7, 7] -> [batch, 392]
    //
    Emission flatten(Op.Flatten op) {
        return reshape(op.x(), op.y());
    }

    // Example:
    //
    // // dPool is dFlat as [batch, 8, 7, 7].
    //
    Emission flattenBackward(Op.FlattenBackward op) {
        return reshape(op.dY(), op.dX());
    }

    private Emission reshape(Value from, Value to) {
        if (operands.storage().same(from, to)) {
            return new Emission.Nothing(operands.field(to) + " is " + operands.field(from) + " as " + to.shape() + ".");
        }
        return operands.call("copy", from, to).with(Operands.shapes(from, to));
    }

    // Example:
    //
    // // down and up were written into skip.
    //
    // or, where the plan had to keep them apart:
    //
    // concat(skip, down, up); // [batch, 64, 32, 32], [batch, 64, 32, 32] -> [batch, 128, 32, 32]
    //
    Emission concat(Op.Concat op) {
        if (operands.storage().isPlannedAway(op)) {
            String parts = op.parts().stream().map(operands::field).distinct().collect(Collectors.joining(" and "));
            return new Emission.Nothing(parts + " were written into " + operands.field(op.y()) + ".");
        }
        List<Object> arguments = new ArrayList<>();
        arguments.add(op.y());
        arguments.addAll(op.parts());
        return operands.call("concat", arguments.toArray()).with(Operands.shapes(op.parts(), op.y()));
    }

    // Example:
    //
    // // dUp is channels 64 to 127 of dSkip.
    //
    // or, where the plan had to keep them apart:
    //
    // concatBackward(dSkip, dUp, 64); // [batch, 128, 32, 32] -> [batch, 64, 32, 32]
    //
    Emission concatBackward(Op.ConcatBackward op) {
        if (operands.storage().isChannels(op.dPart(), op.dY(), op.from())) {
            int last = op.from() + op.dPart().shape().axis(1) - 1;
            return new Emission.Nothing(operands.field(op.dPart()) + " is channels " + op.from() + " to " + last
                    + " of " + operands.field(op.dY()) + ".");
        }
        return operands.call("concatBackward", op.dY(), op.dPart(), op.from())
                .with(Operands.shapes(op.dY(), op.dPart()));
    }

    // Example:
    //
    // add(stem, norm2, sum);
    //
    Emission add(Op.Add op) {
        return operands.call("add", op.a(), op.b(), op.sum())
                .with(operands.storage().same(op.a(), op.sum()) ? "in place" : operands.inPlace(op.b(), op.sum()));
    }

    // Example:
    //
    // // dNorm2 is dSum.
    //
    // or, where the plan had to keep both:
    //
    // copy(dSum, dNorm2);
    //
    Emission addBackward(Op.AddBackward op) {
        if (operands.storage().same(op.dSum(), op.dPart())) {
            return new Emission.Nothing(operands.field(op.dPart()) + " is " + operands.field(op.dSum()) + ".");
        }
        return operands.call("copy", op.dSum(), op.dPart());
    }
}
