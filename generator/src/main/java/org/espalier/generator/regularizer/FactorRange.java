package org.espalier.generator.regularizer;

import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.Term;
import org.espalier.generator.source.SourceSpan;

/**
 * Reports factors that cannot mean what they say, since the numbers of the network hold them only as 0 or as infinity.
 * A factor that is written as 0 says what it means.
 */
public final class FactorRange {
    private FactorRange() {}

    /** Checks the terms of a regularizer in a network of some precision. */
    public static void check(Session session, Frame network, Precision precision, Penalty penalty) {
        if (precision == Precision.FLOAT64) {
            return;
        }
        for (Term term : penalty.terms()) {
            float held = (float) term.lambda();
            if (Float.isInfinite(held) || (held == 0 && term.lambda() != 0)) {
                String number = term instanceof Term.MaxNorm ? "bound" : "factor";
                session.report(
                        DiagnosticCode.LAMBDA_RANGE
                                .at(penalty.span(), number, term.describe(), held == 0 ? "0" : "infinite", "float32")
                                .withHelp("float32 holds 1.4e-45 to 3.4e38: write a number in between, or precision "
                                        + "float64 in the network"),
                        network);
            }
        }
    }

    /** Whether a product is 0 or infinite although neither of its factors is. */
    static boolean isLost(double product, double one, double other) {
        return Double.isInfinite(product) || (product == 0 && one != 0 && other != 0);
    }

    /** The finding of a factor that not even the largest numbers there are can hold. */
    static Diagnostic beyondDoubles(SourceSpan span, String text, double held) {
        return DiagnosticCode.LAMBDA_RANGE
                .at(span, "factor", text, held == 0 ? "0" : "infinite", "float64")
                .withHelp("no network has numbers beyond 4.9e-324 to 1.8e308");
    }
}
