package org.espalier.generator.elaborate.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Suggestions;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.LossDatum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Datum.TargetDatum;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Statement;
import org.espalier.generator.syntax.Statement.Role;
import org.espalier.generator.syntax.Statement.Selector;

/** The clauses of a network, evaluated but not yet applied to its parameters. */
public final class Clauses {
    /** {@code regularize … by …}; without a penalty for {@code by none}. */
    public record Regularize(List<Role> roles, List<Selector> selectors, Optional<Penalty> penalty, SourceSpan span) {}

    /** {@code initialize … by …}. */
    public record Initialize(List<Role> roles, List<Selector> selectors, Datum.Start start, SourceSpan span) {}

    /** {@code report sparsity of … below …}. */
    public record Report(List<Role> roles, List<Selector> selectors, double below, SourceSpan span) {}

    /** {@code loss …}. */
    public record LossClause(LossDatum loss, SourceSpan span) {}

    /** {@code optimizer …}. */
    public record OptimizerClause(OptimizerDecl optimizer, SourceSpan span) {}

    /** A clause that sets parameters apart. */
    public record Optimize(List<Role> roles, List<Selector> selectors, OptimizerDecl optimizer, SourceSpan span) {}

    /** Such a clause, whose optimizer may be the network's with other settings, which may stand behind it. */
    private record Optimized(Statement.Optimize statement, Supplier<Datum> optimizer, Evaluator evaluator) {}

    private final List<TargetDatum> targets = new ArrayList<>();
    private final List<Regularize> regularizes = new ArrayList<>();
    private final List<Initialize> initializes = new ArrayList<>();
    private final List<Statement.Freeze> freezes = new ArrayList<>();
    private final List<Report> reports = new ArrayList<>();
    private Optional<LossClause> loss = Optional.empty();
    private boolean lossWritten;
    private Optional<OptimizerClause> optimizer = Optional.empty();
    private Optional<Datum.OptimizerDatum> written = Optional.empty();
    private boolean optimizerWritten;
    private final List<Optimized> optimized = new ArrayList<>();
    private final List<Optimize> optimizes = new ArrayList<>();
    private Precision precision = Precision.FLOAT32;

    public List<TargetDatum> targets() {
        return targets;
    }

    public List<Regularize> regularizes() {
        return regularizes;
    }

    public List<Initialize> initializes() {
        return initializes;
    }

    public List<Statement.Freeze> freezes() {
        return freezes;
    }

    public List<Report> reports() {
        return reports;
    }

    public Optional<LossClause> loss() {
        return loss;
    }

    /** Tells whether a loss was written at all, right or wrong. */
    public boolean lossWritten() {
        return lossWritten;
    }

    public Optional<OptimizerClause> optimizer() {
        return optimizer;
    }

    public List<Optimize> optimizes() {
        return optimizes;
    }

    public Precision precision() {
        return precision;
    }

    void regularize(Statement.Regularize statement, Datum by, Evaluator evaluator) {
        if (by instanceof Datum.None) {
            regularizes.add(
                    new Regularize(statement.roles(), statement.selectors(), Optional.empty(), statement.span()));
        } else if (by instanceof Penalty penalty) {
            regularizes.add(
                    new Regularize(statement.roles(), statement.selectors(), Optional.of(penalty), statement.span()));
        } else {
            mistaken("regularize", "a regularizer", by, statement.by().span(), evaluator);
        }
    }

    void initialize(Statement.Initialize statement, Datum by, Evaluator evaluator) {
        if (by instanceof Datum.Start start) {
            initializes.add(new Initialize(statement.roles(), statement.selectors(), start, statement.span()));
        } else {
            mistaken("initialize", "an initializer", by, statement.by().span(), evaluator);
        }
    }

