package org.espalier.generator.regularizer;

import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.source.SourceSpan;

/** Finds products of factors that not even the numbers of the compiler, which are doubles, hold. */
public final class FactorRange {
    private FactorRange() {}

    /** Tells whether a product is 0 or infinite although neither of its factors is. */
    public static boolean isLost(double product, double one, double other) {
        return Double.isInfinite(product) || (product == 0 && one != 0 && other != 0);
    }

    /** The finding of a factor that not even the largest numbers there are can hold. */
    public static Diagnostic beyondDoubles(SourceSpan span, String text, double held) {
        return DiagnosticCode.CONSTANT_RANGE
                .at(span, "factor", text, held == 0 ? "0" : "infinite", "float64")
                .withHelp("no network has numbers beyond 4.9e-324 to 1.8e308");
    }
}
