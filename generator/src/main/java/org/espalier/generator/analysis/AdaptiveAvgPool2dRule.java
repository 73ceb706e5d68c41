package org.espalier.generator.analysis;

import java.util.Optional;
import org.espalier.generator.ir.ForwardOp;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;
import org.espalier.generator.ir.Window.Pair;
import org.espalier.generator.layer.pooling.AvgPool2d;

/** {@code AdaptiveAvgPool2d}: an image of any size becomes one of this size, each element the mean of its part. */
record AdaptiveAvgPool2dRule(Pair size) implements LayerRule {
    static final Builtin LAYER = Primitives.layer(
            Signature.of("AdaptiveAvgPool2d").required("output_size", Type.SIZE).build(),
            arguments -> new AdaptiveAvgPool2dRule(arguments.pair("output_size", 1)));

    @Override
    public String kind() {
        return "avgpool";
    }

    @Override
    public Fit fit(Shape x) {
        return Extents.misfit("AdaptiveAvgPool2d", x, 0, "")
                .orElseGet(() -> Fit.of("AdaptiveAvgPool2d", x.axis(1), size.height(), size.width()));
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new AvgPool2d(wiring.origin(), x, y, Optional.empty(), true);
    }
}
