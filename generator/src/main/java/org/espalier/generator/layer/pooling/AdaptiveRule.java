package org.espalier.generator.layer.pooling;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Arguments;
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
 * @param size of the result, behind its channels; empty where it is that of x
 * @param operation what it becomes
 */
record AdaptiveRule(String pool, List<Optional<Integer>> size, Operation operation) implements UnaryRule {
    /** A pool of x to the size of y. */
    interface Operation {
        ForwardOp of(Origin origin, Value x, Value y);
    }

    /** Begins the signature of such a layer, with the size of its result. */
    static Signature.Builder signature(String pool, int axes) {
        return Signature.of(name(pool, axes)).required("output_size", Type.outputSize(axes));
    }

    /** The rule of such a layer with these arguments. */
    static AdaptiveRule of(String pool, int axes, Arguments arguments, Operation operation) {
        List<Optional<Integer>> sizes = arguments.optionalSizes("output_size", 1);
        return new AdaptiveRule(pool, sizes.size() == 1 ? Collections.nCopies(axes, sizes.get(0)) : sizes, operation);
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
        String layer = name(pool, size.size());
        return Extents.misfit(layer, x, size.size(), 0, "")
                .orElseGet(() -> Fit.of(layer, Extents.behind(x.axis(1), sizes(x))));
    }

    private Sizes sizes(Shape x) {
        Sizes before = Sizes.of(x);
        return new Sizes(IntStream.range(0, size.size())
                .mapToObj(axis -> size.get(axis).orElse(before.at(axis)))
                .toList());
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        wiring.add(operation.of(wiring.origin(), x, y));
    }
}