    void reportSparsity(Statement.ReportSparsity statement, Optional<Datum> below, Evaluator evaluator) {
        Datum bound = below.orElse(new Datum.Real(0));
        SourceSpan span = statement.below().map(Expression::span).orElse(statement.span());
        double value = Type.FLOAT
                .convert(bound, evaluator.site(span))
                .map(number -> ((Datum.Real) number).value())
                .orElse(Double.NaN);
        if (Double.isNaN(value)) {
            mistaken("below", Type.FLOAT.description(), bound, span, evaluator);
        } else if (value < 0 || (value == 0 && below.isPresent())) {
            evaluator.report(DiagnosticCode.ARGUMENT_RANGE.at(span, "below", "report", "above 0", bound.describe()));
        } else {
            reports.add(new Report(statement.roles(), statement.selectors(), value, statement.span()));
        }
    }

    public void loss(Statement.LossClause statement, Datum value, Evaluator evaluator) {
        lossWritten = true;
        if (value instanceof LossDatum given) {
            loss = Optional.of(new LossClause(given, statement.span()));
        } else {
            mistaken("loss", "a loss", value, statement.value().span(), evaluator);
        }
    }

    public void optimizer(Statement.OptimizerClause statement, Datum value, Evaluator evaluator) {
        optimizerWritten = true;
        if (value instanceof Datum.OptimizerDatum given) {
            written = Optional.of(given);
            optimizer = Optional.of(new OptimizerClause(given.optimizer(), statement.span()));
        } else {
            mistaken("optimizer", "an optimizer", value, statement.value().span(), evaluator);
        }
    }

    void optimize(Statement.Optimize statement, Evaluator evaluator) {
        if (statement.optimizer().isPresent()) {
            Datum value = evaluator.evaluate(statement.optimizer().get());
            optimized.add(new Optimized(statement, () -> value, evaluator));
            return;
        }
        SourceSpan settings = statement
                .settings()
                .get(0)
                .span()
                .to(statement.settings().get(statement.settings().size() - 1).span());
        Function<Builtin, Datum> call = evaluator.callLater(statement.settings(), settings);
        Supplier<Datum> ofNetwork =
                () -> written.map(network -> call.apply(network.again())).orElseGet(evaluator.session()::unknown);
        optimized.add(new Optimized(statement, ofNetwork, evaluator));
    }

    /** Takes note that every clause was evaluated. */
    public void finish(String network) {
        for (Optimized group : optimized) {
            Statement.Optimize statement = group.statement();
            if (!optimizerWritten) {
                group.evaluator()
                        .report(DiagnosticCode.WITHOUT_OPTIMIZER
                                .at(statement.span(), network)
                                .withHelp("write for instance optimizer Adam(lr=1e-3)"));
                continue;
            }
            Datum value = group.optimizer().get();
            if (value instanceof Datum.OptimizerDatum given) {
                optimizes.add(
                        new Optimize(statement.roles(), statement.selectors(), given.optimizer(), statement.span()));
            } else {
                SourceSpan span = statement.optimizer().map(Expression::span).orElse(statement.span());
                mistaken("optimize", "an optimizer", value, span, group.evaluator());
            }
        }
    }

    public void precision(Statement.PrecisionClause statement, Evaluator evaluator) {
        switch (statement.name().text()) {
            case "float32" -> precision = Precision.FLOAT32;
            case "float64" -> precision = Precision.FLOAT64;
            default ->
                evaluator.report(DiagnosticCode.CLAUSE_TYPE
                        .at(statement.name().span(), "precision", "float32 or float64", "'" + statement.name() + "'")
                        .withSuggestion(Suggestions.closest(statement.name().text(), List.of("float32", "float64"))));
        }
    }

    private static void mistaken(String clause, String wanted, Datum value, SourceSpan span, Evaluator evaluator) {
        if (!(value instanceof Datum.Unknown)) {
            Diagnostic diagnostic = DiagnosticCode.CLAUSE_TYPE.at(span, clause, wanted, value.describe());
            boolean callee = value instanceof Datum.Function;
            evaluator.report(callee ? diagnostic.withHelp("call it: " + span.text() + "(…)") : diagnostic);
        }
    }
}
