package org.espalier.generator.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.espalier.generator.analysis.Datum.Penalty;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.ir.Term;
import org.espalier.generator.source.SourceSpan;

/** Regularizers and their arithmetic: {@code l1}, {@code l2}, {@code elastic_net}; sums; multiples. */
final class Penalties {
    static final List<Builtin> ALL = List.of(
            regularizer(
                    Signature.of("l1").required("lambda", Type.FLOAT).build(),
                    arguments -> List.of(new Term.L1(lambda(arguments)))),
            regularizer(
                    Signature.of("l2").required("lambda", Type.FLOAT).build(),
                    arguments -> List.of(new Term.L2(lambda(arguments)))),
            regularizer(
                    Signature.of("elastic_net")
                            .required("lambda", Type.FLOAT)
                            .required("ratio", Type.FLOAT)
                            .build(),
                    Penalties::elasticNet));

    private Penalties() {}

    private static Builtin regularizer(Signature signature, Function<Arguments, List<Term>> terms) {
        return new Builtin(
                Builtin.Kind.REGULARIZER,
                signature,
                (site, arguments) -> new Penalty(text(site.span()), terms.apply(arguments), site.span()));
    }

    private static List<Term> elasticNet(Arguments arguments) {
        double lambda = lambda(arguments);
        double ratio = arguments.real("ratio", value -> value >= 0 && value <= 1, "between 0 and 1");
        return List.of(new Term.L1(lambda * ratio), new Term.L2(lambda * (1 - ratio)));
    }

    private static double lambda(Arguments arguments) {
        double lambda = arguments.real("lambda");
        if (!(lambda >= 0)) {
            arguments.complain(DiagnosticCode.NEGATIVE_LAMBDA.at(arguments.span("lambda"), lambda));
        }
        return lambda;
    }

    /** Both penalties; terms of one kind become one, since their factors add. */
    static Penalty sum(Penalty a, Penalty b, SourceSpan span) {
        Map<Class<? extends Term>, Term> byKind = new LinkedHashMap<>();
        List<Term> all = new ArrayList<>(a.terms());
        all.addAll(b.terms());
        all.forEach(term -> byKind.merge(term.getClass(), term, Penalties::sum));
        return new Penalty(text(span), List.copyOf(byKind.values()), span);
    }

    private static Term sum(Term one, Term other) {
        return one.withLambda(one.lambda() + other.lambda());
    }

    /** A penalty with every factor multiplied. */
    static Penalty scaled(double factor, Penalty penalty, SourceSpan span) {
        List<Term> terms = penalty.terms().stream()
                .map(term -> term.withLambda(factor * term.lambda()))
                .toList();
        return new Penalty(text(span), terms, span);
    }

    private static String text(SourceSpan span) {
        return span.text().replaceAll("\\s+", " ");
    }
}
