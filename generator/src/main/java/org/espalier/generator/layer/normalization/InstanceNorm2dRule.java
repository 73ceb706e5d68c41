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

/** {@code InstanceNorm2d}: without parameters unless {@code affine}, and never with running statistics. */
public record InstanceNorm2dRule(
        int channels, double eps, boolean affine, Optional<Penalty> weightPenalty, Optional<Penalty> biasPenalty)
        implements LayerRule {
    public static final Builtin LAYER = Primitives.norm(
            Signature.of("InstanceNorm2d")
                    .required("num_features", Type.INT)
                    .with("eps", 1e-5)
                    .with("momentum", 0.1)
                    .with("affine", false)
                    .with("track_running_stats", false)
                    .regularizers()
                    .build(),
            InstanceNorm2dRule::of);

    private static InstanceNorm2dRule of(Arguments arguments) {
        arguments.only("track_running_stats", new Datum.Bool(false));
        boolean affine = arguments.bool("affine");
        return new InstanceNorm2dRule(
                arguments.integer("num_features", 1),
                arguments.real("eps", eps -> eps > 0, "above 0"),
                affine,
                Biases.penalty(arguments, "weight_regularizer", "weight", affine),
                Biases.penalty(arguments, affine));
    }

    @Override
    public String kind() {
        return "instancenorm";
    }

    @Override
    public boolean isNormalisation() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        return Extents.misfit("InstanceNorm2d", x, channels, "num_features")
                .orElseGet(() -> x.elements() == channels
                        ? Fit.oneElement("InstanceNorm2d", x)
                                .withHelp(
                                        channels == 1
                                                ? "leave it out there"
                                                : "leave it out there, or write GroupNorm(1, " + channels
                                                        + "), which normalises over the channels too")
                        : new Fit.Fitting(x));
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new InstanceNorm2d(
                wiring.origin(),
                x,
                wiring.normWeight(affine, channels),
                wiring.normBias(affine, channels),
                wiring.saved("mean", Shape.batch(channels)),
                wiring.saved("inverse_std", Shape.batch(channels)),
                y,
                eps);
    }
}
