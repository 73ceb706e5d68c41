package org.espalier.generator.elaborate.clauses;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.evaluation.Clauses;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.LossTerm;
import org.espalier.generator.elaborate.language.Datum.TargetDatum;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Symbol;
import org.espalier.generator.elaborate.language.TensorShape;
import org.espalier.generator.elaborate.language.Tensors;
import org.espalier.generator.elaborate.language.Trace;
import org.espalier.generator.ir.ClassLoss;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;

/** Resolves a network's losses: what each judges, and the shape of what it compares that with. */
public final class LossClauses {
    /** The name of the target of a network that declares none. */
    static final String IMPLICIT_TARGET = "target";

    private final Session session;
    private final Frame network;
    private final Clauses clauses;
    private final Trace trace;
    private final Tensors tensors;

    /** The targets that losses have given a shape, by their names. */
    private final Map<String, Value> targets = new HashMap<>();

    public LossClauses(Session session, Frame network, Clauses clauses, Trace trace, Tensors tensors) {
        this.session = session;
        this.network = network;
        this.clauses = clauses;
        this.trace = trace;
        this.tensors = tensors;
    }

    /**
     * The losses; none if there are none, and not all if there is a mistake, which is reported.
     *
     * @param values what tensors have become
     */
    public List<Loss> resolve(Function<Symbol, Optional<Value>> values) {
        if (clauses.loss().isEmpty()) {
            if (!clauses.lossWritten()) {
                reportWithoutLoss();
            }
            return List.of();
        }
        Clauses.LossClause clause = clauses.loss().get();
        List<Loss> losses = new ArrayList<>();
        for (LossTerm term : clause.loss().terms()) {
            boolean only = clause.loss().terms().size() == 1;
            SourceSpan span = only ? clause.span() : term.span();
            operands(term, span)
                    .flatMap(operands -> loss(term, operands, span, values))
                    .ifPresent(operands ->
                            losses.add(new Loss(operands.function(), term.scale(), operands.values(), clause.span())));
        }
        reportUnused(clause);
        return losses;
    }

    private void reportWithoutLoss() {
        clauses.optimizer()
                .ifPresent(optimizer -> report(DiagnosticCode.WITHOUT_LOSS.at(
                        optimizer.span(), network.declaration().name(), "an optimizer")));
        clauses.targets()
                .forEach(target -> report(DiagnosticCode.WITHOUT_LOSS.at(
                        target.name().span(), network.declaration().name(), "a target")));
    }

    private void reportUnused(Clauses.LossClause clause) {
        boolean said =
                clause.loss().terms().stream().anyMatch(term -> !term.operands().isEmpty());
        clauses.targets().stream()
                .filter(target -> said
                        && clause.loss().terms().stream()
                                .noneMatch(term -> term.operands().contains(target)))
                .forEach(target -> report(DiagnosticCode.LOSS_OPERANDS.at(
                        target.name().span(), "the loss does not use the target '" + target.name() + "'")));
    }

    /** The operands that a loss is told, or if it is not told, the only output and the only target. */
    private Optional<List<Datum>> operands(LossTerm term, SourceSpan span) {
        if (!term.operands().isEmpty()) {
            return Optional.of(term.operands());
        }
        if (term.function().arity() != 2 || term.preparation().isPresent()) {
            report(DiagnosticCode.LOSS_OPERANDS
                    .at(span, term.function().word() + " does not say what it compares")
                    .withHelp("call it: " + term.span().text() + "(…)"));
            return Optional.empty();
        }
        if (trace.outputs().size() > 1) {
            String first = trace.outputs().get(0).name().text();
            report(DiagnosticCode.LOSS_OPERANDS
                    .at(span, "the network has several outputs, and the loss does not say which it judges")
                    .withHelp("declare a target, and write for instance L1Loss()(" + first + ", target)"));
            return Optional.empty();
        }
        if (clauses.targets().size() > 1) {
            report(DiagnosticCode.LOSS_OPERANDS.at(
                    span, "the network has several targets, and the loss does not say which it means"));
            return Optional.empty();
        }
        List<Datum> operands = new ArrayList<>();
        trace.outputs().forEach(output -> operands.add(new Datum.Tensor(output.symbol())));
        operands.addAll(clauses.targets());
        return operands.isEmpty() || trace.outputs().isEmpty() ? Optional.empty() : Optional.of(operands);
    }

    /** A loss with its operands. */
    private record Resolved(Loss.Function function, List<Value> values) {}

