package org.espalier.generator.syntax;

import java.util.Map;
import java.util.Optional;
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

/** ANTLR's recovery with our words: every mistake is reported where it is, and reading goes on behind it. */
final class FriendlyErrorStrategy extends DefaultErrorStrategy {
    private static final Map<String, String> HABITS = Map.of(
            "#", "comments begin with //",
            ";", "statements need no semicolon: delete it",
            "&", "write 'and'",
            "|", "write 'or'",
            "!", "write 'not'",
            "for", "write repeat(n, layer) or repeat(n, i -> layer)",
            "def", "write 'block'",
            "let", "write the name alone: name = value");

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
        report(e.getOffendingToken(), viable(recognizer, e));
    }

    /** What could have followed where the last alternative died, which may be behind where the decision began. */
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
            report(e.getOffendingToken(), e.getExpectedTokens());
        }
    }

    /**
     * A name with neither {@code =} nor a comma behind it, most often a misspelt word of a clause, or what follows one.
     * What else is on its line is part of the same mistake.
     */
    private void reportNoBinding(Parser recognizer, Token token, IntervalSet expected) {
        Token name = recognizer.getInputStream().LT(-1);
        if (name.getLine() != lineOfReport) {
            report(token, expected, TokenNames.meantAsClause(name));
        }
        lineOfNoBinding = name.getLine();
    }

    @Override
    protected void reportFailedPredicate(Parser recognizer, FailedPredicateException e) {
        report(e.getOffendingToken(), recognizer.getExpectedTokens());
    }

    @Override
    protected void reportUnwantedToken(Parser recognizer) {
        if (!inErrorRecoveryMode(recognizer)) {
            beginErrorCondition(recognizer);
            report(recognizer.getCurrentToken(), getExpectedTokens(recognizer));
        }
    }

    @Override
    protected void reportMissingToken(Parser recognizer) {
        if (!inErrorRecoveryMode(recognizer)) {
            beginErrorCondition(recognizer);
            report(recognizer.getCurrentToken(), getExpectedTokens(recognizer));
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

    private void report(Token token, IntervalSet expected) {
        report(token, expected, TokenNames.meant(token, expected));
    }

    private void report(Token token, IntervalSet expected, Optional<String> meant) {
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
        diagnostics.report(Optional.ofNullable(HABITS.get(token.getText()))
                .map(diagnostic::withHelp)
                .orElseGet(() -> diagnostic.withSuggestion(meant)));
    }
}
