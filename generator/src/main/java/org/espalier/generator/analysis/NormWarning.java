package org.espalier.generator.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Parameter;
import org.espalier.generator.ir.Term;
import org.espalier.generator.ir.Value;
import org.espalier.generator.source.SourceSpan;

/**
 * Warns of L2 on weights whose output feeds nothing but normalisation layers. Those undo the weight's scale, so the
 * penalty only changes the effective learning rate (van Laarhoven, arXiv:1706.05350).
 */
final class NormWarning {
    private static final int SHOWN = 3;

    private NormWarning() {}

    static void warn(
            Session session, Frame network, List<Op> operations, Map<Parameter, ParameterClauses.Claim> claims) {
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
        Map<SourceSpan, List<String>> found = new LinkedHashMap<>();
        claims.forEach((parameter, claim) -> {
            boolean l2 =
                    claim.penalty().terms().stream().anyMatch(term -> term instanceof Term.L2 && term.lambda() > 0);
            if (l2
                    && parameter.role() == Parameter.Role.WEIGHT
                    && byWeight.getOrDefault(parameter.value(), List.of()).stream()
                            .allMatch(op -> feedsOnlyNormalisation(op, readers))) {
                found.computeIfAbsent(claim.span(), span -> new ArrayList<>()).add(parameter.name());
            }
        });
        found.forEach((span, names) -> session.report(
                DiagnosticCode.L2_BEFORE_NORM
                        .at(span, list(names), "the next layer normalises its output")
                        .withHelp("use l1 alone there, or exclude it: regularize weights of … by none"),
                network));
    }

    private static boolean feedsOnlyNormalisation(Op op, Map<Value, List<Op>> readers) {
        List<Op> next = readers.getOrDefault(op.outputs().get(0), List.of());
        return !next.isEmpty()
                && next.stream()
                        .allMatch(reader -> reader instanceof Op.BatchNorm
                                || reader instanceof Op.InstanceNorm2d
                                || reader instanceof Op.GroupNorm);
    }

    private static String list(List<String> names) {
        return names.size() <= SHOWN
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, SHOWN)) + " and " + (names.size() - SHOWN) + " more";
    }
}
