package org.espalier.generator.elaborate.clauses;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.clauses.ParameterClauses.Claim;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.RegularizerTerm;

/** Reports terms that do not fit the shape of the parameter they are on. */
public final class TermCheck {
    private final Session session;
    private final Frame network;

    private TermCheck(Session session, Frame network) {
        this.session = session;
        this.network = network;
    }

    public static void check(Session session, Frame network, ParameterClauses clauses) {
        TermCheck check = new TermCheck(session, network);
        Map<Claim, List<ParameterDecl>> byClaim = new LinkedHashMap<>();
        clauses.claims()
                .forEach((parameter, claim) ->
                        byClaim.computeIfAbsent(claim, key -> new ArrayList<>()).add(parameter));
        byClaim.forEach(
                (claim, parameters) -> claim.penalty().terms().forEach(term -> check.shape(claim, term, parameters)));
    }

    private void shape(Claim claim, RegularizerTerm term, List<ParameterDecl> parameters) {
        long least = leastAxes(term);
        List<ParameterDecl> flat = parameters.stream()
                .filter(parameter -> parameter.value().shape().rank() < least)
                .toList();
        if (!flat.isEmpty()) {
            List<String> shapes = flat.stream()
                    .map(parameter -> parameter.name() + " " + parameter.value().shape())
                    .toList();
            report(DiagnosticCode.TERM_SHAPE.at(
                    claim.span(), term.describe(), Words.count(least, "dimension"), Words.some(shapes)));
        }
    }

    private static long leastAxes(RegularizerTerm term) {
        if (term instanceof RegularizerTerm.GroupLasso lasso) {
            return lasso.axis().orElse(0) + 1L;
        }
        if (term instanceof RegularizerTerm.UserDefinedOnGroups defined) {
            return defined.axis().orElse(0) + 1L;
        }
        return term instanceof RegularizerTerm.Orthogonal ? 2 : 1;
    }

    private void report(Diagnostic diagnostic) {
        session.report(diagnostic, network);
    }
}
