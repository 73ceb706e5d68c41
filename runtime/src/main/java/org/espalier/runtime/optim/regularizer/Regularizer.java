package org.espalier.runtime.optim.regularizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.espalier.runtime.kernel.memory.Guard;
import org.jspecify.annotations.Nullable;

/**
 * Terms under one name of the {@code .net}, {@code elastic = l1(1e-6) + l2(1e-5)}. Parameters that share a regularizer
 * share its lines of the ledger.
 */
public final class Regularizer {
    private final String name;
    private final List<Term> terms;
    private final List<String> names;

    /** Penalties on activities since they were last taken, the sum for each term. */
    private final double[] activities;

    private volatile @Nullable Guard guard;

    /**
     * @param name the name in the {@code .net}, or the text of a regularizer written in place
     * @param terms its terms, in the order written
     * @throws IllegalArgumentException if two terms differ in λ only
     */
    public Regularizer(String name, Term... terms) {
        this.name = name;
        this.terms = List.copyOf(Arrays.asList(terms));
        this.names = this.terms.stream().map(this::name).toList();
        this.activities = new double[terms.length];
        for (int i = 0; i < names.size(); i++) {
            if (names.indexOf(names.get(i)) != i) {
                throw new IllegalArgumentException("regularizer '" + name + "' has two terms " + names.get(i)
                        + "; write one, with the sum of their λ");
            }
        }
    }

    private String name(Term term) {
        boolean alone =
                terms.stream().filter(other -> other.term().equals(term.term())).count() == 1;
        return alone || term.qualifier().isEmpty() ? term.term() : term.term() + "(" + term.qualifier() + ")";
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
     * The term of a name, to change its λ: {@code elastic.term("l1").lambda(2e-6)}.
     *
     * @param term its word, {@code group_lasso}; where two terms have that, also what tells them apart, as
     *     {@link #names} has it
     * @throws IllegalArgumentException if there is none of that name
     */
    public Term term(String term) {
        int place = names.indexOf(term);
        if (place < 0) {
            throw new IllegalArgumentException(
                    "regularizer '" + name + "' has no term '" + term + "'; it has " + String.join(" and ", names));
        }
        return terms.get(place);
    }

    /** Returns the terms' ledger names: {@code l1}, {@code group_lasso(axis=1)} if it is not the only group lasso. */
    public List<String> names() {
        return names;
    }

    /**
     * Its terms, for activities.
     *
     * @throws IllegalArgumentException if one is no penalty on single elements, or has a proximal map
     */
    List<Penalty> activityPenalties() {
        List<Penalty> penalties = new ArrayList<>();
        for (Term term : terms) {
            if (!(term instanceof Penalty penalty) || (term instanceof L1 l1 && l1.mode() == Mode.PROX)) {
                throw new IllegalArgumentException(
                        "regularizer '" + name + "' has " + term + ", which works on parameters only");
            }
            penalties.add(penalty);
        }
        return penalties;
    }

    /** Lets it change only while nobody else uses the network that has this guard; for networks. */
    public void guardedBy(Guard guard) {
        this.guard = guard;
        terms.forEach(term -> term.guardedBy(guard));
    }

    /** Keeps what a term of this place adds to the loss for the activities of a backward pass. */
    void addActivity(int place, double value) {
        activities[place] += value;
    }

    /**
     * Returns the penalties on activities since this was last called, an entry for each term.
     *
     * @throws IllegalStateException if another thread is using the network, or the network is closed
     */
    public List<LedgerEntry> takeActivities() {
        return Guard.inside(guard, this::takenActivities);
    }

    private List<LedgerEntry> takenActivities() {
        List<LedgerEntry> entries = new ArrayList<>();
        for (int place = 0; place < activities.length; place++) {
            entries.add(new LedgerEntry(name, names.get(place), activities[place]));
            activities[place] = 0;
        }
        return entries;
    }

    /** {@code elastic = l1(1.0E-6) + l2(1.0E-5)}. */
    @Override
    public String toString() {
        return name + " = " + terms.stream().map(Term::toString).collect(Collectors.joining(" + "));
    }
}
