package org.espalier.generator.format;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.RuleNode;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.espalier.generator.format.Doc.Align;
import org.espalier.generator.format.Doc.Break;
import org.espalier.generator.format.Doc.Indent;
import org.espalier.generator.format.Doc.Sequence;
import org.espalier.generator.format.Doc.Text;
import org.espalier.generator.format.Doc.When;
import org.espalier.grammar.NetBaseVisitor;
import org.espalier.grammar.NetParser;
import org.jspecify.annotations.Nullable;

/** Formats statements and clauses: statements, and declarations up to their braces. */
final class StatementLayout extends NetBaseVisitor<Doc> {
    private final Gaps gaps;
    private final ExpressionLayout expressions;
    private int spacesBeforeEquals;

    StatementLayout(Gaps gaps) {
        this.gaps = gaps;
        this.expressions = new ExpressionLayout(gaps);
    }

    Doc lay(ParserRuleContext context) {
        return context.accept(this);
    }

    private Doc token(ParseTree node) {
        return gaps.token(((TerminalNode) node).getSymbol());
    }

    private Doc part(ParseTree child) {
        if (child instanceof NetParser.ExpressionContext expression) {
            return expressions.lay(expression);
        }
        return child instanceof ParserRuleContext node ? node.accept(this) : token(child);
    }

    /** Clauses and everything else that is words with spaces between them. */
    @Override
    public Doc visitChildren(RuleNode node) {
        List<Doc> parts = new ArrayList<>();
        for (int i = 0; i < node.getChildCount(); i++) {
            if (i > 0) {
                parts.add(Break.SPACE);
            }
            parts.add(part(node.getChild(i)));
        }
        return Sequence.of(parts);
    }

    /** All the tokens of a node without spaces between them. */
    private Doc joined(ParserRuleContext context) {
        List<Doc> parts = new ArrayList<>();
        for (ParseTree child : context.children) {
            parts.add(child instanceof ParserRuleContext node ? joined(node) : token(child));
        }
        return Sequence.of(parts);
    }

    /** The children of a node from one on, every other one a comma. */
    private Doc separated(ParserRuleContext context, int from) {
        List<Doc> parts = new ArrayList<>();
        for (ParseTree child : context.children.subList(from, context.getChildCount())) {
            if (child instanceof ParserRuleContext node && !parts.isEmpty()) {
                parts.add(new Break(true, When.FILL, gaps.startsLine(node.getStart()), false));
            }
            parts.add(part(child));
        }
        return new Align(Sequence.of(parts));
    }

    @Override
    public Doc visitPackageDeclaration(NetParser.PackageDeclarationContext context) {
        return Sequence.of(token(context.PACKAGE()), Break.SPACE, joined(context.qualifiedName()));
    }

    // import Unet, Level as Step from "unet.net"
    @Override
    public Doc visitImportDeclaration(NetParser.ImportDeclarationContext context) {
        List<Doc> names = new ArrayList<>();
        for (int i = 0; i < context.importedName().size(); i++) {
            NetParser.ImportedNameContext name = context.importedName(i);
            if (i > 0) {
                names.add(token(context.COMMA(i - 1)));
                names.add(new Break(true, When.FILL, gaps.startsLine(name.getStart()), false));
            }
            names.add(name.accept(this));
        }
        return Sequence.of(
                token(context.IMPORT()),
                Break.SPACE,
                new Align(Sequence.of(names)),
                Break.SPACE,
                token(context.FROM()),
                Break.SPACE,
                token(context.STRING()));
    }

    // regularizer elastic(d: float) = l1(d)
    @Override
    public Doc visitRegularizerDeclaration(NetParser.RegularizerDeclarationContext context) {
        return Sequence.of(
                token(context.REGULARIZER()),
                Break.SPACE,
                expressions.lay(context.name()),
                parameters(context.regularizerParameters()),
                Break.SPACE,
                token(context.ASSIGN()),
                new Indent(Break.SPACE),
                expressions.lay(context.expression()));
    }

