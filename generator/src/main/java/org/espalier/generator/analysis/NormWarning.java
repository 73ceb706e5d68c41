package org.espalier.generator.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.espalier.generator.analysis.ParameterClauses.Claim;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Parameter;
import org.espalier.generator.ir.Term;
import org.espalier.generator.ir.Value;
import org.espalier.generator.source.SourceSpan;

/**
 * Warns of terms that do nothing but shrink, on weights whose output feeds nothing but normalisation layers. Those undo
 * the weight's scale, so the term only changes the effective learning rate (van Laarhoven, arXiv:1706.05350).
 *
 * <p>The default of AdamW is no such term: nobody wrote it.
 */
final class NormWarning {
    private static final int SHOWN = 3;

    private NormWarning() {}

    private record Finding(SourceSpan span, boolean ofLayer, String terms) {}

    static void warn(Session session, Frame network, List<Op> operations, Map<Parameter, Claim> claims) {
        Map<Value, List<Op>> readers = new HashMap<>();
        Map<Value, List<Op>> byWeight = new HashMap<>();
        for (Op op : operations) {
            for (Value input : op.inputs()) {
                readers.computeIfAbsent(input, value -> new ArrayList<>()).add(op);
                if (input.kind() == Value.Kind.PARAMETER) {
                    byWeight.computeIfAbsent(input, value -> new ArrayList<>()).add(op);
                }
            }
        }
        Map<Finding, List<String>> found = new LinkedHashMap<>();
        claims.forEach((parameter, claim) -> {
            String terms = claim.penalty().terms().stream()
                    .filter(term -> term.lambda() > 0 && onlyShrinks(term))
                    .map(Term::word)
                    .collect(Collectors.joining(" and "));
            if (!terms.isEmpty()
                    && parameter.role() == Parameter.Role.WEIGHT
                    && byWeight.getOrDefault(parameter.value(), List.of()).stream()
                            .allMatch(op -> feedsOnlyNormalisation(op, readers))) {
                found.computeIfAbsent(new Finding(claim.span(), claim.ofLayer(), terms), key -> new ArrayList<>())
                        .add(parameter.name());
            }
        });
        found.forEach((finding, names) -> session.report(
                DiagnosticCode.L2_BEFORE_NORM
                        .at(finding.span(), finding.terms(), Words.some(names), "the next layer normalises its output")
                        .withHelp(help(finding, names)),
                network));
    }

    /** An argument of the layer goes before any clause, also one that would exclude it. */
    private static String help(Finding finding, List<String> names) {
        String layers = names.size() > SHOWN
                ? "…"
                : names.stream()
                        .map(name -> name.substring(0, name.lastIndexOf('.')))
                        .collect(Collectors.joining(", "));
        return "use l1 alone there, or "
                + (finding.ofLayer() ? "no regularizer" : "exclude it: regularize weights of " + layers + " by none");
    }

    /** Whether it multiplies the whole weight by a factor. */
    private static boolean onlyShrinks(Term term) {
        return term instanceof Term.L2 || term instanceof Term.L2Norm || term instanceof Term.Decay;
    }

    private static boolean feedsOnlyNormalisation(Op op, Map<Value, List<Op>> readers) {
        List<Op> next = readers.getOrDefault(op.outputs().get(0), List.of());
        return !next.isEmpty()
                && next.stream()
                        .allMatch(reader -> reader instanceof Op.BatchNorm
                                || reader instanceof Op.InstanceNorm2d
                                || reader instanceof Op.GroupNorm);
    }
}
