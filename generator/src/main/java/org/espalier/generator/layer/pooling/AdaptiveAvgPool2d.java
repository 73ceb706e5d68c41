package org.espalier.generator.layer.pooling;

import java.util.Optional;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window.Pair;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;

/** {@code AdaptiveAvgPool2d}: an image of any size becomes one of this size, each element the mean of its part. */
public record AdaptiveAvgPool2d(Pair size) implements UnaryRule {
    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("AdaptiveAvgPool2d")
                            .required("output_size", Type.SIZE)
                            .build(),
                    arguments -> new AdaptiveAvgPool2d(arguments.pair("output_size", 1)))
            .example("AdaptiveAvgPool2d(1)", "[batch, 3, 8, 9]", "[batch, 3, 1, 1]", 0)
            .example("AdaptiveAvgPool2d((3, 2))", "[batch, 3, 8, 9]", "[batch, 3, 3, 2]", 0);

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
    public void lower(Wiring wiring, Value x, Value y) {
        wiring.add(new AvgPool2d(wiring.origin(), x, y, Optional.empty(), true));
    }
}
