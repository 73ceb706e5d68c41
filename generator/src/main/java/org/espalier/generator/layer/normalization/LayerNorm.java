package org.espalier.generator.layer.normalization;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.LayerDefinition;

/** {@code LayerNorm}: over the last axes, whose sizes are given; weight starts as 1, bias as 0. */
public record LayerNorm(
        List<Integer> sizes,
        double eps,
        boolean affine,
        boolean hasBias,
        Optional<Penalty> weightPenalty,
        Optional<Penalty> biasPenalty)
        implements UnaryRule {
    public static final LayerDefinition LAYER = LayerDefinition.norm(
                    Signature.of("LayerNorm")
                            .required("normalized_shape", Type.SIZES)
                            .with("eps", 1e-5)
                            .with("elementwise_affine", true)
                            .with("bias", true)
                            .regularizers()
                            .build(),
                    LayerNorm::of)
            .example("LayerNorm(6)", "[batch, 6]", "[batch, 6]", 12)
            .example("LayerNorm((3, 4, 5))", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 120)
            .example("LayerNorm((4, 5), bias=false)", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 20);

    private static LayerNorm of(Arguments arguments) {
        boolean affine = arguments.bool("elementwise_affine");
        boolean bias = affine && arguments.bool("bias");
        return new LayerNorm(
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
    public boolean isNormalization() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        int before = x.dimensions().size() - sizes.size();
        if (before < 0 || !x.dimensions().subList(before, x.dimensions().size()).equals(sizes)) {
            return Fit.mismatch("LayerNorm", "[batch, …, " + joined(sizes) + "]", x);
        }
        if (sizes.stream().anyMatch(size -> size > 1)) {
            return new Fit.Fitting(x);
        }
        return Fit.oneElement("LayerNorm", x)
                .withHelp(
                        x.elements() == 1
                                ? "leave it out there"
                                : "LayerNorm((" + joined(x.dimensions())
                                        + ")) normalizes all of a sample; or leave it out there");
    }

    private static String joined(List<Integer> sizes) {
        return sizes.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        Integer[] last = sizes.toArray(Integer[]::new);
        int parts = Math.toIntExact(x.shape().elements() / Shape.of(last).elements());
        wiring.add(new GroupNorm(
                wiring.origin(),
                x,
                wiring.normWeight(affine, last),
                wiring.normBias(hasBias, last),
                wiring.saved("mean", Shape.batch(parts)),
                wiring.saved("inverse_std", Shape.batch(parts)),
                y,
                eps,
                GroupNorm.Affine.ELEMENTS));
    }
}
