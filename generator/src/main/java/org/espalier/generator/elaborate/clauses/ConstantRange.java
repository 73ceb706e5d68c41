package org.espalier.generator.elaborate.clauses;

import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.source.SourceSpan;

/**
 * Reports constants that cannot mean what they say, since the numbers of the network hold them only as 0 or as
 * infinity. A constant that is written as 0 says what it means.
 *
 * @param session of the network
 * @param network what is told with a finding that has no calls of its own
 * @param precision of the network
 */
public record ConstantRange(Session session, Frame network, Precision precision) {
    /** Checks one. */
    public void check(Session.Constant constant) {
        float held = (float) constant.value();
        boolean lost = Float.isInfinite(held) || (held == 0 && constant.value() != 0);
        if (lost && precision == Precision.FLOAT32) {
            session.report(
                    DiagnosticCode.CONSTANT_RANGE
                            .at(
                                    constant.span(),
                                    constant.name(),
                                    constant.owner(),
                                    held == 0 ? "0" : "infinite",
                                    "float32")
                            .withHelp("float32 holds 1.4e-45 to 3.4e38: write a number in between, or precision "
                                    + "float64 in the network"),
                    constant.frame());
        }
    }

    /** Checks one that was written in the network itself. */
    public void check(String name, String owner, double value, SourceSpan span) {
        check(new Session.Constant(name, owner, value, span, network));
    }

    /**
     * Checks the factors of a regularizer, and the constants of formulas that are computed in the network's precision.
     */
    public void check(Datum.Penalty penalty) {
        for (RegularizerTerm term : penalty.terms()) {
            String name = term instanceof RegularizerTerm.MaxNorm ? "bound" : "factor";
            check(name, term.describe(), term.lambda(), penalty.span());
            if (term instanceof RegularizerTerm.UserDefined defined) {
                defined.constants()
                        .forEach(value -> check(
                                "constant " + Decimal.inProse(value),
                                defined.definition().call(),
                                value,
                                penalty.span()));
            }
        }
    }
}
