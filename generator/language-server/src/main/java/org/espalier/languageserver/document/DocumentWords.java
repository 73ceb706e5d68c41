package org.espalier.languageserver.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.grammar.NetLexer;

/** The tokens of a file, which are there however broken its syntax is. */
public final class DocumentWords {
    private static final Set<Integer> COMMENTS = Set.of(NetLexer.COMMENT, NetLexer.LINE_COMMENT);

    /** First words of declarations. */
    private static final Set<Integer> HEADS =
            Set.of(NetLexer.BLOCK, NetLexer.NETWORK, NetLexer.REGULARIZER, NetLexer.LAYER, NetLexer.LOSS);

    private final List<Word> all;
    private final List<Word> code;

    private DocumentWords(List<Word> all) {
        this.all = List.copyOf(all);
        this.code = all.stream().filter(word -> !isComment(word)).toList();
    }

    /** Reads a text, up to the number of tokens that the compiler reads. */
    static DocumentWords of(String text) {
        NetLexer lexer = new NetLexer(CharStreams.fromString(text));
        lexer.removeErrorListeners();
        List<Word> words = new ArrayList<>();
        // The lexer counts code points.
        int at = 0;
        int counted = 0;
        for (Token token = lexer.nextToken();
                token.getType() != Token.EOF && words.size() < NetSyntax.TOKENS;
                token = lexer.nextToken()) {
            if (token.getType() == NetLexer.WHITE_SPACE) {
                continue;
            }
            at = text.offsetByCodePoints(at, token.getStartIndex() - counted);
            counted = token.getStartIndex();
            words.add(new Word(token.getType(), token.getText(), at));
        }
        return new DocumentWords(words);
    }

    /** Every token. */
    public List<Word> all() {
        return all;
    }

    /** Those that are no comments. */
    public List<Word> code() {
        return code;
    }

    /** Tells whether a token is a comment. */
    public static boolean isComment(Word word) {
        return COMMENTS.contains(word.type());
    }

    /** The token that an offset lies in or at the end of, a comment included; of two that meet there the later. */
    public Optional<Word> at(int offset) {
        int index = before(all, offset + 1);
        if (index >= 0
                && all.get(index).start() <= offset
                && offset < all.get(index).end()) {
            return Optional.of(all.get(index));
        }
        int earlier = before(all, offset);
        return earlier >= 0 && all.get(earlier).end() == offset ? Optional.of(all.get(earlier)) : Optional.empty();
    }

    /** The place in {@link #code} of the last token that begins before an offset; -1 if there is none. */
    public int before(int offset) {
        return before(code, offset);
    }

    private static int before(List<Word> words, int offset) {
        int low = 0;
        int high = words.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (words.get(middle).start() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /**
     * The place in {@link #code} of the word that begins the declaration around a token: the nearest keyword of a
     * declaration before it outside of braces; -1 if there is none.
     */
    public int declarationAround(int index) {
        int depth = 0;
        for (int i = index; i >= 0; i--) {
            Word word = code.get(i);
            if (word.type() == NetLexer.RIGHT_BRACE && i < index) {
                depth++;
            } else if (word.type() == NetLexer.LEFT_BRACE) {
                depth--;
            } else if (word.type() == NetLexer.BLOCK || word.type() == NetLexer.NETWORK) {
                boolean head = i + 1 < code.size() && code.get(i + 1).type() == NetLexer.NAME;
                if (head && depth <= 0) {
                    return i;
                }
                if (head) {
                    return -1;
                }
            } else if (depth <= 0 && isHead(i)) {
                return i;
            }
        }
        return -1;
    }

    /** Tells whether a regularizer, layer or loss is declared at a token, rather than mentioned. */
    private boolean isHead(int index) {
        if (!HEADS.contains(code.get(index).type()) || index + 2 >= code.size()) {
            return false;
        }
        Word after = code.get(index + 2);
        boolean named = code.get(index + 1).type() == NetLexer.NAME;
        boolean first = index == 0 || code.get(index - 1).type() != NetLexer.LEFT_BRACE;
        return named && first && (after.is("=") || (after.is("(") && declares(index + 2)));
    }

    /** Tells whether an equals sign follows the parenthesis that closes this one. */
    private boolean declares(int open) {
        int depth = 0;
        for (int i = open; i < code.size(); i++) {
            if (code.get(i).is("(")) {
                depth++;
            } else if (code.get(i).is(")") && --depth == 0) {
                return i + 1 < code.size() && code.get(i + 1).is("=");
            } else if (code.get(i).is("{") || code.get(i).is("}")) {
                return false;
            }
        }
        return false;
    }
}
