package org.espalier.generator.elaborate.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.LayerValues;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Symbol;
import org.espalier.generator.elaborate.language.TensorShape;
import org.espalier.generator.elaborate.language.Trace;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.layer.api.OwnParameter;
import org.espalier.generator.layer.elementwise.ElementwiseFunctions;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Identifier;
import org.espalier.generator.syntax.Statement;

/** Runs the statements of a body: binds names, records what happens to tensors, and keeps a network's clauses. */
public final class BodyRun implements Statement.Visitor {
    /** The name of what nobody needs: {@code _, h = gru(x)}. */
    static final String NOTHING = "_";

    private record Assigned(Identifier name, Symbol symbol) {}

    private final Evaluator evaluator;
    private final Declaration declaration;
    private final Optional<Trace> trace;
    private final Optional<Clauses> clauses;
    private final Map<String, Datum> given;
    private final Signature.Builder forward;
    private boolean hasFallbacks;
    private final List<Assigned> assigned = new ArrayList<>();
    private final Map<String, SourceSpan> seen = new HashMap<>();
    private final Set<String> interfaceNames = new HashSet<>();
    private Optional<Datum> returned = Optional.empty();

    private BodyRun(
            Evaluator evaluator,
            Declaration declaration,
            Optional<Trace> trace,
            Optional<Clauses> clauses,
            Map<String, Datum> given) {
        this.given = given;
        this.forward = Signature.of(declaration.name().text());
        this.evaluator = trace.map(evaluator::tracing).orElse(evaluator);
        this.declaration = declaration;
        this.trace = trace;
        this.clauses = clauses;
    }

    /**
     * Runs the body of a block.
     *
     * @param given what of its inputs with defaults is given: a tensor, a comparison, or a value
     */
    static BodyRun ofBlock(
            Evaluator evaluator, Declaration declaration, Declaration.Body body, Map<String, Datum> given) {
        boolean traced = body.statements().stream().anyMatch(Statement.Input.class::isInstance);
        Optional<Trace> trace = traced ? Optional.of(new Trace()) : Optional.empty();
        BodyRun run = new BodyRun(evaluator, declaration, trace, Optional.empty(), given);
        run.run(body);
        // A result that is written and has no value has a mistake, which is reported where it is.
        if (!hasResult(body)) {
            evaluator.report(DiagnosticCode.NO_RESULT
                    .at(declaration.span(), declaration.name())
                    .withHelp(traced ? "add an output" : "end it with 'return'"));
        }
        return run;
    }

    /** Runs the body of a network. */
    public static BodyRun ofNetwork(
            Evaluator evaluator, Declaration declaration, Declaration.Body body, Trace trace, Clauses clauses) {
        BodyRun run = new BodyRun(evaluator, declaration, Optional.of(trace), Optional.of(clauses), Map.of());
        run.run(body);
        return run;
    }

    private void run(Declaration.Body body) {
        for (Statement statement : body.statements()) {
            if (returned.isPresent()) {
                evaluator.report(DiagnosticCode.AFTER_RETURN.at(statement.span()));
                break;
            }
            statement.accept(this);
        }
        if (!evaluator.session().hasFailed() && hasResult(body)) {
            reportUnused(body);
        }
    }

    private static boolean hasResult(Declaration.Body body) {
        return body.statements().stream()
                .anyMatch(statement -> statement instanceof Statement.Output || statement instanceof Statement.Return);
    }

    /** Warns of tensors that no layer is applied to, and of other things whose name stands nowhere else. */
    private void reportUnused(Declaration.Body body) {
        for (Assigned value : assigned) {
            if (!value.symbol().used()) {
                evaluator.report(DiagnosticCode.UNUSED_VALUE.at(value.name().span(), "value", value.name()));
            }
        }
        Set<String> mentioned =
                Mentions.in(body.statements().stream().flatMap(statement -> Mentions.expressions(statement).stream()));
        body.statements().stream()
                .filter(Statement.Binding.class::isInstance)
                // A regularizer on a layer that nothing uses is an error, which says that as well.
                .filter(statement -> !evaluator.session().isRegularized(statement.span()))
                .flatMap(statement -> ((Statement.Binding) statement).names().stream())
                .filter(name -> !mentioned.contains(name.text()))
                .forEach(this::reportUnmentioned);
        if (clauses.isPresent()) {
            reportUnusedParameters(mentioned);
        }
    }

