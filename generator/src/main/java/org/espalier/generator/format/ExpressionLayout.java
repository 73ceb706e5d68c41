package org.espalier.generator.format;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.espalier.generator.format.Doc.Align;
import org.espalier.generator.format.Doc.Brackets;
import org.espalier.generator.format.Doc.Break;
import org.espalier.generator.format.Doc.Group;
import org.espalier.generator.format.Doc.Indent;
import org.espalier.generator.format.Doc.Sequence;
import org.espalier.generator.format.Doc.When;
import org.espalier.grammar.NetBaseVisitor;
import org.espalier.grammar.NetParser;
import org.espalier.grammar.NetParser.ExpressionContext;

/**
 * Formats expressions. Where the author ended a line it ends, if it is one of the places where lines may end: behind
 * opening brackets and commas, before operators, {@code then} and {@code else}.
 */
final class ExpressionLayout extends NetBaseVisitor<Doc> {
    private final Gaps gaps;

    ExpressionLayout(Gaps gaps) {
        this.gaps = gaps;
    }

    Doc lay(ParserRuleContext expression) {
        return expression.accept(this);
    }

    private Doc token(TerminalNode node) {
        return gaps.token(node.getSymbol());
    }

    private Break place(When when, Token... after) {
        boolean forced = List.of(after).stream().anyMatch(gaps::startsLine);
        return new Break(true, when, forced, false);
    }

    // f(a, b=c, *d)
    @Override
    public Doc visitCall(NetParser.CallContext context) {
        return Sequence.of(lay(context.expression()), brackets(context));
    }

    @Override
    public Doc visitNamedArgument(NetParser.NamedArgumentContext context) {
        return Sequence.of(lay(context.name()), token(context.ASSIGN()), lay(context.expression()));
    }

    @Override
    public Doc visitSpreadArgument(NetParser.SpreadArgumentContext context) {
        return Sequence.of(token(context.STAR()), lay(context.expression()));
    }

    @Override
    public Doc visitPositionalArgument(NetParser.PositionalArgumentContext context) {
        return lay(context.expression());
    }

    // name: type = a
    @Override
    public Doc visitParameter(NetParser.ParameterContext context) {
        List<Doc> parts = new ArrayList<>();
        parts.addAll(List.of(lay(context.name()), token(context.COLON()), Break.SPACE, lay(context.type())));
        if (context.expression() != null) {
            parts.addAll(List.of(Break.SPACE, token(context.ASSIGN()), Break.SPACE, lay(context.expression())));
        }
        return Sequence.of(parts);
    }

    // name, name: type = a
    @Override
    public Doc visitRegularizerParameter(NetParser.RegularizerParameterContext context) {
        List<Doc> parts = new ArrayList<>(List.of(lay(context.name())));
        if (context.type() != null) {
            parts.addAll(List.of(token(context.COLON()), Break.SPACE, lay(context.type())));
        }
        if (context.expression() != null) {
            parts.addAll(List.of(Break.SPACE, token(context.ASSIGN()), Break.SPACE, lay(context.expression())));
        }
        return Sequence.of(parts);
    }

    @Override
    public Doc visitType(NetParser.TypeContext context) {
        Doc name = gaps.token(context.typeName().getStart());
        return context.QUESTION_MARK() == null ? name : Sequence.of(name, token(context.QUESTION_MARK()));
    }

    // (a, b), (a,)
    @Override
    public Doc visitParenthesized(NetParser.ParenthesizedContext context) {
        return brackets(context);
    }

    // [a, b]
    @Override
    public Doc visitList(NetParser.ListContext context) {
        return brackets(context);
    }

    /** The brackets that end a node, with what is in them. */
    Doc brackets(ParserRuleContext context) {
        int first = context.getChildCount() - 1;
        while (!isOpening(context, first)) {
            first--;
        }
        int last = context.getChildCount() - 1;
        TerminalNode open = (TerminalNode) context.getChild(first);
        TerminalNode close = (TerminalNode) context.getChild(last);
        if (last == first + 1) {
            return Sequence.of(token(open), token(close));
        }
        boolean below = gaps.startsLine(((ParserRuleContext) context.getChild(first + 1)).getStart());
        boolean closeBelow = gaps.startsLine(close.getSymbol());
        boolean oneTuple = context instanceof NetParser.ParenthesizedContext && last == first + 3;
        Doc content = separated(context, first + 1, last, (below && closeBelow) || oneTuple);
        if (gaps.hasLeadingComments(close.getSymbol()) && (closeBelow || content.isOpen())) {
            Break line = gaps.blankBefore(close.getSymbol()) ? Break.BLANK_LINE : Break.LINE;
            content = Sequence.of(content, line, gaps.takeCommentLines(close.getSymbol()));
            closeBelow = true;
        }
        return new Brackets(token(open), content, token(close), below, closeBelow);
    }

    private static boolean isOpening(ParserRuleContext context, int child) {
        return context.getChild(child) instanceof TerminalNode node
                && (node.getSymbol().getType() == NetParser.LEFT_PARENTHESIS
                        || node.getSymbol().getType() == NetParser.LEFT_BRACKET);
    }

    /** Elements and commas: the children of a node from one to before another. */
    Doc separated(ParserRuleContext context, int from, int to, boolean keepsLastComma) {
        List<Doc> parts = new ArrayList<>();
        for (int i = from; i < to; i += 2) {
            parts.add(lay((ParserRuleContext) context.getChild(i)));
            if (i + 1 < to) {
                Token comma = ((TerminalNode) context.getChild(i + 1)).getSymbol();
                boolean isLast = i + 2 >= to;
                parts.add(isLast && !keepsLastComma ? gaps.comments(comma) : gaps.token(comma));
                if (!isLast) {
                    Token next = ((ParserRuleContext) context.getChild(i + 2)).getStart();
                    boolean forced = gaps.startsLine(comma) || gaps.startsLine(next);
                    parts.add(new Break(true, When.FILL, forced, gaps.blankBefore(next)));
                }
            }
        }
        return Sequence.of(parts);
    }

