package org.espalier.generator.elaborate.library;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.ElementwiseFunctions;
import org.espalier.generator.layer.similarity.PairwiseDistance;

/**
 * Losses of an anchor, something like it and something unlike it: max(0, margin + d₊ − d₋) of the distances of the
 * anchor to both (Balntas et al., BMVC 2016). With {@code swap} d₋ is the smaller one of that and the distance between
 * what is like the anchor and what is unlike it. Where pieces meet the derivative is that of PyTorch.
 */
final class TripletLosses {
    private static final String MARGIN = "margin";
    private static final String SWAP = "swap";
    private static final String DISTANCE = "distance_function";
    private static final double CLOSE = 1e-6;

    static final List<Builtin> ALL = List.of(
            loss(
                    Signature.of("TripletMarginLoss")
                            .with(MARGIN, 1.0)
                            .with("p", 2.0)
                            .with("eps", CLOSE)
                            .with(SWAP, false),
                    (arguments, site) -> layer(
                            site,
                            "TripletMarginLoss",
                            new PairwiseDistance(
                                    arguments.real("p", p -> p >= 1, "at least 1"),
                                    arguments.real("eps", eps -> eps >= 0, "at least 0"),
                                    false))),
            loss(
                    Signature.of("TripletMarginWithDistanceLoss")
                            .byName(DISTANCE, Type.LAYER, new Datum.None())
                            .byName(MARGIN, Type.FLOAT, new Datum.Real(1))
                            .byName(SWAP, Type.BOOL, new Datum.Bool(false)),
                    TripletLosses::distance));

    private TripletLosses() {}

    private static Builtin loss(Signature.Builder signature, BiFunction<Arguments, CallSite, Layer> distance) {
        return ComposedLosses.loss(
                signature, TripletLosses::formula, Set.of(0, 1, 2), (arguments, site) -> operands -> {
                    Layer layer = distance.apply(arguments, site);
                    return arguments.areSound()
                            ? distances(layer, arguments.bool(SWAP), site, operands)
                            : List.of(new Datum.Unknown());
                });
    }

    private static Argument.Function formula(Arguments arguments) {
        double margin = arguments.real(MARGIN, given -> given > 0, "above 0");
        return Elementwise.formula(
                "triplet_margin_loss",
                List.of("near", "far"),
                "if margin + near - far < 0 then 0 else margin + near - far",
                Map.of(MARGIN, margin));
    }

    private static Layer layer(CallSite site, String word, LayerRule rule) {
        return new Layer.Primitive(site.site(), word, rule, Optional.empty());
    }

    /** The layer that is given, which must make one tensor of two; without one it is {@code PairwiseDistance()}. */
    private static Layer distance(Arguments arguments, CallSite site) {
        if (!(arguments.get(DISTANCE) instanceof Datum.LayerDatum given)) {
            return layer(site, "PairwiseDistance", new PairwiseDistance(2, CLOSE, false));
        }
        if (given.layer().inputCount() != 2 || given.layer().outputCount() != 1) {
            arguments.outOfRange(DISTANCE, "a layer that makes one tensor of two, such as PairwiseDistance()");
        }
        return given.layer();
    }

    private static List<Datum> distances(Layer distance, boolean swap, CallSite site, List<Datum> operands) {
        Datum anchor = operands.get(0);
        Datum near = operands.get(1);
        Datum far = operands.get(2);
        Datum toNear = apply(distance, site, anchor, near);
        Datum toFar = apply(distance, site, anchor, far);
        return List.of(toNear, swap ? smaller(site, toFar, apply(distance, site, near, far)) : toFar);
    }

    private static Datum apply(Layer distance, CallSite site, Datum one, Datum other) {
        return new Datum.Tensor(site.trace()
                .orElseThrow()
                .apply(distance, List.of(((Datum.Tensor) one).symbol(), ((Datum.Tensor) other).symbol()), site.span())
                .get(0));
    }

    /** The smaller one of two; equal ones share the gradient. */
    private static Datum smaller(CallSite site, Datum one, Datum other) {
        return ElementwiseFunctions.apply(
                site,
                "minimum",
                FormulaParser.parse("if one < other then one else if other < one then other else (one + other) / 2"),
                Map.of("one", one, "other", other));
    }
}
