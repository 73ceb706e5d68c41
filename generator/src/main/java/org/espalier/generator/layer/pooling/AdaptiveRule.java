package org.espalier.generator.layer.pooling;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
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
 * @param indices whether it makes the places of what it takes as well
 */
record AdaptiveRule(String pool, List<Optional<Integer>> size, Operation operation, boolean indices)
        implements LayerRule {
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
        return new AdaptiveRule(
                pool, sizes.size() == 1 ? Collections.nCopies(axes, sizes.get(0)) : sizes, operation, false);
    }

    /** The same, which makes the places of what it takes as well, or does not. */
    AdaptiveRule withIndices(boolean wanted) {
        return new AdaptiveRule(pool, size, operation, wanted);
    }

    private static String name(String pool, int axes) {
        return "Adaptive" + pool + axes + "d";
    }

    @Override
    public String kind() {
        return pool.toLowerCase(Locale.ROOT);
    }

    @Override
    public int outputCount() {
        return indices ? 2 : 1;
    }

    @Override
    public String resultName(int place) {
        return "indices";
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        Shape x = inputs.get(0);
        String layer = name(pool, size.size());
        Fit fit = Extents.misfit(layer, x, size.size(), 0, "")
                .orElseGet(() -> Fit.of(layer, Extents.behind(x.axis(1), sizes(x))));
        return indices ? Pools.withIndices(layer, x, fit) : fit;
    }

    private Sizes sizes(Shape x) {
        Sizes before = Sizes.of(x);
        return new Sizes(IntStream.range(0, size.size())
                .mapToObj(axis -> size.get(axis).orElse(before.at(axis)))
                .toList());
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        wiring.add(operation.of(wiring.origin(), inputs.get(0), outputs.get(0)));
        if (indices && wiring.isWanted(1)) {
            wiring.add(new MaxPoolIndices(wiring.origin(), inputs.get(0), outputs.get(1), Optional.empty()));
        }
    }
}
