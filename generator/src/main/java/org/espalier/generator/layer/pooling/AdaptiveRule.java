package org.espalier.generator.layer.pooling;

import java.util.Locale;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.layer.api.Extents;

/**
 * The shape rule of pools to a size: {@code AdaptiveAvgPool2d} and its like.
 *
 * @param pool {@code AvgPool} or {@code MaxPool}
 * @param size of the result, behind its channels
 * @param operation what it becomes
 */
record AdaptiveRule(String pool, Sizes size, Operation operation) implements UnaryRule {
    /** A pool of x to the size of y. */
    interface Operation {
        ForwardOp of(Origin origin, Value x, Value y);
    }

    /** What such a layer takes. */
    static Signature.Builder signature(String pool, int axes) {
        return Signature.of(name(pool, axes)).required("output_size", Type.size(axes));
    }

    private static String name(String pool, int axes) {
        return "Adaptive" + pool + axes + "d";
    }

    @Override
    public String kind() {
        return pool.toLowerCase(Locale.ROOT);
    }

    @Override
    public Fit fit(Shape x) {
        String layer = name(pool, size.axes());
        return Extents.misfit(layer, x, size.axes(), 0, "")
                .orElseGet(() -> Fit.of(layer, Extents.behind(x.axis(1), size)));
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        wiring.add(operation.of(wiring.origin(), x, y));
    }
}
