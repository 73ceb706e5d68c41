package org.espalier.onnx.lower;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rules of all operators. */
final class Rules {
    private static final Map<String, Rule> ALL = new TreeMap<>();

    static {
        Elementwise.register(ALL);
        Reductions.register(ALL);
        Shapes.register(ALL);
        Slicing.register(ALL);
        Products.register(ALL);
        Convolutions.register(ALL);
        Pools.register(ALL);
        Normalizations.register(ALL);
        Images.register(ALL);
        Recurrences.register(ALL);
    }

    private Rules() {}

    static @Nullable Rule of(String operator) {
        return ALL.get(operator);
    }

    static Set<String> operators() {
        return ALL.keySet();
    }
}
