package org.espalier.generator.ir;

import java.util.List;

/**
 * Parameters that share their regularizer, and so their lines of the ledger.
 *
 * @param name the regularizer's name in the {@code .net} ({@code elastic}), or for one written in place its text; empty
 *     for the group without any
 * @param terms the terms, in the order written; empty for unregularized parameters
 * @param parameters in the order of the graph
 */
public record UpdateGroup(String name, List<Term> terms, List<Parameter> parameters) {
    /** Copies the lists. */
    public UpdateGroup {
        terms = List.copyOf(terms);
        parameters = List.copyOf(parameters);
    }
}
