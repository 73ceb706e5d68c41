package org.espalier.generator.ir;

/** One term of a regularizer on a parameter. What each means is written in the language reference. */
public sealed interface Term {
    /** The word of the language and its numbers, as the resolved table prints them: {@code l1(1e-5)}. */
    String describe();

    /** Penalty λ Σ|w|, gradient λ sgn(w) with sgn(0) = 0. */
    record L1(double lambda) implements Term {
        @Override
        public String describe() {
            return "l1(" + Decimal.written(lambda) + ")";
        }
    }

    /** Penalty ½ λ Σw², gradient λ w. */
    record L2(double lambda) implements Term {
        @Override
        public String describe() {
            return "l2(" + Decimal.written(lambda) + ")";
        }
    }
}
