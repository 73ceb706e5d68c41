package org.espalier.generator.elaborate.clauses;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.clauses.ParameterClauses.Claim;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;

/**
 * Warns of terms that do nothing but shrink, on weights whose output feeds nothing but normalization layers. Those undo
 * the weight's scale, so the term only changes the effective learning rate (van Laarhoven, arXiv:1706.05350). That
 * holds if the layer has no bias, which would not shrink along, or one that the normalization cancels: a number for
 * each channel, where no mean is over several channels.
 *
 * <p>The default of AdamW is no such term: nobody wrote it.
 */
public final class NormWarning {
    private static final int SHOWN = 3;

    private NormWarning() {}

    private static final int CHANNELS = 1;

    private record Finding(SourceSpan span, boolean ofLayer, String terms) {}

    /**
     * Warns of such terms.
     *
     * @param seen values that something besides the operations sees as they are: outputs, and regularized activities
     */
    public static void warn(
            Session session,
            Frame network,
            List<ForwardOp> operations,
            Set<Value> seen,
            Map<ParameterDecl, Claim> claims) {
        Map<Value, List<ForwardOp>> readers = new HashMap<>();
        Map<Value, List<ForwardOp>> byWeight = new HashMap<>();
        for (ForwardOp op : operations) {
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
                    .map(RegularizerTerm::word)
                    .collect(Collectors.joining(" and "));
            if (!terms.isEmpty()
                    && parameter.role() == ParameterDecl.Role.WEIGHT
                    && byWeight.getOrDefault(parameter.value(), List.of()).stream()
                            .allMatch(op -> !seen.contains(op.result()) && isUndone(op, readers))) {
                found.computeIfAbsent(new Finding(claim.span(), claim.ofLayer(), terms), key -> new ArrayList<>())
                        .add(parameter.name());
            }
        });
        found.forEach((finding, names) -> session.report(
                DiagnosticCode.L2_BEFORE_NORM
                        .at(finding.span(), finding.terms(), Words.some(names), "the next layer normalizes its output")
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

    /** Tells whether it multiplies the whole weight by a factor. */
    private static boolean onlyShrinks(RegularizerTerm term) {
        return term instanceof RegularizerTerm.L2
                || term instanceof RegularizerTerm.L2Norm
                || term instanceof RegularizerTerm.Decay;
    }

    /** Tells whether nothing but normalization reads what a layer computes, and undoes the scale of its weight. */
    private static boolean isUndone(ForwardOp op, Map<Value, List<ForwardOp>> readers) {
        List<ForwardOp> next = readers.getOrDefault(op.result(), List.of());
        return !next.isEmpty() && next.stream().allMatch(reader -> undoes(reader, op));
    }

    /** With the weight twice as large the bias is not, so that it must cancel as well. */
    private static boolean undoes(ForwardOp norm, ForwardOp op) {
        return norm.isScaleInvariant() && (!hasBias(op) || (op.biasAxis() == CHANNELS && norm.cancelsChannelShifts()));
    }

    private static boolean hasBias(ForwardOp op) {
        return op.inputs().stream()
                        .filter(input -> input.kind() == Value.Kind.PARAMETER)
                        .count()
                > 1;
    }
}
