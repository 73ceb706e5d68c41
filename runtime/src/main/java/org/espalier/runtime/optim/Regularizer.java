package org.espalier.runtime.optim;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Terms under one name of the {@code .net}, {@code elastic = l1(1e-6) + l2(1e-5)}. Parameters that share a regularizer
 * share its lines of the ledger.
 */
public final class Regularizer {
    private final String name;
    private final List<Term> terms;

    /**
     * @param name the name in the {@code .net}, or the text of a regularizer written in place
     * @param terms its terms, in the order written
     */
    public Regularizer(String name, Term... terms) {
        this.name = name;
        this.terms = List.copyOf(Arrays.asList(terms));
    }

    /** The name in the {@code .net}, or the text of a regularizer written in place. */
    public String name() {
        return name;
    }

    /** Its terms, in the order written. Their λ may be changed between steps. */
    public List<Term> terms() {
        return terms;
    }

    /**
     * The term of a name, to change its λ: {@code elastic.penalty("l1").lambda(2e-6)}.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public Term penalty(String term) {
        return terms.stream()
                .filter(one -> one.term().equals(term))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "regularizer '" + name + "' has no term '" + term + "'; it is " + this));
    }

    /** {@code elastic = l1(1.0E-6) + l2(1.0E-5)}. */
    @Override
    public String toString() {
        return name + " = " + terms.stream().map(Term::toString).collect(Collectors.joining(" + "));
    }
}
