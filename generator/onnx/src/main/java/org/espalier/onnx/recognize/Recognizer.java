package org.espalier.onnx.recognize;

import java.util.Collection;
import java.util.List;
import org.espalier.onnx.step.Ref;
import org.espalier.onnx.step.Step;

/** Replaces groups of steps by the layers and functions that they stand for. */
public final class Recognizer {
    /** Looks at a step, as the last of a pattern. */
    interface Pattern {
        /** Rewrites the pattern that ends in this step, if it does. */
        boolean apply(StepSearch steps, Step last);
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

    /** The steps with patterns as layers and functions, without what nobody reads. */
    public static List<Step> recognize(List<Step> steps, Collection<Ref> outputs) {
        StepSearch all = new StepSearch(steps, outputs);
        all.removeUnread();
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Step step : all.all()) {
                for (Pattern pattern : PATTERNS) {
                    if (all.has(step) && pattern.apply(all, step)) {
                        changed = true;
                    }
                }
            }
        }
        return all.all();
    }
}
