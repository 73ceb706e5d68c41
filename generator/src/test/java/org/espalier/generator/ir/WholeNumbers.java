package org.espalier.generator.ir;

import java.util.Random;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.embedding.Embedding;

/** Draws what networks take for inputs and targets of whole numbers. */
public final class WholeNumbers {
    /** A limit of those that are only compared and computed with. */
    private static final int UNLIMITED = 4;

    private WholeNumbers() {}

    /**
     * Draws elements of an input, or of a target of classes. Padding is not among them: by its row results change and
     * there is no gradient, on purpose, which differences do not know.
     */
    public static IntSupplier of(Graph graph, Value value, Random random) {
        if (value.kind() == Value.Kind.TARGET) {
            int classes = graph.losses().stream()
                    .filter(loss -> loss.operands().contains(value))
                    .mapToInt(loss -> loss.prediction().shape().axis(1))
                    .min()
                    .orElseThrow();
            return () -> random.nextInt(classes);
        }
        int limit = graph.limit(value).orElse(UNLIMITED);
        Set<Integer> padding = graph.operations().stream()
                .filter(op -> op instanceof Embedding embedding && embedding.x().equals(value))
                .map(op -> ((Embedding) op).padding())
                .collect(Collectors.toSet());
        return () -> {
            int drawn = random.nextInt(limit);
            while (padding.contains(drawn)) {
                drawn = random.nextInt(limit);
            }
            return drawn;
        };
    }
}
