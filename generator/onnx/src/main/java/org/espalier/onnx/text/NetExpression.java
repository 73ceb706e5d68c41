package org.espalier.onnx.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Text of an expression that is not bound to a name.
 *
 * @param text the text; of a chain what it is applied to
 * @param binding how tightly its outermost operator binds
 * @param reads the names of tensors in it
 * @param chain the layers that are applied to it, the first one first; empty if it is no chain
 * @param function the text if the chain is of one layer that is a function, or null
 */
record NetExpression(
        String text,
        int binding,
        Set<String> reads,
        List<String> chain,
        @Nullable String function) {
    static final int ATOM = 10;
    static final int POWER = 8;
    static final int SIGN = 7;
    static final int PRODUCT = 6;
    static final int SUM = 5;
    static final int COMPARISON = 4;

    NetExpression {
        // In order: the first of them gives its name to what comes of it. Set.copyOf has another order in each process.
        reads = Collections.unmodifiableSet(new LinkedHashSet<>(reads));
        chain = List.copyOf(chain);
    }

    static NetExpression atom(String text, Set<String> reads) {
        return new NetExpression(text, ATOM, reads, List.of(), null);
    }

    static NetExpression named(String name) {
        return atom(name, Set.of(name));
    }

    /** A layer applied to an expression. */
    static NetExpression applied(String layer, @Nullable String function, NetExpression to) {
        List<String> layers = new ArrayList<>(to.chain);
        layers.add(layer);
        String base = to.chain.isEmpty() ? to.written() : to.text;
        return new NetExpression(base, ATOM, to.reads, layers, function);
    }

    /** The expression as it stands in others. */
    String written() {
        if (chain.isEmpty()) {
            return text;
        }
        if (chain.size() == 1) {
            return function != null ? function : chain.get(0) + "(" + text + ")";
        }
        return "sequential(" + String.join(", ", chain) + ")(" + text + ")";
    }

    /** In parentheses, unless it binds at least so tightly. */
    String within(int least) {
        return binding < least ? "(" + written() + ")" : written();
    }

    static Set<String> reads(List<NetExpression> parts) {
        Set<String> all = new LinkedHashSet<>();
        parts.forEach(part -> all.addAll(part.reads));
        return all;
    }
}
