package org.espalier.generator.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.espalier.generator.diagnostic.Suggestions;
import org.espalier.grammar.NetParser;

/** Says what tokens are in words that need no knowledge of the grammar. */
final class TokenNames {
    private static final Set<Integer> EXPRESSION_ONLY = Set.of(
            NetParser.LEFT_PARENTHESIS,
            NetParser.LEFT_BRACKET,
            NetParser.MINUS,
            NetParser.NOT,
            NetParser.IF,
            NetParser.INTEGER,
            NetParser.DECIMAL,
            NetParser.PLACE,
            NetParser.STRING,
            NetParser.TRUE,
            NetParser.FALSE,
            NetParser.NONE);

    /** Words that are names nowhere. */
    static final Set<Integer> KEYWORDS = Set.of(
            NetParser.AND,
            NetParser.BLOCK,
            NetParser.ELSE,
            NetParser.FALSE,
            NetParser.IF,
            NetParser.IMPORT,
            NetParser.NETWORK,
            NetParser.NONE,
            NetParser.NOT,
            NetParser.OR,
            NetParser.PACKAGE,
            NetParser.REGULARIZER,
            NetParser.RETURN,
            NetParser.THEN,
            NetParser.TRUE);

    /** Words that are names wherever a name can stand. */
    static final Set<Integer> WORDS = Set.of(
            NetParser.AS,
            NetParser.BELOW,
            NetParser.BIASES,
            NetParser.BUFFER,
            NetParser.BY,
            NetParser.FREEZE,
            NetParser.FROM,
            NetParser.GRADIENT,
            NetParser.INITIALIZE,
            NetParser.INPUT,
            NetParser.LAYER,
            NetParser.LOSS,
            NetParser.NORMS,
            NetParser.NORM_BIASES,
            NetParser.NORM_WEIGHTS,
            NetParser.OF,
            NetParser.OPTIMIZE,
            NetParser.OPTIMIZER,
            NetParser.OUTPUT,
            NetParser.PARAMETER,
            NetParser.PRECISION,
            NetParser.REGULARIZE,
            NetParser.REPORT,
            NetParser.SPARSITY,
            NetParser.TARGET,
            NetParser.WEIGHTS,
            NetParser.WITH);

    /** Tokens that go on with an expression which could also end here; naming all of them would say nothing. */
    static final Set<Integer> CONTINUATIONS = Set.of(
            NetParser.LEFT_PARENTHESIS,
            NetParser.LEFT_BRACKET,
            NetParser.DOT,
            NetParser.PLACE,
            NetParser.POWER,
            NetParser.STAR,
            NetParser.SLASH,
            NetParser.PERCENT,
            NetParser.AT,
            NetParser.PLUS,
            NetParser.MINUS,
            NetParser.EQUAL,
            NetParser.NOT_EQUAL,
            NetParser.LESS,
            NetParser.LESS_EQUAL,
            NetParser.GREATER,
            NetParser.GREATER_EQUAL,
            NetParser.AND,
            NetParser.OR);

    private static final List<String> CLAUSES = List.of(
            "input",
            "target",
            "parameter",
            "buffer",
            "output",
            "return",
            "regularize",
            "initialize",
            "freeze",
            "report",
            "loss",
            "optimizer",
            "optimize",
            "precision");

    private static final Set<Integer> DECLARATIONS = Set.of(NetParser.REGULARIZER, NetParser.BLOCK, NetParser.NETWORK);

    private TokenNames() {}

    /** {@code ')'}, {@code the number 3}, {@code the end of the file}. */
    static String found(Token token) {
        return switch (token.getType()) {
            case Token.EOF -> "the end of the file";
            case NetParser.INTEGER, NetParser.DECIMAL, NetParser.PLACE -> "the number " + token.getText();
            case NetParser.STRING -> "the string " + token.getText();
            default -> "'" + token.getText() + "'";
        };
    }

    /** Tells whether a word is a keyword; those with two spellings have no literal name. */
    static boolean isKeyword(String word) {
        return List.of("true", "True", "false", "False", "none", "None").contains(word)
                || KEYWORDS.stream()
                        .anyMatch(type -> ("'" + word + "'").equals(NetParser.VOCABULARY.getLiteralName(type)));
    }

    /** Advises how to rename what a keyword was meant to name. */
    static String renamed(Token keyword) {
        return "a keyword cannot be a name: write another, such as '" + keyword.getText() + "_'";
    }

    /** {@code ')', ',' or an expression}: what could have stood there. */
    static String expected(IntervalSet tokens) {
        Set<Integer> types = new TreeSet<>(tokens.toSet());
        List<String> names = new ArrayList<>();
        if (types.contains(NetParser.RETURN)) {
            names.add("a statement");
            types.removeAll(WORDS);
            types.removeAll(Set.of(NetParser.NAME, NetParser.RETURN));
        }
        if (types.contains(NetParser.IF)) {
            names.add("an expression");
            types.removeAll(EXPRESSION_ONLY);
            types.removeAll(WORDS);
            types.remove(NetParser.NAME);
            types.remove(NetParser.STAR);
        } else if (types.contains(NetParser.AND)) {
            types.removeAll(CONTINUATIONS);
        }
        if (types.containsAll(DECLARATIONS)) {
            names.add(types.contains(NetParser.NAME) ? "a name" : "a declaration (block, network or regularizer)");
            types.removeAll(DECLARATIONS);
        }
        if (types.contains(NetParser.NAME)) {
            names.add("a name");
            types.remove(NetParser.NAME);
            types.removeAll(WORDS);
        }
        types.forEach(type -> names.add(expected(type)));
        return either(names.stream().distinct().toList());
    }

    /** The keyword that a misspelt name was meant to be, of those that could have stood there. */
    static Optional<String> meant(Token token, IntervalSet tokens) {
        List<String> keywords = tokens.toSet().stream()
                .map(NetParser.VOCABULARY::getLiteralName)
                .filter(name -> name != null && Character.isLetter(name.charAt(1)))
                .map(name -> name.substring(1, name.length() - 1))
                .toList();
        return token.getType() == NetParser.NAME ? Suggestions.closest(token.getText(), keywords) : Optional.empty();
    }

    /** The clause that a misspelt first word of a line was meant to begin. */
    static Optional<String> meantAsClause(Token word) {
        return Suggestions.closest(word.getText(), CLAUSES);
    }

    private static String expected(int type) {
        return switch (type) {
            case Token.EOF -> "the end of the file";
            case NetParser.STRING -> "a string";
            case NetParser.NAME -> "a name";
            default -> NetParser.VOCABULARY.getDisplayName(type);
        };
    }

    private static String either(List<String> names) {
        if (names.isEmpty()) {
            return "something else";
        }
        String last = names.get(names.size() - 1);
        return names.size() == 1 ? last : String.join(", ", names.subList(0, names.size() - 1)) + " or " + last;
    }
}
