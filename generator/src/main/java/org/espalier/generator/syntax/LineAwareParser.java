package org.espalier.generator.syntax;

import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.atn.ParserATNSimulator;
import org.espalier.grammar.NetParser;

/**
 * The parser of the grammar, to which the end of a line means something in one place: a star at the end of a line is a
 * selector of its own. The grammar alone would take the two lines
 *
 * <pre>
 *   freeze *
 *   output y = head(x)
 * </pre>
 *
 * for {@code freeze *output} and a binding of {@code y}.
 */
public class LineAwareParser extends NetParser {
    /** The place of {@code '*'} among the alternatives of {@code segment}. */
    private static final int LONE_STAR = 3;

    LineAwareParser(TokenStream tokens) {
        super(tokens);
        setInterpreter(new ParserATNSimulator(this, _ATN, _decisionToDFA, _sharedContextCache) {
            @Override
            public int adaptivePredict(TokenStream input, int decision, ParserRuleContext context) {
                return context instanceof SegmentContext && endsLineWithStar(input)
                        ? LONE_STAR
                        : super.adaptivePredict(input, decision, context);
            }
        });
    }

    /** A parser of tokens that the lexer of the grammar made. */
    public static NetParser of(TokenStream tokens) {
        return new LineAwareParser(tokens);
    }

    private static boolean endsLineWithStar(TokenStream input) {
        return input.LA(1) == STAR && input.LT(2).getLine() > input.LT(1).getLine();
    }
}
