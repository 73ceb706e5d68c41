package org.espalier.generator.layer.pooling;

import java.util.Optional;
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

/** {@code AvgPool2d}: the stride is the kernel size unless given. */
public record AvgPool2dRule(Window window, boolean countsPadding) implements LayerRule {
    public static final Builtin LAYER = Primitives.layer(
            Signature.of("AvgPool2d")
                    .required("kernel_size", Type.SIZE)
                    .with("stride", Type.SIZE, new Datum.None())
                    .with("padding", Type.SIZE, new Datum.Int(0))
                    .with("ceil_mode", false)
                    .with("count_include_pad", true)
                    .with("divisor_override", Type.INT, new Datum.None())
                    .build(),
            AvgPool2dRule::of);

    private static AvgPool2dRule of(Arguments arguments) {
        arguments.only("ceil_mode", new Datum.Bool(false));
        arguments.only("divisor_override", new Datum.None());
        Pair kernel = arguments.pair("kernel_size", 1);
        Pair padding = arguments.pair("padding", 0);
        if (padding.height() > kernel.height() / 2 || padding.width() > kernel.width() / 2) {
            arguments.outOfRange("padding", "at most half the kernel_size");
        }
        Pair stride = arguments.isNone("stride") ? kernel : arguments.pair("stride", 1);
        return new AvgPool2dRule(
                new Window(kernel, stride, padding, new Pair(1, 1), new Pair(0, 0)),
                arguments.bool("count_include_pad"));
    }

    @Override
    public String kind() {
        return "avgpool";
    }

    @Override
    public Fit fit(Shape x) {
        return Extents.misfit("AvgPool2d", x, 0, "").orElseGet(() -> Extents.pooling("AvgPool2d", x, window));
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new AvgPool2d(wiring.origin(), x, y, Optional.of(window), countsPadding);
    }
}