    /**
     * Warns of parameters of a network that nothing mentions. Those of blocks may be there for the sake of their
     * callers, which pass the same to one block as to another.
     */
    private void reportUnusedParameters(Set<String> mentioned) {
        Set<String> inDefaults =
                Mentions.in(declaration.formals().stream().flatMap(formal -> formal.defaultValue().stream()));
        declaration.formals().stream()
                .map(Declaration.Formal::name)
                .filter(name -> !mentioned.contains(name.text()) && !inDefaults.contains(name.text()))
                .forEach(name -> evaluator.report(DiagnosticCode.UNUSED_VALUE.at(name.span(), "parameter", name)));
    }

    private void reportUnmentioned(Identifier name) {
        Optional<BodyNames.Bound> bound = evaluator.names().here(name.text());
        if (bound.isPresent() && !(bound.get().value() instanceof Datum.Tensor)) {
            evaluator.report(
                    DiagnosticCode.UNUSED_VALUE.at(name.span(), kind(bound.get().value()), name));
        }
    }

    private static String kind(Datum value) {
        if (value instanceof Datum.LayerDatum) {
            return "layer";
        }
        if (value instanceof Datum.Items) {
            return "list";
        }
        return value instanceof Datum.Int || value instanceof Datum.Real ? "number" : "value";
    }

    Optional<Trace> trace() {
        return trace;
    }

    /** The inputs as those who apply the block see them, if some of them have defaults. */
    Optional<Signature> forward() {
        return hasFallbacks ? Optional.of(forward.build()) : Optional.empty();
    }

    /** Returns the result of the block; unknown if it made nothing; none if it has outputs instead. */
    Datum result() {
        if (trace.isEmpty()) {
            return returned.orElseGet(evaluator.session()::unknown);
        }
        return trace.get().outputs().isEmpty() ? evaluator.session().unknown() : new Datum.None();
    }

    @Override
    public void binding(Statement.Binding statement) {
        Datum value = evaluator.evaluate(statement.value());
        List<Statement.Pattern> patterns = statement.patterns();
        List<Datum> parts = patterns.size() == 1 ? List.of(value) : parts(value, patterns.size(), statement);
        for (int i = 0; i < patterns.size(); i++) {
            List<Identifier> names = patterns.get(i).names();
            List<Datum> values =
                    names.size() == 1 ? List.of(parts.get(i)) : parts(parts.get(i), names.size(), statement);
            for (int j = 0; j < names.size(); j++) {
                bind(names.get(j), values.get(j), statement.span());
            }
        }
    }

    /** So many parts of a value; they are unknown if it has another number of them, which is reported. */
    private List<Datum> parts(Datum value, int count, Statement.Binding statement) {
        List<Datum> parts = value instanceof Datum.Tensor tensor
                ? tensor.parts()
                : value instanceof Datum.Sections sections ? sections.unpacked().apply(count) : Type.elements(value);
        if (parts.size() == count) {
            return parts;
        }
        if (!(value instanceof Datum.Unknown)) {
            evaluator.report(DiagnosticCode.DESTRUCTURING.at(
                    statement.value().span(), Words.count(count, "name"), Words.count(parts.size(), "value")));
        }
        return Collections.nCopies(count, new Datum.Unknown());
    }

