package org.espalier.generator.analysis;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.analysis.Datum.Penalty;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;

/** {@code LayerNorm}: over the last axes, whose sizes are given; weight starts as 1, bias as 0. */
record LayerNormRule(
        List<Integer> sizes,
        double eps,
        boolean affine,
        boolean hasBias,
        Optional<Penalty> weightPenalty,
        Optional<Penalty> biasPenalty)
        implements LayerRule {
    static final Builtin LAYER = Primitives.norm(
            Signature.of("LayerNorm")
                    .required("normalized_shape", Type.SIZES)
                    .with("eps", 1e-5)
                    .with("elementwise_affine", true)
                    .with("bias", true)
                    .regularizers()
                    .build(),
            LayerNormRule::of);

    private static LayerNormRule of(Arguments arguments) {
        boolean affine = arguments.bool("elementwise_affine");
        boolean bias = affine && arguments.bool("bias");
        return new LayerNormRule(
                arguments.sizes("normalized_shape", 1),
                arguments.real("eps", eps -> eps > 0, "above 0"),
                affine,
                bias,
                Biases.penalty(arguments, "weight_regularizer", "weight", affine),
                Biases.penalty(arguments, bias));
    }

    @Override
    public String kind() {
        return "layernorm";
    }

    @Override
    public boolean isNormalisation() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        int before = x.dimensions().size() - sizes.size();
        return before >= 0
                        && x.dimensions().subList(before, x.dimensions().size()).equals(sizes)
                ? new Fit.Fitting(x)
                : Fit.mismatch(
                        "LayerNorm",
                        sizes.stream().map(String::valueOf).collect(Collectors.joining(", ", "[batch, …, ", "]")),
                        x);
    }

    @Override
    public Op operation(Wiring wiring, Value x, Value y) {
        Integer[] last = sizes.toArray(Integer[]::new);
        int parts = Math.toIntExact(x.shape().elements() / Shape.of(last).elements());
        return new Op.GroupNorm(
                wiring.origin(),
                x,
                wiring.normWeight(affine, last),
                wiring.normBias(hasBias, last),
                wiring.saved("mean", Shape.batch(parts)),
                wiring.saved("inverse_std", Shape.batch(parts)),
                y,
                eps,
                Op.GroupNorm.Affine.ELEMENTS);
    }
}
