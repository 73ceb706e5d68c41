package org.espalier.onnx.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.structure.NetNames;
import org.jspecify.annotations.Nullable;

/**
 * Finds layers that share weights: one that is applied again, and one that reads the matrix of a layer of another kind,
 * as the head of a language model does. A model does not say so where an exporter turned the matrix round for one of
 * them, and layers that nobody has trained may have equal numbers without sharing them.
 */
final class SharedWeights {
    private final List<Bound> layers = new ArrayList<>();
    private final Set<String> functions = new HashSet<>();

    private record Bound(String name, String label, String made, ImportedOp op) {}

    /**
     * Remembers a layer.
     *
     * @param name what it is bound to
     * @param label the name that the model has for it
     * @param made the text of its construction
     */
    void add(String name, String label, String made, ImportedOp op) {
        layers.add(new Bound(name, label, made, op));
    }

    /** The name of the layer that this is, or null if it is another one. */
    @Nullable
    String same(String label, String made, ImportedOp op) {
        for (Bound bound : layers) {
            if (bound.made().equals(made)
                    && module(bound.label()).equals(module(label))
                    && isSame(bound.op().weights(), op.weights())) {
                return bound.name();
            }
        }
        return null;
    }

    /**
     * The path of the matrix that this layer shares, if that is all it has; or null, also if a layer has the name of
     * the function that reads it.
     */
    @Nullable
    String matrix(ImportedOp op, NetNames names) {
        Constant own = op.weights().get("weight");
        if (own == null || op.weights().size() > 1 || (!op.is("Linear") && !op.is("Embedding"))) {
            return null;
        }
        for (Bound bound : layers) {
            Constant other = bound.op().weights().get("weight");
            boolean otherKind = !bound.op().is(op.word());
            if (other != null && otherKind && own.learned() && isMatrix(own) && isEqual(own, other)) {
                String function = op.word().toLowerCase(Locale.ROOT);
                if (!functions.contains(function) && !names.unique(function).equals(function)) {
                    return null;
                }
                functions.add(function);
                return bound.name() + ".weight";
            }
        }
        return null;
    }

    /** TorchScript calls a module {@code a_1} when it is applied again. */
    private static String module(String label) {
        return label.replaceAll("_[0-9]+$", "");
    }

    private static boolean isSame(Map<String, Constant> some, Map<String, Constant> others) {
        return some.keySet().equals(others.keySet())
                && some.values().stream().anyMatch(SharedWeights::isMatrix)
                && some.entrySet().stream().allMatch(weight -> {
                    Constant other = others.get(weight.getKey());
                    return other != null && isEqual(weight.getValue(), other);
                });
    }

    private static boolean isMatrix(Constant weight) {
        return weight.rank() >= 2 && weight.count() > 1 && !weight.isEverywhere(weight.at(0));
    }

    private static boolean isEqual(Constant one, Constant other) {
        if (one == other) {
            return true;
        }
        if (!one.shape().equals(other.shape()) || one.kind() != other.kind()) {
            return false;
        }
        for (int i = 0; i < one.count(); i++) {
            if (one.at(i) != other.at(i)) {
                return false;
            }
        }
        return true;
    }
}
