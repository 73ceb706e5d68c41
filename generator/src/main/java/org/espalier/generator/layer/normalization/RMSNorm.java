package org.espalier.generator.layer.normalization;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
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
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.Reduce;

/**
 * {@code RMSNorm}: y = x/√(mean(x²) + eps) · γ over the last axes, whose sizes are given (Zhang and Sennrich,
 * arXiv:1910.07467); weight starts as 1.
 */
public record RMSNorm(List<Integer> sizes, double eps, boolean affine, Optional<Penalty> weightPenalty)
        implements UnaryRule {
    /** The distance from 1 to the next float, which PyTorch takes where none is given. */
    private static final double EPS = 0x1p-23;

    public static final LayerDefinition LAYER = LayerDefinition.norm(
                    Signature.of("RMSNorm")
                            .required("normalized_shape", Type.SIZES)
                            .with("eps", Type.FLOAT, new Datum.None())
                            .with("elementwise_affine", true)
                            .weightRegularizer()
                            .build(),
                    RMSNorm::of)
            .example("RMSNorm(6)", "[batch, 6]", "[batch, 6]", 6)
            .example("RMSNorm(4, eps=0.01)", "[batch, 3, 4]", "[batch, 3, 4]", 4)
            .example("RMSNorm((3, 4), elementwise_affine=false)", "[batch, 2, 3, 4]", "[batch, 2, 3, 4]", 0);

    private static RMSNorm of(Arguments arguments) {
        boolean affine = arguments.bool("elementwise_affine");
        return new RMSNorm(
                arguments.sizes("normalized_shape", 1),
                arguments.isNone("eps") ? EPS : arguments.real("eps", eps -> eps > 0, "above 0"),
                affine,
                Biases.penalty(arguments, "weight_regularizer", "weight", affine));
    }

    @Override
    public String kind() {
        return "rmsnorm";
    }

    @Override
    public boolean isNormalization() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        int before = x.dimensions().size() - sizes.size();
        boolean fits = before >= 0
                && x.dimensions().subList(before, x.dimensions().size()).equals(sizes);
        if (!fits) {
            return Fit.mismatch(
                    "RMSNorm",
                    sizes.stream().map(String::valueOf).collect(Collectors.joining(", ", "[batch, …, ", "]")),
                    x);
        }
        return sizes.stream().anyMatch(size -> size > 1)
                ? new Fit.Fitting(x)
                : Fit.oneElement("RMSNorm", x).withHelp("leave it out there: an element divided by itself is 1 or -1");
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        Shape shape = x.shape();
        int first = shape.rank() - sizes.size();
        Shape reduced = shape;
        for (int axis = first; axis < shape.rank(); axis++) {
            reduced = reduced.with(axis, 1);
        }
        Value norm = wiring.between("norm", reduced);
        Optional<Value> weight = wiring.normWeight(affine, sizes.toArray(Integer[]::new));
        List<String> variables = new ArrayList<>(List.of("x", "norm"));
        List<Value> operands = new ArrayList<>(List.of(x, norm));
        List<Integer> axes = new ArrayList<>(List.of(0, 0));
        weight.ifPresent(value -> {
            variables.add("weight");
            operands.add(value);
            axes.add(first);
        });
        String formula = "x * (norm * norm / count + eps)**-0.5" + (affine ? " * weight" : "");
        double count = (double) shape.elements() / reduced.elements();
        wiring.add(new Reduce(wiring.origin(), Reduce.Kind.NORM, x, norm));
        wiring.add(new Elementwise(
                wiring.origin(),
                Elementwise.formula("rms_norm", variables, formula, Map.of("count", count, "eps", eps)),
                operands,
                axes,
                y));
    }
}
