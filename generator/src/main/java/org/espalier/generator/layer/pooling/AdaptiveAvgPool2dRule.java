package org.espalier.generator.layer.pooling;

import java.util.Optional;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window.Pair;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.Primitives;

/** {@code AdaptiveAvgPool2d}: an image of any size becomes one of this size, each element the mean of its part. */
public record AdaptiveAvgPool2dRule(Pair size) implements LayerRule {
    public static final Builtin LAYER = Primitives.layer(
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