    /** Binds a name once; only a tensor may follow a tensor, as in {@code x = relu(x)}. */
    private void bind(Identifier name, Datum value, SourceSpan statement) {
        if (name.text().equals(NOTHING)) {
            return;
        }
        Optional<BodyNames.Bound> before = evaluator.names().here(name.text());
        boolean rebinding = before.isPresent() && before.get().value() instanceof Datum.Tensor;
        boolean unknown = value instanceof Datum.Unknown
                || before.map(bound -> bound.value() instanceof Datum.Unknown).orElse(false);
        if (before.isPresent() && !unknown && !(rebinding && value instanceof Datum.Tensor)) {
            evaluator.report(DiagnosticCode.ALREADY_BOUND
                    .at(name.span(), name, before.get().span().citation())
                    .withHelp("only tensors can be bound again; give this another name"));
            return;
        }
        LayerValues.name(value, name.text(), evaluator.scope(), statement);
        if (value instanceof Datum.Tensor tensor) {
            assigned.add(new Assigned(name, tensor.symbol()));
            if (!rebinding) {
                nameProducer(tensor.symbol(), name, statement);
            }
        }
        evaluator.names().bind(name.text(), value, name.span());
    }

    /**
     * {@code y = Linear(4, 2)(x)} names the layer as well; not a chain, whose layers would all move behind the name.
     */
    private void nameProducer(Symbol symbol, Identifier name, SourceSpan statement) {
        symbol.producer()
                .filter(layer -> !(layer instanceof Layer.Chain))
                .ifPresent(layer -> layer.named(name.text(), evaluator.scope(), statement));
    }

    @Override
    public void input(Statement.Input statement) {
        Symbol symbol = Symbol.input(statement.span());
        Optional<TensorShape> type = statement.type().flatMap(written -> TensorTypes.read(written, evaluator));
        if (clauses.isPresent() && statement.type().isEmpty()) {
            evaluator.report(DiagnosticCode.TENSOR_TYPE
                    .at(statement.name().span(), "the input '" + statement.name() + "' needs its type")
                    .withHelp("write for instance " + statement.name() + ": float[batch, 3, 64, 64]"));
        }
        if (clauses.isEmpty() && statement.wanted()) {
            evaluator.report(DiagnosticCode.CLAUSE_OUTSIDE_NETWORK.at(statement.span(), "with gradient"));
        }
        if (statement.wanted() && type.isPresent() && type.get().element() == ElementType.INT) {
            evaluator.report(
                    DiagnosticCode.TENSOR_TYPE.at(type.get().span(), "whole numbers have no gradient: leave it out"));
        }
        if (isTaken(statement.name())) {
            return;
        }
        if (statement.fallback().isPresent()) {
            bind(statement.name(), withFallback(statement, symbol, type), statement.span());
            return;
        }
        forward.required(statement.name().text(), Type.TENSOR);
        trace.ifPresent(body -> body.inputs().add(new Trace.Input(statement.name(), symbol, type, statement.wanted())));
        bind(statement.name(), new Datum.Tensor(symbol), statement.span());
    }

    /** An input that may be left out: what it is then, or a tensor, or a comparison, or another value. */
    private Datum withFallback(Statement.Input statement, Symbol symbol, Optional<TensorShape> type) {
        if (clauses.isPresent()) {
            return evaluator.report(DiagnosticCode.CLAUSE_OUTSIDE_BLOCK
                    .at(statement.span(), "input " + statement.name() + " = …")
                    .withHelp("a network is always given all of its inputs"));
        }
        String name = statement.name().text();
        Datum fallback = evaluator.evaluate(statement.fallback().orElseThrow());
        hasFallbacks = true;
        forward.with(name, Type.ANY, fallback);
        Datum value = given.getOrDefault(name, fallback);
        if (!(value instanceof Datum.Tensor) && !(value instanceof Datum.Comparison)) {
            return value;
        }
        trace.ifPresent(body -> body.inputs().add(new Trace.Input(statement.name(), symbol, type, false)));
        Datum.Tensor tensor = new Datum.Tensor(symbol);
        return value instanceof Datum.Tensor ? tensor : ElementwiseFunctions.isTrue(tensor);
    }

