package org.espalier.generator.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.misc.ParseCancellationException;

/** A parser that gives up on text nested too deeply, instead of overflowing its stack or that of a later stage. */
final class BoundedParser extends LineAwareParser {
    /** Maximum depth of nested expressions; chains of operators count as nested. */
    static final int DEPTH = 250;

    private final Deque<Integer> outerDepths = new ArrayDeque<>();
    private int depth;

    BoundedParser(TokenStream tokens) {
        super(tokens);
    }

    /** Thrown at the token that goes too deep. */
    static final class TooDeep extends ParseCancellationException {
        private static final long serialVersionUID = 1L;
        private final transient Token token;

        private TooDeep(Token token) {
            super("nested more than " + DEPTH + " deep");
            this.token = token;
        }

        Token token() {
            return token;
        }
    }

    @Override
    public void enterRecursionRule(ParserRuleContext context, int state, int ruleIndex, int precedence) {
        outerDepths.push(depth);
        descend();
        super.enterRecursionRule(context, state, ruleIndex, precedence);
    }

    @Override
    public void pushNewRecursionContext(ParserRuleContext context, int state, int ruleIndex) {
        descend();
        super.pushNewRecursionContext(context, state, ruleIndex);
    }

    @Override
    public void unrollRecursionContexts(ParserRuleContext parent) {
        super.unrollRecursionContexts(parent);
        depth = outerDepths.pop();
    }

    private void descend() {
        if (++depth > DEPTH) {
            throw new TooDeep(getCurrentToken());
        }
    }
}
