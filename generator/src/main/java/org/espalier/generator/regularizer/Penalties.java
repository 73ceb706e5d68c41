package org.espalier.generator.regularizer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Builtin.Definition;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.source.SourceSpan;

/** Regularizers and their arithmetic: {@code l1}, {@code group_lasso}, {@code decay} and so on; sums; multiples. */
public final class Penalties {
    /** The regularizers of the standard library, in the order of the reference. */
    public static final List<Definition> ALL = List.of(
            regularizer(
                            Factor.foreign(factor("l1").with("mode", Type.MODE, subgradient()), Factor.Conversion.L1),
                            arguments -> List.of(new RegularizerTerm.L1(
                                    Factor.of("l1", arguments, Factor.Conversion.L1), mode(arguments))))
                    .example("l1(0.023)")
                    .example("l1(0.213, mode=prox)"),
            regularizer(
                            Factor.foreign(factor("l2"), Factor.Conversion.L2),
                            arguments ->
                                    List.of(new RegularizerTerm.L2(Factor.of("l2", arguments, Factor.Conversion.L2))))
                    .example("l2(0.05)"),
            regularizer(
                            Factor.foreign(
                                    factor("elastic_net")
                                            .required("ratio", Type.FLOAT)
                                            .with("mode", Type.MODE, subgradient()),
                                    Factor.Conversion.ELASTIC_NET),
                            Penalties::elasticNet)
                    .example("elastic_net(0.08, ratio=0.25)")
                    .example("elastic_net(0.31, ratio=0.6, mode=prox)"),
            regularizer(lambda("l2_norm"), arguments -> List.of(new RegularizerTerm.L2Norm(Factor.own(arguments))))
                    .example("l2_norm(0.06)"),
            regularizer(
                            lambda("group_lasso")
                                    .with("axis", Type.INT, new Datum.None())
                                    .with("mode", Type.MODE, subgradient()),
                            arguments -> List.of(new RegularizerTerm.GroupLasso(
                                    Factor.own(arguments), axis(arguments), mode(arguments))))
                    .example("group_lasso(0.03)")
                    .example("group_lasso(0.04, axis=1)")
                    .example("group_lasso(0.13, mode=prox)"),
            regularizer(
                            lambda("orthogonal"),
                            arguments -> List.of(new RegularizerTerm.Orthogonal(Factor.own(arguments))))
                    .example("orthogonal(0.02)"),
            regularizer(lambda("decay"), arguments -> List.of(new RegularizerTerm.Decay(Factor.own(arguments))))
                    .example("decay(0.1)"),
            regularizer(
                            Signature.of("max_norm").required("c", Type.FLOAT),
                            arguments ->
                                    List.of(new RegularizerTerm.MaxNorm(arguments.real("c", c -> c > 0, "above 0"))))
                    .example("max_norm(0.9)"));

    private Penalties() {}

    private static Signature.Builder lambda(String word) {
        return Signature.of(word).required("lambda", Type.FLOAT);
    }

    /** A regularizer whose factor may also be another library's. */
    private static Signature.Builder factor(String word) {
        return Signature.of(word).with("lambda", Type.FLOAT, new Datum.None());
    }

    private static Datum subgradient() {
        return new Datum.Text("subgradient");
    }

    private static Definition regularizer(
            Signature.Builder signature, Function<Arguments, List<RegularizerTerm>> terms) {
        return Definition.of(new Builtin(
                Builtin.Kind.REGULARIZER,
                signature.build(),
                (site, arguments) -> new Penalty(text(site.span()), terms.apply(arguments), site.span())));
    }