    /** A parameter of one's own is a layer without inputs, which has the parameter's name and makes it. */
    @Override
    public void parameter(Statement.OwnParameter statement) {
        if (trace.isEmpty()) {
            evaluator.report(DiagnosticCode.MIXED_BLOCK
                    .at(statement.span())
                    .withHelp("begin the block with 'input x'; layers that a block returns have parameters already"));
            return;
        }
        Optional<Shape> shape = TensorTypes.ofParameter(statement.type(), evaluator);
        Datum start = evaluator.evaluate(statement.initializer());
        if (start instanceof Datum.None) {
            bind(statement.name(), start, statement.span());
            return;
        }
        if (!(start instanceof Datum.Start initializer)) {
            if (!(start instanceof Datum.Unknown)) {
                evaluator.report(DiagnosticCode.CLAUSE_TYPE.at(
                        statement.initializer().span(), "parameter", "an initializer", start.describe()));
            }
            return;
        }
        Optional<InitializerDecl> started = shape.flatMap(of -> initializer.of(
                of,
                found -> evaluator.report(DiagnosticCode.CLAUSE_TYPE.at(
                        statement.initializer().span(), "parameter", "an initializer of " + of, found))));
        if (started.isPresent()) {
            String name = statement.name().text();
            LayerRule rule = new OwnParameter(name, shape.get(), started.get());
            Layer layer = new Layer.Primitive(evaluator.site(statement.span()), "parameter", rule, Optional.empty());
            layer.named(name, evaluator.scope(), statement.span());
            Symbol symbol =
                    trace.get().apply(layer, List.of(), statement.span()).get(0);
            bind(statement.name(), new Datum.Tensor(symbol), statement.span());
        }
    }

    /** A buffer is a layer without inputs too. */
    @Override
    public void buffer(Statement.OwnBuffer statement) {
        if (trace.isEmpty()) {
            evaluator.report(DiagnosticCode.MIXED_BLOCK
                    .at(statement.span())
                    .withHelp("begin the block with 'input x'; layers that a block returns have parameters already"));
            return;
        }
        new BufferValues(evaluator, statement).read().ifPresent(rule -> {
            Layer layer = new Layer.Primitive(evaluator.site(statement.span()), "buffer", rule, Optional.empty());
            layer.named(statement.name().text(), evaluator.scope(), statement.span());
            Symbol symbol =
                    trace.get().apply(layer, List.of(), statement.span()).get(0);
            bind(statement.name(), new Datum.Tensor(symbol), statement.span());
        });
    }

    @Override
    public void output(Statement.Output statement) {
        if (trace.isEmpty()) {
            evaluator.report(DiagnosticCode.MIXED_BLOCK
                    .at(statement.span())
                    .withHelp("begin the block with 'input x', or let it return a layer"));
            return;
        }
        Datum value = statement
                .value()
                .map(evaluator::evaluate)
                .or(() -> evaluator.names().lookup(statement.name().text()))
                .orElseGet(evaluator.session()::unknown);
        if (!(value instanceof Datum.Tensor tensor)) {
            if (!(value instanceof Datum.Unknown)) {
                evaluator.report(DiagnosticCode.CLAUSE_TYPE.at(
                        statement
                                .value()
                                .map(written -> written.span())
                                .orElse(statement.name().span()),
                        "output",
                        "a tensor",
                        value.describe()));
            }
            return;
        }
        if (isTaken(statement.name())) {
            return;
        }
        tensor.symbol().use();
        nameProducer(tensor.symbol(), statement.name(), statement.span());
        trace.get().outputs().add(new Trace.Output(statement.name(), tensor.symbol()));
        evaluator.names().bind(statement.name().text(), value, statement.name().span());
    }

