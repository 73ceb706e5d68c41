package org.espalier.generator.layer.pooling;

import org.espalier.generator.elaborate.language.Arguments;
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
import org.espalier.generator.ir.op.Window;
import org.espalier.generator.ir.op.Window.Pair;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.Primitives;

/** {@code MaxPool2d}: the stride is the kernel size unless given. */
public record MaxPool2dRule(Window window) implements LayerRule {
    public static final Builtin LAYER = Primitives.layer(
            Signature.of("MaxPool2d")
                    .required("kernel_size", Type.SIZE)
                    .with("stride", Type.SIZE, new Datum.None())
                    .with("padding", Type.SIZE, new Datum.Int(0))
                    .with("dilation", Type.SIZE, new Datum.Int(1))
                    .with("return_indices", false)
                    .with("ceil_mode", false)
                    .build(),
            MaxPool2dRule::of);

    private static MaxPool2dRule of(Arguments arguments) {
        arguments.only("return_indices", new Datum.Bool(false));
        arguments.only("ceil_mode", new Datum.Bool(false));
        Pair kernel = arguments.pair("kernel_size", 1);
        Pair padding = arguments.pair("padding", 0);
        if (padding.height() > kernel.height() / 2 || padding.width() > kernel.width() / 2) {
            arguments.outOfRange("padding", "at most half the kernel_size");
        }
        Pair stride = arguments.isNone("stride") ? kernel : arguments.pair("stride", 1);
        return new MaxPool2dRule(new Window(kernel, stride, padding, arguments.pair("dilation", 1), new Pair(0, 0)));
    }

    @Override
    public String kind() {
        return "maxpool";
    }

    @Override
    public Fit fit(Shape x) {
        return Extents.misfit("MaxPool2d", x, 0, "").orElseGet(() -> Extents.pooling("MaxPool2d", x, window));
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new MaxPool2d(wiring.origin(), x, y, window);
    }
}