    // a.b
    @Override
    public Doc visitMember(NetParser.MemberContext context) {
        return Sequence.of(lay(context.expression()), token(context.DOT()), lay(context.name()));
    }

    // a[:, 0:3]
    @Override
    public Doc visitSubscript(NetParser.SubscriptContext context) {
        return Sequence.of(lay(context.expression()), brackets(context));
    }

    @Override
    public Doc visitElementIndex(NetParser.ElementIndexContext context) {
        return lay(context.expression());
    }

    // a:b:c
    @Override
    public Doc visitSliceIndex(NetParser.SliceIndexContext context) {
        List<Doc> parts = new ArrayList<>();
        for (ParseTree child : context.children) {
            parts.add(child instanceof TerminalNode colon ? token(colon) : lay((ParserRuleContext) child));
        }
        return Sequence.of(parts);
    }

    @Override
    public Doc visitEllipsisIndex(NetParser.EllipsisIndexContext context) {
        return token(context.ELLIPSIS());
    }

    // -a
    // ~a
    @Override
    public Doc visitNegation(NetParser.NegationContext context) {
        return Sequence.of(token((TerminalNode) context.getChild(0)), lay(context.expression()));
    }

    // not a
    @Override
    public Doc visitInversion(NetParser.InversionContext context) {
        return Sequence.of(token(context.NOT()), Break.SPACE, lay(context.expression()));
    }

    @Override
    public Doc visitPower(NetParser.PowerContext context) {
        return chain(context);
    }

    @Override
    public Doc visitMultiplication(NetParser.MultiplicationContext context) {
        return chain(context);
    }

    @Override
    public Doc visitAddition(NetParser.AdditionContext context) {
        return chain(context);
    }

    @Override
    public Doc visitIntersection(NetParser.IntersectionContext context) {
        return chain(context);
    }

    @Override
    public Doc visitUnion(NetParser.UnionContext context) {
        return chain(context);
    }

    @Override
    public Doc visitComparison(NetParser.ComparisonContext context) {
        return chain(context);
    }

    @Override
    public Doc visitConjunction(NetParser.ConjunctionContext context) {
        return chain(context);
    }

    @Override
    public Doc visitDisjunction(NetParser.DisjunctionContext context) {
        return chain(context);
    }

    // a
    // + b
    // + c
    private Doc chain(ExpressionContext context) {
        Deque<ExpressionContext> links = new ArrayDeque<>();
        ExpressionContext first = context;
        while (first.getClass() == context.getClass()) {
            links.push(first);
            first = (ExpressionContext) first.getChild(0);
        }
        List<Doc> parts = new ArrayList<>(List.of(lay(first)));
        for (ExpressionContext link : links) {
            TerminalNode operator = (TerminalNode) link.getChild(1);
            ExpressionContext operand = (ExpressionContext) link.getChild(2);
            parts.add(place(When.FILL, operator.getSymbol(), operand.getStart()));
            parts.addAll(List.of(token(operator), Break.SPACE, lay(operand)));
        }
        return new Align(Sequence.of(parts));
    }

    // if a then b
    // else if c
    //     then d
    // else e
    @Override
    public Doc visitConditional(NetParser.ConditionalContext context) {
        Doc comments = gaps.takeLeadingComments(context.getStart());
        List<Doc> parts = new ArrayList<>();
        ExpressionContext rest = context;
        while (rest instanceof NetParser.ConditionalContext branch) {
            ExpressionContext then = branch.expression(1);
            rest = branch.expression(2);
            Break beforeThen = place(When.LATE, branch.THEN().getSymbol(), then.getStart());
            parts.addAll(List.of(token(branch.IF()), Break.SPACE, lay(branch.expression(0))));
            parts.add(new Indent(Sequence.of(beforeThen, token(branch.THEN()), Break.SPACE, lay(then))));
            parts.add(place(When.GROUP, branch.ELSE().getSymbol(), rest.getStart()));
            parts.addAll(List.of(token(branch.ELSE()), Break.SPACE));
        }
        parts.add(lay(rest));
        return Sequence.of(comments, new Group(Sequence.of(parts)));
    }

    // w -> a
    @Override
    public Doc visitLambda(NetParser.LambdaContext context) {
        return Sequence.of(
                lay(context.name()), Break.SPACE, token(context.ARROW()), Break.SPACE, lay(context.expression()));
    }

    @Override
    public Doc visitReference(NetParser.ReferenceContext context) {
        return gaps.token(context.getStart());
    }

    @Override
    public Doc visitName(NetParser.NameContext context) {
        return gaps.token(context.getStart());
    }

    @Override
    public Doc visitInteger(NetParser.IntegerContext context) {
        return gaps.token(context.getStart());
    }

    @Override
    public Doc visitDecimal(NetParser.DecimalContext context) {
        return gaps.token(context.getStart());
    }

    @Override
    public Doc visitString(NetParser.StringContext context) {
        return gaps.token(context.getStart());
    }

    @Override
    public Doc visitBoolean(NetParser.BooleanContext context) {
        return gaps.token(context.getStart());
    }

    @Override
    public Doc visitNone(NetParser.NoneContext context) {
        return gaps.token(context.getStart());
    }
}
