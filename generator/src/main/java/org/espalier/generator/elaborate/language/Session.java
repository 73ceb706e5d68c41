package org.espalier.generator.elaborate.language;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.formula.Effort;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;

/** Findings and limits of the elaboration of one network. */
public final class Session {
    /**
     * A number that a network computes with.
     *
     * @param name what it is: {@code eps}
     * @param owner of what: {@code Adam}
     * @param span where it was written
     * @param frame the calls that led there
     */
    public record Constant(String name, String owner, double value, SourceSpan span, Frame frame) {}

    private final Diagnostics diagnostics;
    private final List<Layer.Primitive> regularized = new ArrayList<>();
    private final Map<SourceFile, NavigableSet<Integer>> regularizedAt = new HashMap<>();
    private final List<Constant> constants = new ArrayList<>();
    private final Budget budget;
    private int depth;
    private boolean failed;
    private boolean exhausted;

    public Session(Diagnostics diagnostics, Budget budget) {
        this.diagnostics = diagnostics;
        this.budget = budget;
    }

    /** Returns the budget that the network shares with the others of its file. */
    public Budget budget() {
        return budget;
    }

    /** Reports a finding together with the calls that led to it. */
    public Datum.Unknown report(Diagnostic diagnostic, Frame frame) {
        failed |= diagnostic.isError();
        diagnostics.report(diagnostic.withNotes(frame.notes()));
        return new Datum.Unknown();
    }

    /** Notes that the network has failed, and returns the value for a mistake that was reported elsewhere. */
    public Datum.Unknown unknown() {
        failed = true;
        return new Datum.Unknown();
    }

    /** Tells whether anything was found so far that leaves no graph to build. */
    public boolean hasFailed() {
        return failed;
    }

    /** Takes note of a layer, so that a regularizer on one that is never used can be told. */
    public void made(Layer.Primitive layer) {
        if (!layer.penalties().isEmpty()) {
            regularized.add(layer);
            SourceSpan span = layer.site().span();
            regularizedAt.computeIfAbsent(span.file(), file -> new TreeSet<>()).add(span.start());
        }
    }

    /** The layers that were given a regularizer. */
    public List<Layer.Primitive> regularized() {
        return regularized;
    }

    /** Tells whether a layer that was given a regularizer was written within a place. */
    public boolean isRegularized(SourceSpan place) {
        Integer first = regularizedAt
                .getOrDefault(place.file(), Collections.emptyNavigableSet())
                .ceiling(place.start());
        return first != null && first < place.end();
    }

    /** Takes note of a number that the network may compute with. */
    public void given(Constant constant) {
        constants.add(constant);
    }

    /** The numbers that the network may compute with, besides those of its regularizers. */
    public List<Constant> constants() {
        return constants;
    }

    /** Begins to evaluate an expression; false if a limit is met, which is reported once and ends all evaluation. */
    public boolean enter(SourceSpan span, Frame frame) {
        depth++;
        if (!exhausted && depth > Limits.EVALUATION_DEPTH) {
            exhausted = true;
            report(DiagnosticCode.NESTED_TOO_DEEPLY.at(span, Limits.EVALUATION_DEPTH), frame);
        }
        return take(1, span, frame);
    }

    /** Takes steps for work at a place; false if a limit is met, which is reported once and ends all evaluation. */
    public boolean take(long steps, SourceSpan span, Frame frame) {
        if (!exhausted && !budget.takeSteps(steps)) {
            exhausted = true;
            report(DiagnosticCode.TOO_MANY_STEPS.at(span, Limits.STEPS), frame);
        }
        return !exhausted;
    }

    /** Tells whether a limit was met that ends all evaluation, which was reported. */
    public boolean isExhausted() {
        return exhausted;
    }

    /** Ends what {@link #enter} began. */
    public void leave() {
        depth--;
    }

    /** Work that the networks of one file have used up of what they may take together, however many they are. */
    public static final class Budget {
        private final Effort formulas = new Effort();
        private long steps;
        private int operations;
        private int applications;
        private long letters;

        /** The work that went into formulas. */
        public Effort formulas() {
            return formulas;
        }

        /** Takes an application of a layer; false if there are none left. */
        public boolean takeApplication() {
            return ++applications <= Limits.APPLICATIONS;
        }

        /** Takes an operation; false if there are none left. */
        public boolean takeOperation() {
            return ++operations <= Limits.LAYERS;
        }

        /** Takes letters for the path of an operation; false if there are none left. */
        public boolean takeLetters(String path) {
            letters += path.length();
            return letters <= Limits.PATH_LETTERS;
        }

        /** Takes steps of evaluation; false if there are none left. */
        boolean takeSteps(long count) {
            steps += count;
            return steps <= Limits.STEPS;
        }
    }
}
