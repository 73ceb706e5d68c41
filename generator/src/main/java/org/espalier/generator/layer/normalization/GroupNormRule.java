package org.espalier.generator.layer.normalization;

import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
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
import org.espalier.generator.layer.api.Primitives;

/** {@code GroupNorm}: weight starts as 1, bias as 0; there are no running statistics. */
public record GroupNormRule(
        int groups,
        int channels,
        double eps,
        boolean affine,
        Optional<Penalty> weightPenalty,
        Optional<Penalty> biasPenalty)
        implements LayerRule {
    public static final Builtin LAYER = Primitives.norm(
            Signature.of("GroupNorm")
                    .required("num_groups", Type.INT)
                    .required("num_channels", Type.INT)
                    .with("eps", 1e-5)
                    .with("affine", true)
                    .regularizers()
                    .build(),
            GroupNormRule::of);

    private static GroupNormRule of(Arguments arguments) {
        int groups = arguments.integer("num_groups", 1);
        int channels = arguments.integer("num_channels", 1);
        if (channels % groups != 0) {
            arguments.outOfRange("num_groups", "a divisor of num_channels, which is " + channels);
        }
        boolean affine = arguments.bool("affine");
        return new GroupNormRule(
                groups,
                channels,
                arguments.real("eps", eps -> eps > 0, "above 0"),
                affine,
                Biases.penalty(arguments, "weight_regularizer", "weight", affine),
                Biases.penalty(arguments, affine));
    }

    @Override
    public String kind() {
        return "groupnorm";
    }

    @Override
    public boolean isNormalisation() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        if (x.rank() < 2 || x.axis(1) != channels) {
            return Fit.mismatch("GroupNorm", "[batch, " + channels + ", …]", x);
        }
        if (x.elements() > groups) {
            return new Fit.Fitting(x);
        }
        return Fit.oneElement("GroupNorm", x)
                .withHelp(
                        channels == 1
                                ? "leave it out there"
                                : "each of the " + groups
                                        + " groups is one channel of one element: use fewer groups, as "
                                        + "in GroupNorm(1, " + channels + "), or leave it out there");
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new GroupNorm(
                wiring.origin(),
                x,
                wiring.normWeight(affine, channels),
                wiring.normBias(affine, channels),
                wiring.saved("mean", Shape.batch(groups)),
                wiring.saved("inverse_std", Shape.batch(groups)),
                y,
                eps,
                GroupNorm.Affine.CHANNELS);
    }
}
