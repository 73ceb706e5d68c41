package org.espalier.generator.syntax;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ErrorNode;
import org.espalier.generator.syntax.Expression.Argument;
import org.espalier.generator.syntax.Expression.BinaryOperator;
import org.espalier.generator.syntax.Expression.Broken;
import org.espalier.generator.syntax.Expression.UnaryOperator;
import org.espalier.grammar.NetBaseVisitor;
import org.espalier.grammar.NetParser;
import org.jspecify.annotations.Nullable;

/** Builds expressions from a parse tree. What did not parse becomes {@link Broken}, whole. */
final class ExpressionBuilder extends NetBaseVisitor<Expression> {
    private static final Map<Integer, BinaryOperator> OPERATORS = Map.ofEntries(
            Map.entry(NetParser.STAR, BinaryOperator.MULTIPLY),
            Map.entry(NetParser.AT, BinaryOperator.MATRIX_MULTIPLY),
            Map.entry(NetParser.SLASH, BinaryOperator.DIVIDE),
            Map.entry(NetParser.PERCENT, BinaryOperator.REMAINDER),
            Map.entry(NetParser.PLUS, BinaryOperator.ADD),
            Map.entry(NetParser.MINUS, BinaryOperator.SUBTRACT),
            Map.entry(NetParser.EQUAL, BinaryOperator.EQUAL),
            Map.entry(NetParser.NOT_EQUAL, BinaryOperator.NOT_EQUAL),
            Map.entry(NetParser.LESS, BinaryOperator.LESS),
            Map.entry(NetParser.LESS_EQUAL, BinaryOperator.LESS_OR_EQUAL),
            Map.entry(NetParser.GREATER, BinaryOperator.GREATER),
            Map.entry(NetParser.GREATER_EQUAL, BinaryOperator.GREATER_OR_EQUAL));

    private final Spans spans;

    ExpressionBuilder(Spans spans) {
        this.spans = spans;
    }

    /** Tells whether something of this node, its children's own parts aside, is missing or too much. */
    static boolean isBroken(@Nullable ParserRuleContext context) {
        return context == null
                || context.exception != null
                || context.children == null
                || context.children.stream().anyMatch(ErrorNode.class::isInstance);
    }

    Expression build(NetParser.@Nullable ExpressionContext context, ParserRuleContext parent) {
        if (context == null) {
            return new Broken(spans.of(parent));
        }
        return isBroken(context) ? new Broken(spans.of(context)) : context.accept(this);
    }

    private List<Expression> buildAll(List<NetParser.ExpressionContext> contexts, ParserRuleContext parent) {
        return contexts.stream().map(context -> build(context, parent)).toList();
    }

    Identifier identifier(NetParser.NameContext context) {
        return new Identifier(context.getText(), spans.of(context));
    }

    @Override
    public Expression visitCall(NetParser.CallContext context) {
        List<Argument> arguments =
                context.argument().stream().map(this::argument).toList();
        return new Expression.Call(build(context.expression(), context), arguments, spans.of(context));
    }

    private Argument argument(NetParser.ArgumentContext context) {
        if (!isBroken(context)) {
            if (context instanceof NetParser.NamedArgumentContext named && !isBroken(named.name())) {
                Expression value = build(named.expression(), named);
                return new Argument(Optional.of(identifier(named.name())), value, false, spans.of(named));
            }
            if (context instanceof NetParser.SpreadArgumentContext spread) {
                return new Argument(Optional.empty(), build(spread.expression(), spread), true, spans.of(spread));
            }
            if (context instanceof NetParser.PositionalArgumentContext given) {
                return new Argument(Optional.empty(), build(given.expression(), given), false, spans.of(given));
            }
        }
        return new Argument(Optional.empty(), new Broken(spans.of(context)), false, spans.of(context));
    }

    @Override
    public Expression visitMember(NetParser.MemberContext context) {
        if (isBroken(context.name())) {
            return new Broken(spans.of(context));
        }
        return new Expression.Member(
                build(context.expression(), context), identifier(context.name()), spans.of(context));
    }

    @Override
    public Expression visitSubscript(NetParser.SubscriptContext context) {
        List<Expression.Index> indices =
                context.index().stream().map(this::index).toList();
        return new Expression.Subscript(build(context.expression(), context), indices, spans.of(context));
    }

    private Expression.Index index(NetParser.IndexContext context) {
        if (!isBroken(context)) {
            if (context instanceof NetParser.ElementIndexContext element) {
                return new Expression.Index.Element(build(element.expression(), element), spans.of(element));
            }
            if (context instanceof NetParser.SliceIndexContext slice) {
                return new Expression.Index.Slice(
                        bound(slice.start, slice), bound(slice.stop, slice), bound(slice.step, slice), spans.of(slice));
            }
            if (context instanceof NetParser.EllipsisIndexContext rest) {
                return new Expression.Index.Ellipsis(spans.of(rest));
            }
        }
        return new Expression.Index.Element(new Broken(spans.of(context)), spans.of(context));
    }

