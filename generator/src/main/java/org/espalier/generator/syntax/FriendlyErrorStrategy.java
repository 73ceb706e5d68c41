package org.espalier.generator.syntax;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.FailedPredicateException;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.NoViableAltException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.atn.ATN;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.grammar.NetParser;
import org.jspecify.annotations.Nullable;

/**
 * Recovers from syntax errors as ANTLR does, with messages of our own: every mistake is reported where it is, and
 * reading goes on behind it.
 */
final class FriendlyErrorStrategy extends DefaultErrorStrategy {
    private static final Map<String, String> HABITS = Map.ofEntries(
            Map.entry("#", "comments begin with //"),
            Map.entry(";", "statements need no semicolon: delete it"),
            Map.entry("&", "write 'and'"),
            Map.entry("|", "write 'or'"),
            Map.entry("!", "write 'not', or ~ before a comparison of tensors"),
            Map.entry("@", "a product with weights is a layer: Linear(…)(x)"),
            Map.entry("for", "write repeat(n, layer) or repeat(n, i -> layer)"),
            Map.entry("def", "write 'block'"),
            Map.entry("class", "write 'network' or 'block', without a class to extend"),
            Map.entry("super", "leave it out: there is nothing to call first"),
            Map.entry("lambda", "write i -> …"),
            Map.entry("elif", "write else if … then … else …"),
            Map.entry("while", "a block may call itself: write block and 'if'"),
            Map.entry("let", "write the name alone: name = value"));

    private static final Set<Integer> OPERAND_ENDS =
            Set.of(NetParser.NAME, NetParser.RIGHT_PARENTHESIS, NetParser.RIGHT_BRACKET);

    private final Spans spans;
    private final Diagnostics diagnostics;
    private int lineOfReport = -1;
    private int lineOfNoBinding = -1;

    FriendlyErrorStrategy(Spans spans, Diagnostics diagnostics) {
        this.spans = spans;
        this.diagnostics = diagnostics;
    }

    @Override
    protected void reportNoViableAlternative(Parser recognizer, NoViableAltException e) {
        report(recognizer, e.getOffendingToken(), viable(recognizer, e));
    }

    /**
     * Collects the tokens that could have followed where the last alternative died, which may be behind where the
     * decision began.
     */
    private static IntervalSet viable(Parser recognizer, NoViableAltException e) {
        IntervalSet expected = new IntervalSet();
        if (e.getDeadEndConfigs() != null) {
            ATN atn = recognizer.getATN();
            e.getDeadEndConfigs().forEach(config -> expected.addAll(atn.nextTokens(config.state)));
            expected.remove(Token.EPSILON);
        }
        return expected.isNil() ? e.getExpectedTokens() : expected;
    }

    @Override
    protected void reportInputMismatch(Parser recognizer, InputMismatchException e) {
        if (e.getCtx() instanceof NetParser.BindingStatementContext) {
            reportNoBinding(recognizer, e.getOffendingToken(), e.getExpectedTokens());
        } else {
            report(recognizer, e.getOffendingToken(), e.getExpectedTokens());
        }
    }

    /**
     * A name with neither {@code =} nor a comma behind it, most often a misspelt word of a clause, or what follows one.
     * What else is on its line is part of the same mistake.
     */
    private void reportNoBinding(Parser recognizer, Token token, IntervalSet expected) {
        Token name = recognizer.getInputStream().LT(-1);
        if (name.getLine() != lineOfReport) {
            report(recognizer, token, expected, TokenNames.meantAsClause(name));
        }
        lineOfNoBinding = name.getLine();
    }

    @Override
    protected void reportFailedPredicate(Parser recognizer, FailedPredicateException e) {
        report(recognizer, e.getOffendingToken(), recognizer.getExpectedTokens());
    }

    @Override
    protected void reportUnwantedToken(Parser recognizer) {
        if (!inErrorRecoveryMode(recognizer)) {
            beginErrorCondition(recognizer);
            report(recognizer, recognizer.getCurrentToken(), getExpectedTokens(recognizer));
        }
    }

