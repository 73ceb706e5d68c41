package org.espalier.onnx.recognize;

import java.util.Collection;
import java.util.List;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.Ref;

/** Replaces groups of operations by the layers and functions that they stand for. */
public final class Recognizer {
    /** Looks at an operation, as the last of a pattern. */
    interface Pattern {
        /** Rewrites the pattern that ends in this operation, if it does. */
        boolean apply(OpSearch operations, ImportedOp last);
    }

    private static final List<Pattern> PATTERNS = List.of(
            BiasPatterns::linear,
            BiasPatterns::convolution,
            Movements::permutations,
            Movements::shapes,
            Movements::index,
            Movements::roll,
            Movements::kept,
            ActivationPatterns::product,
            ActivationPatterns::quotient,
            ActivationPatterns::softplus,
            Norms::centred,
            Norms::rootMeanSquare,
            Norms::scale,
            Norms::shift,
            Norms::groups,
            Attention::attention,
            HeadPatterns::attention);

    private Recognizer() {}

    /** The operations with patterns as layers and functions, without what nobody reads. */
    public static List<ImportedOp> recognize(List<ImportedOp> operations, Collection<Ref> outputs) {
        OpSearch all = new OpSearch(operations, outputs);
        all.removeUnread();
        boolean changed = true;
        while (changed) {
            changed = false;
            for (ImportedOp op : all.all()) {
                for (Pattern pattern : PATTERNS) {
                    if (all.has(op) && pattern.apply(all, op)) {
                        changed = true;
                    }
                }
            }
        }
        return all.all();
    }
}
