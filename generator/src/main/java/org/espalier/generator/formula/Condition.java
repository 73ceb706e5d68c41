package org.espalier.generator.formula;

/** Condition that decides between two formulas. */
public sealed interface Condition {
    /** Calls the method of the visitor for this kind. */
    <R> R accept(Visitor<R> visitor);

    /** Counts its comparisons, its connectives and the parts of what is compared, written out. */
    int size();

    /** One method for each kind, all abstract. */
    interface Visitor<R> {
        R comparison(Comparison condition);

        R both(Both condition);

        R either(Either condition);

        R not(Not condition);
    }

    /** Relation by which two numbers are compared. What is greater is written as less, with its sides exchanged. */
    enum Relation {
        LESS,
        LESS_OR_EQUAL,
        /** No specification can say it; derivatives do, to take a value of their own at a kink. */
        EQUAL
    }

    /** a relation b; false if either is NaN. */
    record Comparison(Relation relation, Formula a, Formula b) implements Condition {
        @Override
        public int size() {
            return 1 + a.size() + b.size();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.comparison(this);
        }
    }

    /** a and b. */
    record Both(Condition a, Condition b) implements Condition {
        @Override
        public int size() {
            return 1 + a.size() + b.size();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.both(this);
        }
    }

    /** a or b. */
    record Either(Condition a, Condition b) implements Condition {
        @Override
        public int size() {
            return 1 + a.size() + b.size();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.either(this);
        }
    }

    /** not a. */
    record Not(Condition a) implements Condition {
        @Override
        public int size() {
            return 1 + a.size();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.not(this);
        }
    }
}
