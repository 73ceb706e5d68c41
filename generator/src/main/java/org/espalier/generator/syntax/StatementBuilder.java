package org.espalier.generator.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Statement.BrokenStatement;
import org.espalier.generator.syntax.Statement.Role;
import org.espalier.generator.syntax.Statement.Selector;
import org.espalier.generator.syntax.Statement.TensorType;
import org.espalier.grammar.NetBaseVisitor;
import org.espalier.grammar.NetParser;
import org.jspecify.annotations.Nullable;

/** Builds statements from a parse tree. What did not parse becomes {@link BrokenStatement}. */
final class StatementBuilder extends NetBaseVisitor<Statement> {
    private final Spans spans;
    private final ExpressionBuilder expressions;
    private final Diagnostics diagnostics;

    StatementBuilder(Spans spans, ExpressionBuilder expressions, Diagnostics diagnostics) {
        this.spans = spans;
        this.expressions = expressions;
        this.diagnostics = diagnostics;
    }

    Statement build(NetParser.StatementContext context) {
        boolean broken = isBroken(context)
                || context.children.stream()
                        .anyMatch(child -> child instanceof ParserRuleContext part
                                && !(child instanceof NetParser.ExpressionContext)
                                && isBroken(part));
        if (broken) {
            return context instanceof NetParser.BindingStatementContext binding
                            && !isBroken(binding.name())
                            && binding.pattern().stream().noneMatch(ExpressionBuilder::isBroken)
                    ? brokenBinding(binding)
                    : new BrokenStatement(spans.of(context));
        }
        return context.accept(this);
    }

    /** The names of a binding outlive its value, so that their uses are not reported as unknown. */
    private Statement brokenBinding(NetParser.BindingStatementContext context) {
        SourceSpan span = spans.of(context);
        return new Statement.Binding(patterns(context), new Expression.Broken(span), span);
    }

    private List<Statement.Pattern> patterns(NetParser.BindingStatementContext context) {
        Stream<List<NetParser.NameContext>> further = context.pattern().stream().map(NetParser.PatternContext::name);
        return Stream.concat(Stream.of(List.of(context.name())), further)
                .map(names -> new Statement.Pattern(identifiers(names)))
                .toList();
    }

    private static boolean isBroken(@Nullable ParserRuleContext context) {
        return ExpressionBuilder.isBroken(context);
    }

    private List<Identifier> identifiers(List<NetParser.NameContext> names) {
        return names.stream().map(expressions::identifier).toList();
    }

    @Override
    public Statement visitBindingStatement(NetParser.BindingStatementContext context) {
        Expression value = expressions.build(context.expression(), context);
        return new Statement.Binding(patterns(context), value, spans.of(context));
    }

    @Override
    public Statement visitInputStatement(NetParser.InputStatementContext context) {
        return new Statement.Input(
                expressions.identifier(context.name()),
                type(context.tensorType()),
                context.ASSIGN() == null
                        ? Optional.empty()
                        : Optional.of(expressions.build(context.expression(), context)),
                context.WITH() != null,
                spans.of(context));
    }

    @Override
    public Statement visitTargetStatement(NetParser.TargetStatementContext context) {
        return new Statement.Target(
                expressions.identifier(context.name()), type(context.tensorType()), spans.of(context));
    }

    @Override
    public Statement visitParameterStatement(NetParser.ParameterStatementContext context) {
        return new Statement.OwnParameter(
                expressions.identifier(context.name()),
                type(context.tensorType()).orElseThrow(),
                expressions.build(context.expression(), context),
                spans.of(context));
    }

    @Override
    public Statement visitBufferStatement(NetParser.BufferStatementContext context) {
        NetParser.FormulaContext formula = context.formula();
        List<Identifier> places = formula == null
                ? List.of()
                : formula.formulaVariables().name().stream()
                        .map(expressions::identifier)
                        .toList();
        return new Statement.OwnBuffer(
                expressions.identifier(context.name()),
                type(context.tensorType()).orElseThrow(),
                places,
                expressions.build(formula == null ? context.expression() : formula.expression(), context),
                spans.of(context));
    }

    private Optional<TensorType> type(NetParser.@Nullable TensorTypeContext context) {
        return Optional.ofNullable(context)
                .map(type -> new TensorType(
                        expressions.identifier(type.name()),
                        type.expression().stream()
                                .map(dimension -> expressions.build(dimension, type))
                                .toList(),
                        spans.of(type)));
    }

