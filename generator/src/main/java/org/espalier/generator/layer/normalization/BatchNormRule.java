package org.espalier.generator.layer.normalization;

import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.Primitives;

/**
 * {@code BatchNorm2d}, for images, and {@code BatchNorm1d}, for [batch, features] and [batch, features, length]: weight
 * starts as 1, bias as 0, the running mean as 0 and the running variance as 1.
 */
public record BatchNormRule(
        String layer,
        int channels,
        double eps,
        double momentum,
        boolean affine,
        Optional<Penalty> weightPenalty,
        Optional<Penalty> biasPenalty)
        implements LayerRule {
    public static final Builtin OF_IMAGES = layer("BatchNorm2d");
    public static final Builtin OF_FEATURES = layer("BatchNorm1d");

    private static Builtin layer(String name) {
        return Primitives.norm(
                Signature.of(name)
                        .required("num_features", Type.INT)
                        .with("eps", 1e-5)
                        .with("momentum", 0.1)
                        .with("affine", true)
                        .with("track_running_stats", true)
                        .regularizers()
                        .build(),
                arguments -> of(name, arguments));
    }

    private static BatchNormRule of(String layer, Arguments arguments) {
        arguments.only("track_running_stats", new Datum.Bool(true));
        boolean affine = arguments.bool("affine");
        return new BatchNormRule(
                layer,
                arguments.integer("num_features", 1),
                arguments.real("eps", eps -> eps > 0, "above 0"),
                arguments.real("momentum", momentum -> momentum >= 0 && momentum <= 1, "between 0 and 1"),
                affine,
                Biases.penalty(arguments, "weight_regularizer", "weight", affine),
                Biases.penalty(arguments, affine));
    }

    @Override
    public String kind() {
        return "batchnorm";
    }

    @Override
    public boolean isNormalisation() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        Fit fits = new Fit.Fitting(x);
        if (layer.equals("BatchNorm2d")) {
            return Extents.misfit(layer, x, channels, "num_features").orElse(fits);
        }
        if ((x.rank() == 2 || x.rank() == 3) && x.axis(1) == channels) {
            return fits;
        }
        return Fit.mismatch(layer, "[batch, " + channels + (x.rank() == 3 ? ", length]" : "]"), x);
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new BatchNorm(
                wiring.origin(),
                x,
                wiring.normWeight(affine, channels),
                wiring.normBias(affine, channels),
                wiring.statistic("running_mean", 0, channels),
                wiring.statistic("running_var", 1, channels),
                wiring.saved("mean", Shape.of(channels)),
                wiring.saved("inverse_std", Shape.of(channels)),
                y,
                eps,
                momentum);
    }
}