    private static List<RegularizerTerm> elasticNet(Arguments arguments) {
        double lambda = Factor.of("elastic_net", arguments, Factor.Conversion.ELASTIC_NET);
        double ratio = arguments.real("ratio", value -> value >= 0 && value <= 1, "between 0 and 1");
        if (FactorRange.isLost(lambda * ratio, lambda, ratio)
                || FactorRange.isLost(lambda * (1 - ratio), lambda, 1 - ratio)) {
            arguments.complain(FactorRange.beyondDoubles(arguments.span("lambda"), "a part of elastic_net", 0));
        }
        return List.of(
                new RegularizerTerm.L1(lambda * ratio, mode(arguments)), new RegularizerTerm.L2(lambda * (1 - ratio)));
    }

    private static RegularizerTerm.Mode mode(Arguments arguments) {
        return arguments.text("mode").equals("prox") ? RegularizerTerm.Mode.PROX : RegularizerTerm.Mode.SUBGRADIENT;
    }

    private static OptionalInt axis(Arguments arguments) {
        return arguments.isNone("axis") ? OptionalInt.empty() : OptionalInt.of(arguments.integer("axis", 0));
    }

    /** Both penalties. Terms of one kind become one, since their factors add; of two bounds the lower one holds. */
    public static Datum sum(CallSite site, Penalty a, Penalty b) {
        List<RegularizerTerm> terms = new ArrayList<>(a.terms());
        for (RegularizerTerm term : b.terms()) {
            int same = indexOfKind(terms, term);
            if (same >= 0) {
                RegularizerTerm both = sum(terms.get(same), term);
                if (Double.isInfinite(both.lambda())) {
                    return site.report(FactorRange.beyondDoubles(site.span(), text(site.span()), both.lambda()));
                }
                terms.set(same, both);
                continue;
            }
            for (RegularizerTerm other : terms) {
                if (differOnlyInMode(other, term)) {
                    return site.report(DiagnosticCode.TERMS_DO_NOT_ADD
                            .at(site.span(), other.describe(), term.describe())
                            .withHelp("write one of them, with the sum of their factors, in the mode that is meant"));
                }
            }
            terms.add(term);
        }
        return new Penalty(text(site.span()), terms, site.span());
    }

    private static int indexOfKind(List<RegularizerTerm> terms, RegularizerTerm term) {
        for (int i = 0; i < terms.size(); i++) {
            if (terms.get(i).withLambda(1).equals(term.withLambda(1))) {
                return i;
            }
        }
        return -1;
    }

    private static RegularizerTerm sum(RegularizerTerm one, RegularizerTerm other) {
        return one.withLambda(
                one instanceof RegularizerTerm.MaxNorm
                        ? Math.min(one.lambda(), other.lambda())
                        : one.lambda() + other.lambda());
    }

    private static boolean differOnlyInMode(RegularizerTerm one, RegularizerTerm other) {
        boolean axes = one instanceof RegularizerTerm.GroupLasso a
                && other instanceof RegularizerTerm.GroupLasso b
                && !a.axis().equals(b.axis());
        boolean defined =
                one instanceof RegularizerTerm.UserDefined || one instanceof RegularizerTerm.UserDefinedOnGroups;
        return one.word().equals(other.word()) && !axes && !defined;
    }

    /** A penalty with every factor multiplied. */
    public static Datum scaled(CallSite site, double factor, Penalty penalty) {
        List<RegularizerTerm> terms = new ArrayList<>();
        for (RegularizerTerm term : penalty.terms()) {
            if (term instanceof RegularizerTerm.MaxNorm) {
                return site.report(DiagnosticCode.SCALED_BOUND
                        .at(site.span(), term.describe())
                        .withHelp("scale the other terms, then add " + term.describe()));
            }
            double lambda = factor * term.lambda();
            if (FactorRange.isLost(lambda, factor, term.lambda())) {
                return site.report(FactorRange.beyondDoubles(site.span(), text(site.span()), lambda));
            }
            terms.add(term.withLambda(lambda));
        }
        return new Penalty(text(site.span()), terms, site.span());
    }

    private static String text(SourceSpan span) {
        return span.quotation();
    }
}
