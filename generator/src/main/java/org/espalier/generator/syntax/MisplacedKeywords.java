package org.espalier.generator.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.WritableToken;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.grammar.NetParser;

/**
 * Finds keywords where only a name can stand, and then those that mean the same name elsewhere. The first of each is
 * reported; all of them become names, so that the parser reads on as if they were, and finds what else is wrong.
 */
final class MisplacedKeywords {
    private static final Set<Integer> DECLARATIONS =
            Set.of(NetParser.BLOCK, NetParser.NETWORK, NetParser.REGULARIZER, NetParser.IMPORT, NetParser.PACKAGE);

    private static final Set<Integer> LITERALS = Set.of(NetParser.TRUE, NetParser.FALSE, NetParser.NONE);

    private static final Set<Integer> PREFIXES = Set.of(NetParser.NOT, NetParser.IF);

    /** Tokens that follow a name, and never a keyword. */
    private static final Set<Integer> BEHIND_NAMES = Set.of(NetParser.ASSIGN, NetParser.ARROW, NetParser.COLON);

    /** Tokens that come before an operand. */
    private static final Set<Integer> BEFORE_OPERANDS = Set.of(
            NetParser.ASSIGN,
            NetParser.LEFT_PARENTHESIS,
            NetParser.LEFT_BRACKET,
            NetParser.COMMA,
            NetParser.PLUS,
            NetParser.MINUS,
            NetParser.STAR,
            NetParser.SLASH,
            NetParser.PERCENT,
            NetParser.AT,
            NetParser.POWER,
            NetParser.RETURN,
            NetParser.IF,
            NetParser.THEN,
            NetParser.ELSE,
            NetParser.ARROW);

    private static final Set<Integer> BEFORE_PARAMETERS = Set.of(NetParser.LEFT_PARENTHESIS, NetParser.COMMA);

    /** Tokens that come before a name of a clause. */
    private static final Set<Integer> BEFORE_NAMES = Set.of(
            NetParser.FREEZE,
            NetParser.OF,
            NetParser.OPTIMIZE,
            NetParser.INPUT,
            NetParser.OUTPUT,
            NetParser.TARGET,
            NetParser.DOT);

    private static final Set<Integer> ENDS_OF_OPERANDS = Set.of(
            NetParser.NAME,
            NetParser.INTEGER,
            NetParser.DECIMAL,
            NetParser.PLACE,
            NetParser.STRING,
            NetParser.RIGHT_PARENTHESIS,
            NetParser.RIGHT_BRACKET);

    private static final Set<Integer> BEGINNINGS_OF_OPERANDS = Set.of(
            NetParser.NAME,
            NetParser.INTEGER,
            NetParser.DECIMAL,
            NetParser.PLACE,
            NetParser.STRING,
            NetParser.LEFT_BRACKET,
            NetParser.NOT,
            NetParser.TRUE,
            NetParser.FALSE,
            NetParser.NONE);

    private final List<Token> tokens;
    private final Set<Integer> names = new TreeSet<>();
    private final Set<String> words = new HashSet<>();

    private MisplacedKeywords(CommonTokenStream tokens) {
        this.tokens = tokens.getTokens().stream()
                .filter(token -> token.getChannel() == Token.DEFAULT_CHANNEL)
                .toList();
    }

    static void rename(CommonTokenStream tokens, Spans spans, Diagnostics diagnostics) {
        MisplacedKeywords keywords = new MisplacedKeywords(tokens);
        keywords.find();
        keywords.words.addAll(keywords.names.stream()
                .map(name -> keywords.tokens.get(name).getText())
                .toList());
        if (!keywords.names.isEmpty()) {
            keywords.find();
        }
        Set<String> reported = new HashSet<>();
        for (int name : keywords.names) {
            Token keyword = keywords.tokens.get(name);
            if (reported.add(keyword.getText())) {
                Diagnostic diagnostic = DiagnosticCode.SYNTAX.at(
                        spans.of(keyword), "a name", "the keyword '" + keyword.getText() + "'");
                diagnostics.report(diagnostic.withHelp(TokenNames.renamed(keyword)));
            }
            ((WritableToken) keyword).setType(NetParser.NAME);
        }
    }