    private Optional<Expression> bound(NetParser.@Nullable ExpressionContext context, ParserRuleContext parent) {
        return context == null ? Optional.empty() : Optional.of(build(context, parent));
    }

    @Override
    public Expression visitPower(NetParser.PowerContext context) {
        return binary(BinaryOperator.POWER, context.expression(), context);
    }

    @Override
    public Expression visitNegation(NetParser.NegationContext context) {
        boolean inverts = context.operator != null && context.operator.getType() == NetParser.TILDE;
        UnaryOperator operator = inverts ? UnaryOperator.INVERT : UnaryOperator.NEGATE;
        return new Expression.Unary(operator, build(context.expression(), context), spans.of(context));
    }

    @Override
    public Expression visitMultiplication(NetParser.MultiplicationContext context) {
        return binary(context.operator, context.expression(), context);
    }

    @Override
    public Expression visitAddition(NetParser.AdditionContext context) {
        return binary(context.operator, context.expression(), context);
    }

    @Override
    public Expression visitIntersection(NetParser.IntersectionContext context) {
        return binary(BinaryOperator.INTERSECT, context.expression(), context);
    }

    @Override
    public Expression visitUnion(NetParser.UnionContext context) {
        return binary(BinaryOperator.UNITE, context.expression(), context);
    }

    @Override
    public Expression visitComparison(NetParser.ComparisonContext context) {
        return binary(context.operator, context.expression(), context);
    }

    @Override
    public Expression visitInversion(NetParser.InversionContext context) {
        return new Expression.Unary(UnaryOperator.NOT, build(context.expression(), context), spans.of(context));
    }

    @Override
    public Expression visitConjunction(NetParser.ConjunctionContext context) {
        return binary(BinaryOperator.AND, context.expression(), context);
    }

    @Override
    public Expression visitDisjunction(NetParser.DisjunctionContext context) {
        return binary(BinaryOperator.OR, context.expression(), context);
    }

    private Expression binary(Token symbol, List<NetParser.ExpressionContext> operands, ParserRuleContext context) {
        BinaryOperator operator = OPERATORS.get(symbol.getType());
        return operator == null ? new Broken(spans.of(context)) : binary(operator, operands, context);
    }

    private Expression binary(
            BinaryOperator operator, List<NetParser.ExpressionContext> operands, ParserRuleContext context) {
        if (operands.size() != 2) {
            return new Broken(spans.of(context));
        }
        Expression left = build(operands.get(0), context);
        return new Expression.Binary(operator, left, build(operands.get(1), context), spans.of(context));
    }

    @Override
    public Expression visitConditional(NetParser.ConditionalContext context) {
        List<Expression> parts = buildAll(context.expression(), context);
        return parts.size() == 3
                ? new Expression.Conditional(parts.get(0), parts.get(1), parts.get(2), spans.of(context))
                : new Broken(spans.of(context));
    }

    @Override
    public Expression visitLambda(NetParser.LambdaContext context) {
        if (isBroken(context.name())) {
            return new Broken(spans.of(context));
        }
        return new Expression.Lambda(
                identifier(context.name()), build(context.expression(), context), spans.of(context));
    }

    /** One expression in parentheses is itself; with a comma, even behind a single one, it is a tuple. */
    @Override
    public Expression visitParenthesized(NetParser.ParenthesizedContext context) {
        return context.COMMA().isEmpty()
                ? build(context.expression(0), context)
                : new Expression.TupleLiteral(buildAll(context.expression(), context), spans.of(context));
    }

    @Override
    public Expression visitList(NetParser.ListContext context) {
        return new Expression.ListLiteral(buildAll(context.expression(), context), spans.of(context));
    }

    @Override
    public Expression visitInteger(NetParser.IntegerContext context) {
        return new Expression.IntegerLiteral(context.getText().replace("_", ""), spans.of(context));
    }

    @Override
    public Expression visitDecimal(NetParser.DecimalContext context) {
        double value = Double.parseDouble(context.getText().replace("_", ""));
        return new Expression.DecimalLiteral(value, spans.of(context));
    }

    @Override
    public Expression visitString(NetParser.StringContext context) {
        return new Expression.StringLiteral(unquoted(context.getText()), spans.of(context));
    }

    /** The characters of a string literal; a backslash stands for the character after it. */
    static String unquoted(String literal) {
        return literal.substring(1, literal.length() - 1).replaceAll("\\\\(.)", "$1");
    }

    @Override
    public Expression visitBoolean(NetParser.BooleanContext context) {
        return new Expression.BooleanLiteral(context.TRUE() != null, spans.of(context));
    }

    @Override
    public Expression visitNone(NetParser.NoneContext context) {
        return new Expression.NoneLiteral(spans.of(context));
    }

    @Override
    public Expression visitReference(NetParser.ReferenceContext context) {
        return isBroken(context.name())
                ? new Broken(spans.of(context))
                : new Expression.Reference(context.getText(), spans.of(context));
    }
}
