package org.espalier.generator.ir;

import java.util.List;
import java.util.Locale;
import org.espalier.generator.ir.op.Value;

/**
 * Parameters and activities that share a regularizer, and so its λ and its lines of the ledger.
 *
 * @param name the regularizer's name in the {@code .net} ({@code elastic}), or for one written in place its text; empty
 *     for the group without any
 * @param terms the terms, in the order written; empty for unregularized parameters
 * @param parameters in the order of the graph
 * @param activities what layers compute that is penalized, in the order of the graph
 */
public record UpdateGroup(
        String name, List<RegularizerTerm> terms, List<ParameterDecl> parameters, List<Activity> activities) {
    /** Copies the lists. */
    public UpdateGroup {
        terms = List.copyOf(terms);
        parameters = List.copyOf(parameters);
        activities = List.copyOf(activities);
    }

    /** Parameters only. */
    public UpdateGroup(String name, List<RegularizerTerm> terms, List<ParameterDecl> parameters) {
        this(name, terms, parameters, List.of());
    }

    /** A value with a penalty: λ Σ f(y) over its elements, or the mean of that over the batch. */
    public record Activity(Value value, Reduction reduction) {}

    /** Reduction of the penalties of the samples of a batch to one. */
    public enum Reduction {
        /** Their mean. */
        MEAN,
        /** Their sum. */
        SUM;

        /** The word of the language. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
