package org.espalier.generator.elaborate.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Statement;
import org.espalier.generator.syntax.Statement.TensorType;

/** Tells whether an expression mentions one of some names, other than as its own function's parameter. */
final class Mentions implements Expression.Visitor<Boolean> {
    private final Predicate<String> names;

    private Mentions(Predicate<String> names) {
        this.names = names;
    }

    static boolean any(Expression expression, Predicate<String> names) {
        return expression.accept(new Mentions(names));
    }

    /** Every name that some expressions mention. */
    static Set<String> in(Stream<Expression> expressions) {
        Set<String> found = new HashSet<>();
        Mentions collector = new Mentions(name -> {
            found.add(name);
            return false;
        });
        expressions.forEach(expression -> expression.accept(collector));
        return found;
    }

    /** The expressions of a statement. A selector is none: it names parameters and uses no layer. */
    static List<Expression> expressions(Statement statement) {
        if (statement instanceof Statement.Binding binding) {
            return List.of(binding.value());
        }
        if (statement instanceof Statement.Input input) {
            return Stream.concat(
                            input.type().stream().flatMap(type -> type.dimensions().stream()),
                            input.fallback().stream())
                    .toList();
        }
        if (statement instanceof Statement.Target target) {
            return target.type().map(TensorType::dimensions).orElse(List.of());
        }
        if (statement instanceof Statement.OwnParameter parameter) {
            return Stream.concat(parameter.type().dimensions().stream(), Stream.of(parameter.initializer()))
                    .toList();
        }
        if (statement instanceof Statement.OwnBuffer buffer) {
            return Stream.concat(buffer.type().dimensions().stream(), Stream.of(buffer.value()))
                    .toList();
        }
        if (statement instanceof Statement.Output output) {
            return output.value().stream().toList();
        }
        if (statement instanceof Statement.Return returned) {
            return List.of(returned.value());
        }
        if (statement instanceof Statement.Regularize regularize) {
            return List.of(regularize.by());
        }
        if (statement instanceof Statement.Initialize initialize) {
            return List.of(initialize.by());
        }
        if (statement instanceof Statement.ReportSparsity report) {
            return report.below().stream().toList();
        }
        if (statement instanceof Statement.LossClause loss) {
            return List.of(loss.value());
        }
        return statement instanceof Statement.OptimizerClause optimizer ? List.of(optimizer.value()) : List.of();
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
    public Boolean subscript(Expression.Subscript expression) {
        return expression.owner().accept(this) || any(expression.parts());
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
                expression.body(), name -> !name.equals(expression.parameter().text()) && names.test(name));
    }

    @Override
    public Boolean broken(Expression.Broken expression) {
        return false;
    }
}
