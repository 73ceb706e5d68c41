package org.espalier.generator.elaborate.evaluation;

import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Condition.Comparison;
import org.espalier.generator.formula.Condition.Relation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Expression.UnaryOperator;

/** Reads what stands between {@code if} and {@code then} of a formula. */
final class ConditionReader {
    private final FormulaReader formulas;
    private final Evaluator evaluator;

    ConditionReader(FormulaReader formulas, Evaluator evaluator) {
        this.formulas = formulas;
        this.evaluator = evaluator;
    }

    /** Tells whether a condition that does not depend on the weight holds. */
    Optional<Boolean> known(Expression expression) {
        Datum value = evaluator.evaluate(expression);
        if (value instanceof Datum.Bool bool) {
            return Optional.of(bool.value());
        }
        if (!(value instanceof Datum.Unknown)) {
            evaluator.report(DiagnosticCode.CONDITION_TYPE.at(expression.span(), value.describe()));
        }
        return Optional.empty();
    }

    Optional<Condition> read(Expression expression) {
        if (expression instanceof Expression.Unary unary && unary.operator() == UnaryOperator.NOT) {
            return read(unary.operand()).map(Condition.Not::new);
        }
        if (!(expression instanceof Expression.Binary binary)) {
            return none(DiagnosticCode.FORMULA_RESULT.at(
                    expression.span(), "a condition", Words.oneLine(expression.span())));
        }
        Expression left = binary.left();
        Expression right = binary.right();
        return switch (binary.operator()) {
            case LESS -> comparison(Relation.LESS, left, right);
            case LESS_OR_EQUAL -> comparison(Relation.LESS_OR_EQUAL, left, right);
            case GREATER -> comparison(Relation.LESS, right, left);
            case GREATER_OR_EQUAL -> comparison(Relation.LESS_OR_EQUAL, right, left);
            case EQUAL, NOT_EQUAL -> equality(binary);
            case AND, OR -> joined(binary);
            default ->
                none(DiagnosticCode.FORMULA_RESULT.at(
                        expression.span(), "a condition", Words.oneLine(expression.span())));
        };
    }

    /** An equality, which places and labels have: whole numbers. */
    private Optional<Condition> equality(Expression.Binary expression) {
        if (!formulas.isOfPlaces() && !formulas.isOfLoss()) {
            return none(DiagnosticCode.FORMULA_OPERATOR
                    .at(expression.span(), expression.operator().symbol())
                    .withHelp("compare with <, <=, > or >=: a single weight's value is met by chance"));
        }
        Optional<Condition> equal = comparison(Relation.EQUAL, expression.left(), expression.right());
        return expression.operator() == Expression.BinaryOperator.EQUAL ? equal : equal.map(Condition.Not::new);
    }

    private Optional<Condition> none(org.espalier.generator.diagnostic.Diagnostic diagnostic) {
        evaluator.report(diagnostic);
        return Optional.empty();
    }

    private Optional<Condition> comparison(Relation relation, Expression left, Expression right) {
        Optional<Formula> a = formulas.read(left);
        Optional<Formula> b = formulas.read(right);
        return a.isPresent() && b.isPresent()
                ? Optional.of(new Comparison(relation, a.get(), b.get()))
                : Optional.empty();
    }

    private Optional<Condition> joined(Expression.Binary expression) {
        Optional<Condition> a = read(expression.left());
        Optional<Condition> b = read(expression.right());
        if (a.isEmpty() || b.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                expression.operator() == Expression.BinaryOperator.AND
                        ? new Condition.Both(a.get(), b.get())
                        : new Condition.Either(a.get(), b.get()));
    }
}