    // layer Swish(beta = 1) = x -> x * sigmoid(beta * x)
    @Override
    public Doc visitLayerDeclaration(NetParser.LayerDeclarationContext context) {
        return formula(
                context.LAYER(), context.name(), context.regularizerParameters(), context.ASSIGN(), context.formula());
    }

    // loss Squared = (y, t) -> (y - t) ** 2
    @Override
    public Doc visitLossDeclaration(NetParser.LossDeclarationContext context) {
        return formula(
                context.LOSS(), context.name(), context.regularizerParameters(), context.ASSIGN(), context.formula());
    }

    private Doc formula(
            TerminalNode keyword,
            NetParser.NameContext name,
            NetParser.@Nullable RegularizerParametersContext parameters,
            TerminalNode sign,
            NetParser.FormulaContext formula) {
        return Sequence.of(
                token(keyword),
                Break.SPACE,
                expressions.lay(name),
                parameters(parameters),
                Break.SPACE,
                token(sign),
                new Indent(Break.SPACE),
                body(formula, Break.SPACE));
    }

    @Override
    public Doc visitBlockDeclaration(NetParser.BlockDeclarationContext context) {
        return Sequence.of(
                token(context.BLOCK()),
                Break.SPACE,
                expressions.lay(context.name()),
                parameters(context.parameters()),
                Break.SPACE,
                token(context.body().LEFT_BRACE()));
    }

    @Override
    public Doc visitNetworkDeclaration(NetParser.NetworkDeclarationContext context) {
        return Sequence.of(
                token(context.NETWORK()),
                Break.SPACE,
                expressions.lay(context.name()),
                parameters(context.parameters()),
                Break.SPACE,
                token(context.body().LEFT_BRACE()));
    }

    private Doc parameters(@Nullable ParserRuleContext context) {
        return context == null ? Sequence.of() : expressions.brackets(context);
    }

    Doc lay(Paragraphs.Line line) {
        spacesBeforeEquals = line.spaces();
        return lay(line.statement());
    }

    // a, b = f(x)
    @Override
    public Doc visitBindingStatement(NetParser.BindingStatementContext context) {
        List<Doc> parts = new ArrayList<>(List.of(part(context.name())));
        for (int i = 0; i < context.pattern().size(); i++) {
            parts.addAll(List.of(part(context.COMMA(i)), Break.SPACE, part(context.pattern(i))));
        }
        parts.add(assigned(context.ASSIGN(), context.expression()));
        return Sequence.of(parts);
    }

    // (h, c)
    @Override
    public Doc visitPattern(NetParser.PatternContext context) {
        if (context.name().size() == 1) {
            return part(context.name(0));
        }
        List<Doc> parts = new ArrayList<>(List.of(token(context.LEFT_PARENTHESIS()), part(context.name(0))));
        for (int i = 1; i < context.name().size(); i++) {
            parts.addAll(List.of(part(context.COMMA(i - 1)), Break.SPACE, part(context.name(i))));
        }
        parts.add(part(context.RIGHT_PARENTHESIS()));
        return Sequence.of(parts);
    }

    // output y = f(x)
    @Override
    public Doc visitOutputStatement(NetParser.OutputStatementContext context) {
        Doc target = Sequence.of(token(context.OUTPUT()), Break.SPACE, part(context.name()));
        return context.ASSIGN() == null
                ? target
                : Sequence.of(target, assigned(context.ASSIGN(), context.expression()));
    }

    private Doc assigned(TerminalNode sign, NetParser.ExpressionContext value) {
        Doc spaces = spacesBeforeEquals == 0 ? Break.SPACE : new Text(" ".repeat(spacesBeforeEquals + 1));
        return Sequence.of(spaces, token(sign), new Indent(Break.SPACE), expressions.lay(value));
    }

    // input x: float[batch, 3] with gradient
    @Override
    public Doc visitInputStatement(NetParser.InputStatementContext context) {
        Doc input = Sequence.of(
                token(context.INPUT()), Break.SPACE, part(context.name()), type(context.COLON(), context.tensorType()));
        if (context.ASSIGN() != null) {
            input = Sequence.of(input, assigned(context.ASSIGN(), context.expression()));
        }
        return context.WITH() == null
                ? input
                : Sequence.of(input, Break.SPACE, token(context.WITH()), Break.SPACE, token(context.GRADIENT()));
    }