    private void find() {
        int braces = 0;
        Deque<Integer> open = new ArrayDeque<>();
        boolean parameters = false;
        for (int i = behindPackage(); i < tokens.size(); i++) {
            switch (type(i)) {
                case NetParser.LEFT_BRACE -> braces++;
                case NetParser.RIGHT_BRACE -> braces--;
                case NetParser.LEFT_PARENTHESIS, NetParser.LEFT_BRACKET -> {
                    parameters = open.isEmpty() ? DECLARATIONS.contains(type(i - 2)) : parameters;
                    open.push(type(i));
                }
                case NetParser.RIGHT_PARENTHESIS, NetParser.RIGHT_BRACKET -> open.poll();
                default -> {
                    boolean slice =
                            !open.isEmpty() && open.peek() == NetParser.LEFT_BRACKET && type(i + 1) == NetParser.COLON;
                    boolean parameter = parameters && open.size() == 1 && BEFORE_PARAMETERS.contains(type(i - 1));
                    if (TokenNames.KEYWORDS.contains(type(i))
                            && !slice
                            && (parameter || isName(i, braces > 0, !open.isEmpty()))) {
                        names.add(i);
                    }
                }
            }
        }
    }

    /** The first token behind the package's name, which may have keywords in it. */
    private int behindPackage() {
        int i = 0;
        if (type(0) == NetParser.PACKAGE) {
            i = 2;
            while (type(i) == NetParser.DOT) {
                i += 2;
            }
        }
        return i;
    }

    private int type(int index) {
        if (index < 0 || index >= tokens.size()) {
            return Token.EOF;
        }
        return names.contains(index) ? NetParser.NAME : tokens.get(index).getType();
    }

    private boolean isName(int i, boolean inBraces, boolean inBrackets) {
        int before = type(i - 1);
        int after = type(i + 1);
        if (before == NetParser.COLON) {
            return false;
        }
        if (BEHIND_NAMES.contains(after) || before == NetParser.DOT || isDeclared(i)) {
            return true;
        }
        if (!inBraces && !inBrackets && isImported(i)) {
            return true;
        }
        if (DECLARATIONS.contains(type(i)) && (inBraces || inBrackets)) {
            return BEFORE_OPERANDS.contains(before) || !beginsDeclaration(i);
        }
        return beginsNames(i, inBrackets) || (words.contains(tokens.get(i).getText()) && isUse(i));
    }

    /** The name of a declaration: {@code block if(n: int)}. */
    private boolean isDeclared(int i) {
        int after = type(i + 1);
        return switch (type(i - 1)) {
            case NetParser.BLOCK -> after == NetParser.LEFT_PARENTHESIS;
            case NetParser.NETWORK, NetParser.REGULARIZER ->
                after == NetParser.LEFT_PARENTHESIS || after == NetParser.LEFT_BRACE;
            default -> false;
        };
    }

    private boolean isImported(int i) {
        boolean behind =
                type(i - 1) == NetParser.IMPORT || type(i - 1) == NetParser.AS || type(i - 1) == NetParser.COMMA;
        boolean before = type(i + 1) == NetParser.FROM || type(i + 1) == NetParser.AS || type(i + 1) == NetParser.COMMA;
        return behind && before;
    }

    /** Tells whether a declaration seems to begin here, though a brace is still open. */
    private boolean beginsDeclaration(int i) {
        boolean named = type(i + 1) == NetParser.NAME || TokenNames.WORDS.contains(type(i + 1));
        int after = type(i + 2);
        return named
                && switch (type(i)) {
                    case NetParser.BLOCK -> after == NetParser.LEFT_PARENTHESIS;
                    case NetParser.NETWORK -> after == NetParser.LEFT_PARENTHESIS || after == NetParser.LEFT_BRACE;
                    case NetParser.REGULARIZER -> after == NetParser.LEFT_PARENTHESIS || after == NetParser.ASSIGN;
                    default -> false;
                };
    }

    /** The first of several names that a statement binds: {@code if, other = Block()}. */
    private boolean beginsNames(int i, boolean inBrackets) {
        return !inBrackets
                && type(i + 1) == NetParser.COMMA
                && !DECLARATIONS.contains(type(i))
                && (!LITERALS.contains(type(i)) || ENDS_OF_OPERANDS.contains(type(i - 1)));
    }

    /** Tells whether a word that is misplaced as a name somewhere can mean the same name here. */
    private boolean isUse(int i) {
        if (BEFORE_NAMES.contains(type(i - 1))) {
            return true;
        }
        boolean isOperand = BEFORE_OPERANDS.contains(type(i - 1));
        return isOperand && !(PREFIXES.contains(type(i)) && BEGINNINGS_OF_OPERANDS.contains(type(i + 1)));
    }
}
