package org.espalier.generator.elaborate.clauses;

import java.util.Map;
import java.util.Optional;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.evaluation.Clauses;
import org.espalier.generator.elaborate.language.Datum.LossDatum;
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

/** Resolves a network's loss: which output it judges, and the shape of what it compares it with. */
public final class LossClauses {
    /** The name of the target of a network that declares none. */
    static final String IMPLICIT_TARGET = "target";

    private final Session session;
    private final Frame network;
    private final Clauses clauses;
    private final Trace trace;
    private final Tensors tensors;

    public LossClauses(Session session, Frame network, Clauses clauses, Trace trace, Tensors tensors) {
        this.session = session;
        this.network = network;
        this.clauses = clauses;
        this.trace = trace;
        this.tensors = tensors;
    }

    /** The loss; empty if there is none, or a mistake, which is reported. */
    public Optional<Loss> resolve(Map<Symbol, Value> outputs) {
        if (clauses.loss().isEmpty()) {
            if (!clauses.lossWritten()) {
                reportWithoutLoss();
            }
            return Optional.empty();
        }
        Clauses.LossClause clause = clauses.loss().get();
        Optional<Symbol> predicted = predicted(clause);
        Optional<TargetDatum> target = target(clause);
        if (predicted.isEmpty() || (target.isEmpty() && !clauses.targets().isEmpty())) {
            return Optional.empty();
        }
        Value prediction = outputs.get(predicted.get());
        return prediction == null ? Optional.empty() : loss(clause, prediction, target);
    }

    private void reportWithoutLoss() {
        clauses.optimizer()
                .ifPresent(optimizer -> report(DiagnosticCode.WITHOUT_LOSS.at(
                        optimizer.span(), network.declaration().name(), "an optimizer")));
        clauses.targets()
                .forEach(target -> report(DiagnosticCode.WITHOUT_LOSS.at(
                        target.name().span(), network.declaration().name(), "a target")));
    }

    private Optional<Symbol> predicted(Clauses.LossClause clause) {
        LossDatum loss = clause.loss();
        if (loss.prediction().isPresent()) {
            Symbol symbol = loss.prediction().get().symbol();
            if (trace.outputs().stream().noneMatch(output -> output.symbol() == symbol)) {
                report(DiagnosticCode.LOSS_OPERANDS.at(clause.span(), "a loss judges an output, but this is none"));
                return Optional.empty();
            }
            return Optional.of(symbol);
        }
        if (trace.outputs().size() > 1) {
            String first = trace.outputs().get(0).name().text();
            report(DiagnosticCode.LOSS_OPERANDS
                    .at(clause.span(), "the network has several outputs, and the loss does not say which it judges")
                    .withHelp("declare a target, and write for instance L1Loss()(" + first + ", target)"));
            return Optional.empty();
        }
        return trace.outputs().stream().findFirst().map(Trace.Output::symbol);
    }

    private Optional<TargetDatum> target(Clauses.LossClause clause) {
        Optional<TargetDatum> named = clause.loss().target();
        if (named.isEmpty() && clauses.targets().size() > 1) {
            report(DiagnosticCode.LOSS_OPERANDS.at(
                    clause.span(), "the network has several targets, and the loss does not say which it means"));
            return Optional.empty();
        }
        Optional<TargetDatum> target = named.or(() -> clauses.targets().stream().findFirst());
        clauses.targets().stream()
                .filter(other -> named.isPresent() && !other.equals(named.get()))
                .forEach(other -> report(DiagnosticCode.LOSS_OPERANDS.at(
                        other.name().span(), "the loss does not use the target '" + other.name() + "'")));
        return target;
    }

    private Optional<Loss> loss(Clauses.LossClause clause, Value prediction, Optional<TargetDatum> target) {
        Optional<TensorShape> declared = target.flatMap(TargetDatum::type);
        Loss.Function function = ofTarget(clause.loss().function(), prediction.shape(), declared);
        Optional<String> expected = function.expects(prediction.shape());
        if (expected.isPresent()) {
            report(DiagnosticCode.SHAPE_MISMATCH.at(
                    clause.span(), function.word(), expected.get(), prediction.shape()));
            return Optional.empty();
        }
        TensorShape wanted =
                new TensorShape(function.targetElement(), function.targetShape(prediction.shape()), clause.span());
        if (declared.isPresent() && !declared.get().toString().equals(wanted.toString())) {
            report(DiagnosticCode.SHAPE_MISMATCH.at(declared.get().span(), "the loss", wanted, declared.get()));
            return Optional.empty();
        }
        String name = target.map(given -> given.name().text()).orElse(IMPLICIT_TARGET);
        SourceSpan span = target.map(given -> given.name().span()).orElse(clause.span());
        Value value = target.isPresent()
                ? tensors.reserved(name, wanted, Value.Kind.TARGET, span)
                : tensors.value(name, wanted, Value.Kind.TARGET, span);
        return Optional.of(new Loss(function, clause.loss().scale(), prediction, value, clause.span()));
    }

    /** As in PyTorch, a cross entropy with a target like the prediction is one of probabilities. */
    private static Loss.Function ofTarget(Loss.Function function, Shape prediction, Optional<TensorShape> declared) {
        boolean like = declared.isPresent()
                && declared.get().element() == ElementType.FLOAT
                && declared.get().shape().equals(prediction);
        return like && function instanceof ClassLoss classes && classes.kind() == Loss.Kind.CROSS_ENTROPY_LOSS
                ? classes.withProbabilities()
                : function;
    }

    private void report(Diagnostic diagnostic) {
        session.report(diagnostic, network);
    }
}
