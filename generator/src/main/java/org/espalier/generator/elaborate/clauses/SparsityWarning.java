package org.espalier.generator.elaborate.clauses;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.clauses.ParameterClauses.Claim;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.source.SourceSpan;

/**
 * Warns where sparsity is asked for and no term gives it: a subgradient brings weights near 0 and does not keep them
 * there, only a proximal map makes exact zeros.
 */
final class SparsityWarning {
    private final Map<SourceSpan, List<String>> names = new LinkedHashMap<>();
    private final Map<SourceSpan, RegularizerTerm> near = new HashMap<>();

    /** Looks at a parameter that a report names. */
    void look(SourceSpan report, String parameter, Optional<Claim> claim) {
        List<RegularizerTerm> terms =
                claim.map(present -> present.penalty().terms()).orElse(List.of());
        if (terms.stream().noneMatch(SparsityWarning::makesZeros)) {
            names.computeIfAbsent(report, key -> new ArrayList<>()).add(parameter);
            terms.stream()
                    .filter(SparsityWarning::comesNear)
                    .findFirst()
                    .ifPresent(term -> near.putIfAbsent(report, term));
        }
    }

    private static boolean makesZeros(RegularizerTerm term) {
        return (term instanceof RegularizerTerm.L1 l1 && l1.mode() == RegularizerTerm.Mode.PROX)
                || (term instanceof RegularizerTerm.GroupLasso lasso && lasso.mode() == RegularizerTerm.Mode.PROX);
    }

    private static boolean comesNear(RegularizerTerm term) {
        return term instanceof RegularizerTerm.L1 || term instanceof RegularizerTerm.GroupLasso;
    }

    /** Reports what was found, a warning for each report. */
    void report(Session session, Frame network) {
        names.forEach((span, parameters) -> {
            RegularizerTerm term = near.get(span);
            String help = term == null
                    ? "regularize it by l1(…, mode=prox), or by group_lasso(…, mode=prox) for whole channels"
                    : term.describe() + " only comes near 0, being in the mode subgradient: write mode=prox";
            session.report(
                    DiagnosticCode.NOTHING_MAKES_ZEROS
                            .at(span, Words.some(parameters))
                            .withHelp(help),
                    network);
        });
    }
}