    @Override
    public Doc visitTargetStatement(NetParser.TargetStatementContext context) {
        return Sequence.of(
                token(context.TARGET()),
                Break.SPACE,
                part(context.name()),
                type(context.COLON(), context.tensorType()));
    }

    // parameter scale: float[size] = constant(1)
    @Override
    public Doc visitParameterStatement(NetParser.ParameterStatementContext context) {
        return Sequence.of(
                token(context.PARAMETER()),
                Break.SPACE,
                part(context.name()),
                type(context.COLON(), context.tensorType()),
                Break.SPACE,
                token(context.ASSIGN()),
                new Indent(Break.SPACE),
                expressions.lay(context.expression()));
    }

    // buffer mask: float[8, 8] = (i, j) -> if j <= i then 1 else 0
    @Override
    public Doc visitBufferStatement(NetParser.BufferStatementContext context) {
        return Sequence.of(
                token(context.BUFFER()),
                Break.SPACE,
                part(context.name()),
                type(context.COLON(), context.tensorType()),
                Break.SPACE,
                token(context.ASSIGN()),
                context.formula() == null ? new Indent(Break.SPACE) : Break.SPACE,
                context.formula() == null
                        ? expressions.lay(context.expression())
                        : body(context.formula(), new Indent(new Break(true, When.FILL, false, false))));
    }

    // (y, t) -> abs(y - t)
    private Doc body(NetParser.FormulaContext formula, Doc gap) {
        NetParser.FormulaVariablesContext variables = formula.formulaVariables();
        boolean bare = variables.LEFT_PARENTHESIS() == null;
        return Sequence.of(
                bare ? expressions.lay(variables.name(0)) : inOneLine(variables),
                Break.SPACE,
                token(formula.ARROW()),
                gap,
                expressions.lay(formula.expression()));
    }

    // (i, j)
    private Doc inOneLine(NetParser.FormulaVariablesContext variables) {
        List<Doc> parts = new ArrayList<>();
        for (ParseTree child : variables.children) {
            if (child instanceof NetParser.NameContext name) {
                parts.add(expressions.lay(name));
            } else if (child instanceof TerminalNode sign) {
                parts.add(token(sign));
                if (sign.getSymbol().getType() == NetParser.COMMA) {
                    parts.add(Break.SPACE);
                }
            }
        }
        return Sequence.of(parts);
    }

    private Doc type(@Nullable TerminalNode colon, NetParser.@Nullable TensorTypeContext type) {
        return colon == null || type == null
                ? Sequence.of()
                : Sequence.of(
                        token(colon),
                        Break.SPACE,
                        part(type.name()),
                        type.expression().isEmpty() ? Sequence.of() : expressions.brackets(type));
    }

    @Override
    public Doc visitReturnStatement(NetParser.ReturnStatementContext context) {
        Doc values = context.expression().size() == 1 ? part(context.expression(0)) : separated(context, 1);
        return Sequence.of(token(context.RETURN()), Break.SPACE, values);
    }

    @Override
    public Doc visitRoles(NetParser.RolesContext context) {
        return separated(context, 0);
    }

    @Override
    public Doc visitRole(NetParser.RoleContext context) {
        return gaps.token(context.getStart());
    }

    @Override
    public Doc visitSelectors(NetParser.SelectorsContext context) {
        return separated(context, 0);
    }

    @Override
    public Doc visitSelector(NetParser.SelectorContext context) {
        return joined(context);
    }

    // optimize head.** with lr=1e-2, weight_decay=0
    @Override
    public Doc visitSettings(NetParser.SettingsContext context) {
        return separated(context, 0);
    }

    @Override
    public Doc visitSetting(NetParser.SettingContext context) {
        return Sequence.of(part(context.name()), token(context.ASSIGN()), expressions.lay(context.expression()));
    }

    @Override
    public Doc visitSelectorStep(NetParser.SelectorStepContext context) {
        return joined(context);
    }

    @Override
    public Doc visitName(NetParser.NameContext context) {
        return gaps.token(context.getStart());
    }
}
