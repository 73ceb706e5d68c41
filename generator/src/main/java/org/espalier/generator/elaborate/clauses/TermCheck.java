package org.espalier.generator.elaborate.clauses;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.clauses.ParameterClauses.Claim;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.RegularizerTerm;

/** Reports terms that contradict each other, or that do not fit the shape of the parameter they are on. */
public final class TermCheck {
    private final Session session;
    private final Frame network;
    private final Optional<OptimizerDecl> optimizer;

    private TermCheck(Session session, Frame network, Optional<OptimizerDecl> optimizer) {
        this.session = session;
        this.network = network;
        this.optimizer = optimizer;
    }

    public static void check(
            Session session, Frame network, Optional<OptimizerDecl> optimizer, Map<ParameterDecl, Claim> claims) {
        TermCheck check = new TermCheck(session, network, optimizer);
        Map<Claim, List<ParameterDecl>> byClaim = new LinkedHashMap<>();
        claims.forEach((parameter, claim) ->
                byClaim.computeIfAbsent(claim, key -> new ArrayList<>()).add(parameter));
        byClaim.forEach((claim, parameters) -> {
            check.decays(claim, parameters);
            claim.penalty().terms().forEach(term -> check.shape(claim, term, parameters));
        });
    }

    private void decays(Claim claim, List<ParameterDecl> parameters) {
        List<String> decays = new ArrayList<>();
        claim.penalty().terms().stream()
                .filter(term -> (term instanceof RegularizerTerm.L2 || term instanceof RegularizerTerm.Decay)
                        && term.lambda() > 0)
                .forEach(term -> decays.add(term.describe()));
        String help = "l2 decays through the gradient, decay apart from it: write one of them";
        double own = optimizer.map(OptimizerDecl::decay).orElse(0.0);
        if (own > 0) {
            decays.add("AdamW's weight_decay=" + Decimal.written(own));
            help = "AdamW decays every parameter: write AdamW(…, weight_decay=0) to leave that to clauses";
        }
        if (decays.size() > 1) {
            report(DiagnosticCode.L2_AND_DECAY
                    .at(
                            claim.span(),
                            names(parameters),
                            parameters.size() == 1 ? "has" : "have",
                            decays.get(0),
                            decays.get(1),
                            parameters.size() == 1 ? "it" : "them")
                    .withHelp(help));
        }
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

    private static String names(List<ParameterDecl> parameters) {
        return Words.some(parameters.stream().map(ParameterDecl::name).toList());
    }

    private void report(Diagnostic diagnostic) {
        session.report(diagnostic, network);
    }
}
