package org.espalier.generator.layer.similarity;

import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.Reduce;

/**
 * The cosine that CosineEmbeddingLoss compares, of vectors [batch, size]: x₁ · x₂ / √((‖x₁‖² + ε) (‖x₂‖² + ε)) with ε =
 * 1e-12, as PyTorch computes it.
 */
public record CosineEmbedding() implements Similarity {
    private static final Function PRODUCT = Elementwise.formula("product", List.of("x1", "x2"), "x1 * x2", Map.of());
    private static final Function SQUARE = Elementwise.formula("square", List.of("x"), "x * x", Map.of());
    private static final Function COSINE = Elementwise.formula(
            "cosine",
            List.of("dot", "square1", "square2"),
            "dot / sqrt((square1 + eps) * (square2 + eps))",
            Map.of("eps", 1e-12));

    @Override
    public String word() {
        return "CosineEmbeddingLoss";
    }

    @Override
    public Axis axis() {
        return new Axis(1);
    }

    @Override
    public boolean keeps() {
        return false;
    }

    @Override
    public void compare(Wiring wiring, Value x1, Value x2, Value compared) {
        Value dot = sum(wiring, "dot", PRODUCT, List.of(x1, x2), compared);
        Value square1 = sum(wiring, "square1", SQUARE, List.of(x1), compared);
        Value square2 = sum(wiring, "square2", SQUARE, List.of(x2), compared);
        wiring.add(Elementwise.of(wiring.origin(), COSINE, List.of(dot, square1, square2), compared));
    }

    private static Value sum(Wiring wiring, String name, Function f, List<Value> operands, Value compared) {
        Value summands = wiring.between(name + "_parts", operands.get(0).shape());
        Value sum = wiring.between(name, compared.shape());
        wiring.add(Elementwise.of(wiring.origin(), f, operands, summands));
        wiring.add(new Reduce(wiring.origin(), Reduce.Kind.SUM, summands, sum));
        return sum;
    }
}
