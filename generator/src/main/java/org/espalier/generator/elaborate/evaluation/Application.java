package org.espalier.generator.elaborate.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.LayerValues;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Scope;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Site;
import org.espalier.generator.elaborate.language.Trace;
import org.espalier.generator.formula.Derivative;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.FormulaLimitException;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Identifier;
import org.espalier.generator.syntax.Statement;
import org.jspecify.annotations.Nullable;

/** One call of a declared block or regularizer: its parameters bound, ready to be evaluated. */
final class Application {
    private final CallSite site;
    private final Declaration declaration;
    private final Evaluator evaluator;
    private final Supplier<Optional<Application>> again;

    private Application(
            CallSite site, Declaration declaration, Evaluator evaluator, Supplier<Optional<Application>> again) {
        this.site = site;
        this.declaration = declaration;
        this.evaluator = evaluator;
        this.again = again;
    }

    /** Binds the parameters of a call; empty if that is a mistake, which is reported. */
    static Optional<Application> of(
            Module module, Declaration declaration, String kind, CallSite site, Arguments arguments) {
        if (site.frame().depth() >= Limits.CALL_DEPTH) {
            site.report(DiagnosticCode.CALLS_TOO_DEEP.at(site.span(), Limits.CALL_DEPTH));
            return Optional.empty();
        }
        BodyNames names = new BodyNames(module);
        Scope scope = new Scope();
        Frame begun = site.frame().call(kind, declaration, Map.of(), site.span());
        Evaluator defaults = new Evaluator(site.session(), names, begun, scope, Optional.empty());
        Map<String, Datum> values = new LinkedHashMap<>();
        for (Declaration.Formal formal : declaration.formals()) {
            String name = formal.name().text();
            Datum value = arguments.has(name)
                    ? arguments.get(name)
                    : defaults.defaultOf(formal, declaration.name().text());
            if (value instanceof Datum.Unknown) {
                return Optional.empty();
            }
            LayerValues.name(value, name, scope, arguments.span(name));
            names.bind(name, value, formal.span());
            values.put(name, value);
        }
        Optional<Diagnostic> endless = site.frame()
                .nearest(declaration)
                .flatMap(before -> endless(declaration, before.arguments(), values, site));
        if (endless.isPresent()) {
            site.report(endless.get());
            return Optional.empty();
        }
        Frame frame = site.frame().call(kind, declaration, values, site.span());
        return Optional.of(new Application(
                site,
                declaration,
                new Evaluator(site.session(), names, frame, scope, Optional.empty()),
                () -> of(module, declaration, kind, site, arguments)));
    }

    /**
     * A finding if a recursive call is no nearer to an end than the call it is made in: some whole number must have
     * become smaller without falling below 0, or some list shorter.
     */
    private static Optional<Diagnostic> endless(
            Declaration declaration, Map<String, Datum> before, Map<String, Datum> after, CallSite site) {
        boolean shrinks = after.entrySet().stream()
                .anyMatch(argument -> isSmaller(argument.getValue(), before.get(argument.getKey())));
        if (shrinks) {
            return Optional.empty();
        }
        String now = Frame.describe(declaration, after);
        String then = Frame.describe(declaration, before);
        boolean fallsBelowZero = after.values().stream()
                .anyMatch(argument -> argument instanceof Datum.Int number && number.value() < 0);
        String help = fallsBelowZero
                ? "let an 'if' end the recursion before the number falls below 0"
                : declaration.formals().isEmpty()
                        ? "write what " + declaration.name() + " is without " + declaration.name() + " itself"
                        : "pass a smaller whole number, and let an 'if' end the recursion";
        return Optional.of(DiagnosticCode.RECURSION
                .at(site.span(), declaration.name(), now, then)
                .withHelp(help));
    }

    private static boolean isSmaller(Datum now, @Nullable Datum before) {
        if (now instanceof Datum.Int number && before instanceof Datum.Int larger) {
            return number.value() >= 0 && number.value() < larger.value();
        }
        return now instanceof Datum.Items list
                && before instanceof Datum.Items longer
                && list.elements().size() < longer.elements().size();
    }

    /** The value of a regularizer. */
    Datum evaluate(Expression expression) {
        return evaluator.evaluate(expression);
    }

    /** The formula of a loss; empty after a mistake, which is reported. */
    Optional<Formula> formula(List<String> variables, Expression body) {
        try {
            return FormulaReader.ofLoss(evaluator, variables, body)
                    .read(body)
                    .filter(formula ->
                            Definitions.isWritable(withDerivatives(formula, variables), evaluator, body.span()));
        } catch (FormulaLimitException e) {
            evaluator.report(Definitions.beyond(e.limit(), body.span()));
            return Optional.empty();
        }
    }

    private static List<Formula> withDerivatives(Formula formula, List<String> variables) {
        return Stream.concat(Stream.of(formula), variables.stream().map(variable -> Derivative.of(formula, variable)))
                .toList();
    }

    /** The result of a block: a layer with a scope of its own, or any other value as it is. */
    Datum run(Declaration.Body body) {
        if (body.broken()) {
            return site.session().unknown();
        }
        BodyRun run = BodyRun.ofBlock(evaluator, declaration, body, Map.of());
        Datum result = run.result();
        Layer.Call call = new Layer.Call(declaration, sizes(body));
        Optional<? extends Layer> layer = run.trace().isPresent()
                ? Optional.of(new Layer.Traced(
                        site.site(), call, run.trace().get(), run.forward().map(inputs -> new Inputs(inputs, body))))
                : applied(call, result);
        layer.ifPresent(evaluator.scope()::belongsTo);
        return result instanceof Datum.Unknown
                ? result
                : layer.<Datum>map(Datum.LayerDatum::new).orElse(result);
    }

    /** The inputs of a block of which some have defaults; its body is run again with those that are given. */
    private final class Inputs implements Layer.Forward {
        private final Signature signature;
        private final Declaration.Body body;

        private Inputs(Signature signature, Declaration.Body body) {
            this.signature = signature;
            this.body = body;
        }

        @Override
        public Signature signature() {
            return signature;
        }

        @Override
        public Optional<Trace> trace(Layer.Traced layer, Map<String, Datum> given) {
            return again.get().flatMap(application -> {
                application.evaluator.scope().belongsTo(layer);
                return BodyRun.ofBlock(application.evaluator, declaration, body, given)
                        .trace();
            });
        }
    }

    /** The whole numbers among the block's arguments and what its body binds. */
    private Map<String, Long> sizes(Declaration.Body body) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        Stream.concat(
                        declaration.formals().stream().map(Declaration.Formal::name),
                        body.statements().stream()
                                .filter(Statement.Binding.class::isInstance)
                                .flatMap(binding -> ((Statement.Binding) binding).names().stream()))
                .map(Identifier::text)
                .forEach(name -> evaluator
                        .names()
                        .here(name)
                        .map(BodyNames.Bound::value)
                        .filter(Datum.Int.class::isInstance)
                        .ifPresent(value -> sizes.put(name, ((Datum.Int) value).value())));
        return sizes;
    }

    private Optional<Layer.Applied> applied(Layer.Call call, Datum result) {
        Site inside = evaluator.site(declaration.span());
        Optional<List<Layer>> list =
                LayerValues.elements(result).flatMap(elements -> LayerValues.all(elements, inside));
        return LayerValues.of(result, inside).map(made -> new Layer.Applied(site.site(), call, made, list));
    }
}