    /** Takes the name of an input or output; true if one of them or a target has it already, which is reported. */
    private boolean isTaken(Identifier name) {
        Optional<BodyNames.Bound> before = evaluator.names().here(name.text());
        boolean target = before.isPresent() && before.get().value() instanceof Datum.TargetDatum;
        boolean taken = target || !interfaceNames.add(name.text());
        if (taken) {
            SourceSpan span = before.map(BodyNames.Bound::span).orElse(name.span());
            evaluator.report(DiagnosticCode.ALREADY_BOUND
                    .at(name.span(), name, span.citation())
                    .withHelp("inputs, outputs and targets each need a name of their own"));
        }
        return taken;
    }

    @Override
    public void returns(Statement.Return statement) {
        if (clauses.isPresent()) {
            evaluator.report(DiagnosticCode.CLAUSE_OUTSIDE_BLOCK
                    .at(statement.span(), "return")
                    .withHelp("write 'output y = …'"));
            return;
        }
        if (trace.isPresent()) {
            evaluator.report(DiagnosticCode.MIXED_BLOCK.at(statement.span()).withHelp("write 'output y = …'"));
        }
        returned = Optional.of(evaluator.evaluate(statement.value()));
    }

    @Override
    public void target(Statement.Target statement) {
        inNetwork("target", statement).ifPresent(network -> {
            Optional<TensorShape> type = statement.type().flatMap(written -> TensorTypes.read(written, evaluator));
            Datum.TargetDatum target = new Datum.TargetDatum(statement.name(), type);
            network.targets().add(target);
            bind(statement.name(), target, statement.span());
        });
    }

    @Override
    public void regularize(Statement.Regularize statement) {
        inNetwork("regularize", statement)
                .ifPresent(network -> network.regularize(statement, evaluator.evaluate(statement.by()), evaluator));
    }

    @Override
    public void initialize(Statement.Initialize statement) {
        inNetwork("initialize", statement)
                .ifPresent(network -> network.initialize(statement, evaluator.evaluate(statement.by()), evaluator));
    }

    @Override
    public void freeze(Statement.Freeze statement) {
        inNetwork("freeze", statement).ifPresent(network -> network.freezes().add(statement));
    }

    @Override
    public void reportSparsity(Statement.ReportSparsity statement) {
        inNetwork("report", statement)
                .ifPresent(network ->
                        network.reportSparsity(statement, statement.below().map(evaluator::evaluate), evaluator));
    }

    @Override
    public void loss(Statement.LossClause statement) {
        inNetwork("loss", statement).ifPresent(network -> {
            once("loss", statement);
            network.loss(statement, evaluator.evaluate(statement.value()), evaluator);
        });
    }

    @Override
    public void optimizer(Statement.OptimizerClause statement) {
        inNetwork("optimizer", statement).ifPresent(network -> {
            once("optimizer", statement);
            network.optimizer(statement, evaluator.evaluate(statement.value()), evaluator);
        });
    }

    @Override
    public void optimize(Statement.Optimize statement) {
        inNetwork("optimize", statement).ifPresent(network -> network.optimize(statement, evaluator));
    }

    @Override
    public void precision(Statement.PrecisionClause statement) {
        inNetwork("precision", statement).ifPresent(network -> {
            once("precision", statement);
            network.precision(statement, evaluator);
        });
    }

    @Override
    public void broken(Statement.BrokenStatement statement) {
        evaluator.session().unknown();
    }

    private void once(String clause, Statement statement) {
        SourceSpan before = seen.putIfAbsent(clause, statement.span());
        if (before != null) {
            evaluator.report(
                    DiagnosticCode.SECOND_CLAUSE.at(statement.span(), declaration.name(), clause, before.citation()));
        }
    }

    private Optional<Clauses> inNetwork(String clause, Statement statement) {
        if (clauses.isEmpty()) {
            evaluator.report(DiagnosticCode.CLAUSE_OUTSIDE_NETWORK.at(statement.span(), clause));
        }
        return clauses;
    }
}