    private Optional<Resolved> loss(
            LossTerm term, List<Datum> operands, SourceSpan span, Function<Symbol, Optional<Value>> values) {
        Optional<Value> prediction = values.apply(((Datum.Tensor) operands.get(0)).symbol());
        if (prediction.isEmpty()) {
            return Optional.empty();
        }
        Shape shape = prediction.get().shape();
        Loss.Function function = ofTarget(term.function(), shape, operands, values);
        if (prediction.get().isWhole()) {
            report(DiagnosticCode.SHAPE_MISMATCH.at(
                    span, function.word(), new TensorShape(ElementType.FLOAT, shape, span), type(prediction.get())));
            return Optional.empty();
        }
        Optional<String> expected = function.expects(shape);
        if (expected.isPresent()) {
            report(DiagnosticCode.SHAPE_MISMATCH.at(span, function.word(), expected.get(), shape));
            return Optional.empty();
        }
        List<Value> resolved = new ArrayList<>(List.of(prediction.get()));
        for (int i = 1; i < function.arity(); i++) {
            Optional<Shape> given = i < operands.size() ? shape(operands.get(i), values) : Optional.empty();
            Optional<Shape> fitting = function.operandShape(i, shape, given);
            if (fitting.isEmpty()) {
                reportWithoutType(function, operands.get(i), given, span);
                return Optional.empty();
            }
            TensorShape wanted = new TensorShape(function.targetElement(), fitting.get(), span);
            Optional<Value> value = i >= operands.size()
                    ? target(Optional.empty(), wanted, span)
                    : operands.get(i) instanceof TargetDatum target
                            ? target(Optional.of(target), wanted, span)
                            : tensor((Datum.Tensor) operands.get(i), function, wanted, span, values);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            resolved.add(value.get());
        }
        return Optional.of(new Resolved(function, resolved));
    }

    private static Optional<Shape> shape(Datum operand, Function<Symbol, Optional<Value>> values) {
        return operand instanceof TargetDatum target
                ? target.type().map(TensorShape::shape)
                : values.apply(((Datum.Tensor) operand).symbol()).map(Value::shape);
    }

    /** Reports an operand that may have several shapes, and has none of them. */
    private void reportWithoutType(Loss.Function function, Datum operand, Optional<Shape> given, SourceSpan span) {
        String wanted = function.targetElement().word() + "[batch, most], as many as the longest target has";
        String name = operand instanceof TargetDatum target ? target.name().text() : "targets";
        report(DiagnosticCode.SHAPE_MISMATCH
                .at(span, function.word(), wanted, given.map(Shape::toString).orElse("a target without a type"))
                .withHelp("declare it as target " + name + ": int[batch, 20]"));
    }

    private Optional<Value> tensor(
            Datum.Tensor tensor,
            Loss.Function function,
            TensorShape wanted,
            SourceSpan span,
            Function<Symbol, Optional<Value>> values) {
        Optional<Value> value = values.apply(tensor.symbol());
        if (value.isPresent() && !type(value.get()).equals(wanted.toString())) {
            report(DiagnosticCode.SHAPE_MISMATCH.at(span, function.word(), wanted, type(value.get())));
            return Optional.empty();
        }
        return value;
    }

    /** A target, which has the shape that its first loss wants; that is declared and that other losses want, too. */
    private Optional<Value> target(Optional<TargetDatum> target, TensorShape wanted, SourceSpan loss) {
        Optional<TensorShape> declared = target.flatMap(TargetDatum::type);
        if (declared.isPresent() && !declared.get().toString().equals(wanted.toString())) {
            report(DiagnosticCode.SHAPE_MISMATCH.at(declared.get().span(), "the loss", wanted, declared.get()));
            return Optional.empty();
        }
        String name = target.map(given -> given.name().text()).orElse(IMPLICIT_TARGET);
        Value before = targets.get(name);
        if (before != null && !type(before).equals(wanted.toString())) {
            report(DiagnosticCode.SHAPE_MISMATCH.at(
                    loss, "the loss", wanted, "the target '" + name + "' " + type(before)));
            return Optional.empty();
        }
        if (before != null) {
            return Optional.of(before);
        }
        Value value = target.isPresent()
                ? tensors.reserved(
                        name, wanted, Value.Kind.TARGET, target.get().name().span())
                : tensors.value(name, wanted, Value.Kind.TARGET, loss);
        targets.put(name, value);
        return Optional.of(value);
    }

    /** As in PyTorch, a cross entropy with a target like the prediction is one of probabilities. */
    private static Loss.Function ofTarget(
            Loss.Function function, Shape prediction, List<Datum> operands, Function<Symbol, Optional<Value>> values) {
        if (operands.size() < 2
                || !(function instanceof ClassLoss classes)
                || classes.kind() != Loss.Kind.CROSS_ENTROPY_LOSS) {
            return function;
        }
        Optional<String> type = operands.get(1) instanceof TargetDatum target
                ? target.type().map(TensorShape::toString)
                : values.apply(((Datum.Tensor) operands.get(1)).symbol()).map(LossClauses::type);
        return type.equals(Optional.of(ElementType.FLOAT.word() + prediction)) ? classes.withProbabilities() : function;
    }

    private static String type(Value value) {
        return value.element().word() + value.shape();
    }

    private void report(Diagnostic diagnostic) {
        session.report(diagnostic, network);
    }
}
