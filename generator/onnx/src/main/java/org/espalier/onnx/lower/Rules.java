package org.espalier.onnx.lower;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The lowering rules of all supported operators. */
final class Rules {
    /** Lowering rule of an operator: translates its nodes into operations of the language. */
    @FunctionalInterface
    interface Rule {
        /** Adds operations to the lowering of a node, and says what its outputs are. */
        void lower(NodeLowering node) throws Unsupported;
    }

    private static final Map<String, Rule> ALL = new TreeMap<>();

    static {
        ElementwiseNodes.register(ALL);
        Reductions.register(ALL);
        ShapeNodes.register(ALL);
        Slicing.register(ALL);
        ProductNodes.register(ALL);
        ConvolutionNodes.register(ALL);
        PoolNodes.register(ALL);
        NormalizationNodes.register(ALL);
        Images.register(ALL);
        RecurrenceNodes.register(ALL);
        AttentionNodes.register(ALL);
    }

    private Rules() {}

    static @Nullable Rule of(String operator) {
        return ALL.get(operator);
    }

    static Set<String> operators() {
        return ALL.keySet();
    }
}
