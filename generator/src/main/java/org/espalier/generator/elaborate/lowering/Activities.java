package org.espalier.generator.elaborate.lowering;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.ActivityPenalty;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Site;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.UpdateGroup.Activity;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;

/** The regularizers of activities that a network applies, and whether each has an effect. */
public final class Activities {
    /** A regularizer at work on a value. */
    public record Claim(ActivityPenalty regularizer, Value value, Layer.Primitive layer) {
        public Activity activity() {
            return new Activity(value, regularizer.reduction());
        }
    }

    private final List<Claim> claims = new ArrayList<>();

    /** Takes note of an application of a layer that has a regularizer for its result. */
    void apply(Layer.Primitive layer, Value result) {
        layer.activity().ifPresent(regularizer -> claims.add(new Claim(regularizer, result, layer)));
    }

    /**
     * Those that have an effect, in the order in which their layers ran: of what an output depends on, and a parameter
     * that learns leads to. A regularizer of which there is none is reported; once, if the same words made several.
     */
    public List<Claim> effective(Session session, List<ForwardOp> operations, List<ParameterDecl> parameters) {
        Set<Value> learned = LearnedValues.of(operations, parameters);
        List<Claim> effective =
                claims.stream().filter(claim -> learned.contains(claim.value())).toList();
        Set<SourceSpan> places = new HashSet<>();
        effective.forEach(claim -> places.add(claim.layer().site().span()));
        Set<Value> computed = new HashSet<>();
        operations.forEach(op -> computed.addAll(op.outputs()));
        for (Claim claim : claims) {
            Site site = claim.layer().site();
            if (places.add(site.span())) {
                boolean used = computed.contains(claim.value()) || claim.value().kind() == Value.Kind.INPUT;
                String reason = used
                        ? "no parameter that learns leads to '" + claim.value().name() + "'"
                        : "no output depends on '" + claim.value().name() + "'";
                String name = claim.regularizer().penalty().name();
                session.report(DiagnosticCode.REGULARIZER_UNUSED.at(site.span(), name, reason), site.frame());
            }
        }
        return effective;
    }
}