    @Override
    protected void reportMissingToken(Parser recognizer) {
        if (!inErrorRecoveryMode(recognizer)) {
            beginErrorCondition(recognizer);
            report(recognizer, recognizer.getCurrentToken(), getExpectedTokens(recognizer));
        }
    }

    /** A token is passed over for the sake of the next only within a line: the next line is likely a new statement. */
    @Override
    protected @Nullable Token singleTokenDeletion(Parser recognizer) {
        TokenStream tokens = recognizer.getInputStream();
        return tokens.LT(1).getLine() == tokens.LT(2).getLine() ? super.singleTokenDeletion(recognizer) : null;
    }

    /** Reading goes on at a statement or a bracket, not at an operator, which would be the next mistake. */
    @Override
    protected IntervalSet getErrorRecoverySet(Parser recognizer) {
        IntervalSet tokens = super.getErrorRecoverySet(recognizer);
        TokenNames.CONTINUATIONS.forEach(tokens::remove);
        return tokens;
    }

    private void report(Parser recognizer, Token token, IntervalSet expected) {
        report(recognizer, token, expected, TokenNames.meant(token, expected));
    }

    /** Help with signs of Python that mean something else here, or nothing. */
    private static Optional<String> punctuation(Parser recognizer, Token token, IntervalSet expected) {
        Token before = before(recognizer, token);
        String word = before == null ? "" : before.getText();
        int type = before == null ? Token.EOF : before.getType();
        boolean behindOperand = OPERAND_ENDS.contains(type);
        return switch (token.getType()) {
            case NetParser.COLON ->
                expected.contains(NetParser.LEFT_BRACE)
                        ? Optional.of("write { and }")
                        : Optional.ofNullable(before)
                                .map(name -> before(recognizer, name))
                                .filter(lambda -> lambda.getText().equals("lambda"))
                                .map(lambda -> HABITS.get(lambda.getText()));
            case NetParser.POWER ->
                Optional.of("write each argument by its name: name=value")
                        .filter(help -> expected.contains(NetParser.NAME));
            case NetParser.DOT ->
                Optional.of("leave out 'self.': names of a body stand alone").filter(help -> word.equals("self"));
            case NetParser.LEFT_BRACKET ->
                Optional.of("lists and tensors have no indices").filter(help -> behindOperand);
            case NetParser.IF ->
                Optional.of("write if … then … else …")
                        .filter(help -> behindOperand && !expected.contains(NetParser.IF));
            default ->
                type == NetParser.FROM && expected.contains(NetParser.STRING)
                        ? Optional.of("write import Name from \"file.net\"; layers need no import")
                        : Optional.ofNullable(HABITS.get(word));
        };
    }

    private static @Nullable Token before(Parser recognizer, Token token) {
        for (int i = token.getTokenIndex() - 1; i >= 0; i--) {
            Token earlier = recognizer.getInputStream().get(i);
            if (earlier.getChannel() == Token.DEFAULT_CHANNEL) {
                return earlier;
            }
        }
        return null;
    }

    private void report(Parser recognizer, Token token, IntervalSet expected, Optional<String> meant) {
        if (token.getLine() == lineOfNoBinding) {
            return;
        }
        lineOfReport = token.getLine();
        if (token.getType() == NetParser.UNFINISHED_STRING) {
            diagnostics.report(DiagnosticCode.UNFINISHED_STRING
                    .at(spans.of(token))
                    .withHelp("add " + token.getText().charAt(0) + " where it ends; it cannot go on in the next line"));
            return;
        }
        Diagnostic diagnostic =
                DiagnosticCode.SYNTAX.at(spans.of(token), TokenNames.expected(expected), TokenNames.found(token));
        boolean keyword = TokenNames.KEYWORDS.contains(token.getType()) && expected.contains(NetParser.NAME);
        diagnostics.report(Optional.ofNullable(HABITS.get(token.getText()))
                .or(() -> punctuation(recognizer, token, expected))
                .or(() -> Optional.of(TokenNames.renamed(token)).filter(help -> keyword))
                .map(diagnostic::withHelp)
                .orElseGet(() -> diagnostic.withSuggestion(meant)));
    }
}
