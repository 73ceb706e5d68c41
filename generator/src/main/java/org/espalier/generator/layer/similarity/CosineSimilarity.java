package org.espalier.generator.layer.similarity;

import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.Reduce;

/** {@code CosineSimilarity}: x₁ · x₂ / (max(‖x₁‖, eps) max(‖x₂‖, eps)) along an axis. */
public record CosineSimilarity(Axis axis, double eps) implements Similarity {
    private static final Function PRODUCT = Elementwise.formula("product", List.of("x1", "x2"), "x1 * x2", Map.of());

    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("CosineSimilarity")
                            .with("dim", 1)
                            .with("eps", 1e-8)
                            .build(),
                    CosineSimilarity::of)
            .example("CosineSimilarity()", "[batch, 6] & [batch, 6]", "[batch]", 0)
            .example("CosineSimilarity(dim=2, eps=0.5)", "[batch, 3, 4] & [batch, 3, 4]", "[batch, 3]", 0);

    private static CosineSimilarity of(Arguments arguments) {
        return new CosineSimilarity(Axis.read(arguments, "dim"), arguments.real("eps", eps -> eps > 0, "above 0"));
    }

    @Override
    public String word() {
        return "CosineSimilarity";
    }

    @Override
    public boolean keeps() {
        return false;
    }

    @Override
    public void compare(Wiring wiring, Value x1, Value x2, Value compared) {
        Value products = wiring.between("products", x1.shape());
        Value dot = wiring.between("dot", compared.shape());
        Value norm1 = wiring.between("norm1", compared.shape());
        Value norm2 = wiring.between("norm2", compared.shape());
        wiring.add(Elementwise.of(wiring.origin(), PRODUCT, List.of(x1, x2), products));
        wiring.add(new Reduce(wiring.origin(), Reduce.Kind.SUM, products, dot));
        wiring.add(new Reduce(wiring.origin(), Reduce.Kind.NORM, x1, norm1));
        wiring.add(new Reduce(wiring.origin(), Reduce.Kind.NORM, x2, norm2));
        Function cosine = Elementwise.formula(
                "cosine",
                List.of("dot", "norm1", "norm2"),
                "dot / (if norm1 < eps then eps else norm1) / (if norm2 < eps then eps else norm2)",
                Map.of("eps", eps));
        wiring.add(Elementwise.of(wiring.origin(), cosine, List.of(dot, norm1, norm2), compared));
    }
}
