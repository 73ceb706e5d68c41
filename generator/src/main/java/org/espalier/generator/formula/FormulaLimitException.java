package org.espalier.generator.formula;

/** Thrown where a formula exceeds the limits of the compiler. */
public final class FormulaLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Limit on formulas, by what it counts. */
    public enum Limit {
        /** Parts of a formula or of its derivative, written out. */
        PARTS(20_000),
        /** Pieces that a formula consists of. */
        PIECES(250),
        /** Parts evaluated until it is known where the pieces meet. */
        STEPS(3_000_000);

        private final int most;

        Limit(int most) {
            this.most = most;
        }

        /** Returns the greatest number allowed. */
        public int most() {
            return most;
        }
    }

    private final Limit limit;

    public FormulaLimitException(Limit limit) {
        super("a formula of more than " + limit.most() + " " + limit.name().toLowerCase(java.util.Locale.ROOT));
        this.limit = limit;
    }

    /** The limit that was met. */
    public Limit limit() {
        return limit;
    }
}