    @Override
    public Statement visitOutputStatement(NetParser.OutputStatementContext context) {
        Optional<Expression> value =
                Optional.ofNullable(context.expression()).map(written -> expressions.build(written, context));
        return new Statement.Output(expressions.identifier(context.name()), value, spans.of(context));
    }

    @Override
    public Statement visitReturnStatement(NetParser.ReturnStatementContext context) {
        List<Expression> values = context.expression().stream()
                .map(value -> expressions.build(value, context))
                .toList();
        if (values.size() == 1) {
            return new Statement.Return(values.get(0), spans.of(context));
        }
        SourceSpan span = values.get(0).span().to(values.get(values.size() - 1).span());
        return new Statement.Return(new Expression.TupleLiteral(values, span), spans.of(context));
    }

    @Override
    public Statement visitRegularizeStatement(NetParser.RegularizeStatementContext context) {
        Expression by = expressions.build(context.expression(), context);
        return new Statement.Regularize(roles(context.roles()), selectors(context.selectors()), by, spans.of(context));
    }

    @Override
    public Statement visitInitializeStatement(NetParser.InitializeStatementContext context) {
        Expression by = expressions.build(context.expression(), context);
        return new Statement.Initialize(roles(context.roles()), selectors(context.selectors()), by, spans.of(context));
    }

    @Override
    public Statement visitFreezeStatement(NetParser.FreezeStatementContext context) {
        return new Statement.Freeze(selectors(context.selectors()), spans.of(context));
    }

    @Override
    public Statement visitReportStatement(NetParser.ReportStatementContext context) {
        Optional<Expression> below =
                Optional.ofNullable(context.expression()).map(written -> expressions.build(written, context));
        return new Statement.ReportSparsity(
                roles(context.roles()), selectors(context.selectors()), below, spans.of(context));
    }

    private List<Role> roles(NetParser.RolesContext context) {
        return context.role().stream()
                .map(role -> new Role(kind(role), spans.of(role)))
                .toList();
    }

    private static Role.Kind kind(NetParser.RoleContext context) {
        return switch (context.getStart().getType()) {
            case NetParser.BIASES -> Role.Kind.BIASES;
            case NetParser.NORMS -> Role.Kind.NORMS;
            case NetParser.NORM_WEIGHTS -> Role.Kind.NORM_WEIGHTS;
            case NetParser.NORM_BIASES -> Role.Kind.NORM_BIASES;
            default -> Role.Kind.WEIGHTS;
        };
    }

    /** The selectors of a clause; none written means every layer. */
    private List<Selector> selectors(NetParser.@Nullable SelectorsContext context) {
        return context == null
                ? List.of()
                : context.selector().stream().map(this::selector).toList();
    }

    private Selector selector(NetParser.SelectorContext context) {
        List<String> segments = new ArrayList<>(List.of(context.segment().getText()));
        // Both kinds of steps begin with the dot.
        context.selectorStep().forEach(step -> segments.add(step.getText().substring(1)));
        Selector selector = new Selector(segments, spans.of(context));
        if (!selector.span().text().equals(selector.toString())) {
            diagnostics.report(DiagnosticCode.SPACED_SELECTOR.at(selector.span(), selector));
        }
        return selector;
    }

    @Override
    public Statement visitLossStatement(NetParser.LossStatementContext context) {
        return new Statement.LossClause(expressions.build(context.expression(), context), spans.of(context));
    }

    @Override
    public Statement visitOptimizerStatement(NetParser.OptimizerStatementContext context) {
        return new Statement.OptimizerClause(expressions.build(context.expression(), context), spans.of(context));
    }

    @Override
    public Statement visitOptimizeStatement(NetParser.OptimizeStatementContext context) {
        NetParser.OptimizedContext optimized = context.optimized();
        List<Expression.Argument> settings = context.settings() == null
                ? List.of()
                : context.settings().setting().stream()
                        .map(setting -> new Expression.Argument(
                                Optional.of(expressions.identifier(setting.name())),
                                expressions.build(setting.expression(), setting),
                                false,
                                spans.of(setting)))
                        .toList();
        return new Statement.Optimize(
                optimized.roles() == null ? List.of() : roles(optimized.roles()),
                selectors(optimized.selectors()),
                settings,
                Optional.ofNullable(context.expression()).map(written -> expressions.build(written, context)),
                spans.of(context));
    }

    @Override
    public Statement visitPrecisionStatement(NetParser.PrecisionStatementContext context) {
        return new Statement.PrecisionClause(expressions.identifier(context.name()), spans.of(context));
    }
}
