package org.espalier.generator.elaborate.evaluation;

import java.util.List;
import java.util.function.Predicate;
import org.espalier.generator.syntax.Expression;

/** Whether an expression mentions one of some names, other than as its own function's parameter. */
final class Mentions implements Expression.Visitor<Boolean> {
    private final Predicate<String> names;

    private Mentions(Predicate<String> names) {
        this.names = names;
    }

    static boolean any(Expression expression, Predicate<String> names) {
        return expression.accept(new Mentions(names));
    }

    private boolean any(List<Expression> expressions) {
        return expressions.stream().anyMatch(expression -> expression.accept(this));
    }

    @Override
    public Boolean integer(Expression.IntegerLiteral expression) {
        return false;
    }

    @Override
    public Boolean decimal(Expression.DecimalLiteral expression) {
        return false;
    }

    @Override
    public Boolean string(Expression.StringLiteral expression) {
        return false;
    }

    @Override
    public Boolean bool(Expression.BooleanLiteral expression) {
        return false;
    }

    @Override
    public Boolean none(Expression.NoneLiteral expression) {
        return false;
    }

    @Override
    public Boolean reference(Expression.Reference expression) {
        return names.test(expression.name());
    }

    @Override
    public Boolean list(Expression.ListLiteral expression) {
        return any(expression.elements());
    }

    @Override
    public Boolean tuple(Expression.TupleLiteral expression) {
        return any(expression.elements());
    }

    @Override
    public Boolean call(Expression.Call expression) {
        return expression.callee().accept(this)
                || expression.arguments().stream()
                        .anyMatch(argument -> argument.value().accept(this));
    }

    @Override
    public Boolean member(Expression.Member expression) {
        return expression.owner().accept(this);
    }

    @Override
    public Boolean unary(Expression.Unary expression) {
        return expression.operand().accept(this);
    }

    @Override
    public Boolean binary(Expression.Binary expression) {
        return any(List.of(expression.left(), expression.right()));
    }

    @Override
    public Boolean conditional(Expression.Conditional expression) {
        return any(List.of(expression.condition(), expression.then(), expression.otherwise()));
    }

    @Override
    public Boolean lambda(Expression.Lambda expression) {
        return any(
                expression.body(),
                name -> names.test(name) && !name.equals(expression.parameter().text()));
    }

    @Override
    public Boolean broken(Expression.Broken expression) {
        return false;
    }
}
