package org.espalier.generator.layer.similarity;

import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.Reduce;

/** {@code PairwiseDistance}: the p-norm of x₁ − x₂ + eps along the last axis. */
public record PairwiseDistance(double p, double eps, boolean keeps) implements Similarity {
    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("PairwiseDistance")
                            .with("p", 2.0)
                            .with("eps", 1e-6)
                            .with("keepdim", false)
                            .build(),
                    PairwiseDistance::of)
            .example("PairwiseDistance()", "[batch, 6] & [batch, 6]", "[batch]", 0)
            .example("PairwiseDistance(3, keepdim=true)", "[batch, 2, 4] & [batch, 2, 4]", "[batch, 2, 1]", 0)
            .example("PairwiseDistance(p=1, eps=0.01)", "[batch, 2, 4] & [batch, 2, 4]", "[batch, 2]", 0);

    private static PairwiseDistance of(Arguments arguments) {
        return new PairwiseDistance(
                arguments.real("p", p -> p >= 1, "at least 1"),
                arguments.real("eps", eps -> eps >= 0, "at least 0"),
                arguments.bool("keepdim"));
    }

    @Override
    public String word() {
        return "PairwiseDistance";
    }

    @Override
    public Axis axis() {
        return new Axis(-1);
    }

    @Override
    public void compare(Wiring wiring, Value x1, Value x2, Value compared) {
        List<String> both = List.of("x1", "x2");
        Map<String, Double> numbers = Map.of("eps", eps);
        boolean euclidean = p == 2;
        String difference = "x1 - x2 + eps";
        String power = p == 1 ? "abs(" + difference + ")" : "abs(" + difference + ")**" + p;
        Value parts = wiring.between(euclidean ? "difference" : "powers", x1.shape());
        wiring.add(Elementwise.of(
                wiring.origin(),
                Elementwise.formula("difference", both, euclidean ? difference : power, numbers),
                List.of(x1, x2),
                parts));
        if (euclidean) {
            wiring.add(new Reduce(wiring.origin(), Reduce.Kind.NORM, parts, compared));
        } else if (p == 1) {
            wiring.add(new Reduce(wiring.origin(), Reduce.Kind.SUM, parts, compared));
        } else {
            Value sum = wiring.between("sum", compared.shape());
            wiring.add(new Reduce(wiring.origin(), Reduce.Kind.SUM, parts, sum));
            String root = "if 0 < sum then sum**" + 1 / p + " else 0";
            wiring.add(Elementwise.of(
                    wiring.origin(),
                    Elementwise.formula("root", List.of("sum"), root, Map.of()),
                    List.of(sum),
                    compared));
        }
    }
}
