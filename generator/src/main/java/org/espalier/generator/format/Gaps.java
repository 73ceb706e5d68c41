package org.espalier.generator.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.Interval;
import org.espalier.generator.format.Doc.Break;
import org.espalier.generator.format.Doc.Comment;
import org.espalier.generator.format.Doc.Sequence;
import org.espalier.generator.format.Doc.Text;
import org.espalier.grammar.NetLexer;
import org.jspecify.annotations.Nullable;

/**
 * Gaps between tokens, and the comments in them. A comment belongs to the token before it if it ends that token's line,
 * otherwise to the token after it. Comments that would keep a comma from its element go behind the comma.
 */
final class Gaps {
    private static final int TAB = 4;

    /** Before these no line is empty. */
    private static final Set<Integer> ENDS =
            Set.of(NetLexer.RIGHT_PARENTHESIS, NetLexer.RIGHT_BRACKET, NetLexer.RIGHT_BRACE, Token.EOF);

    private final CommonTokenStream tokens;
    private final Map<Integer, Gap> before = new HashMap<>();
    private final Map<Integer, List<Comment>> trailing = new HashMap<>();
    private final Set<Integer> taken = new HashSet<>();

    Gaps(CommonTokenStream tokens) {
        this.tokens = tokens;
        Token previous = null;
        List<Token> hidden = new ArrayList<>();
        for (Token token : tokens.getTokens()) {
            if (token.getChannel() == Token.DEFAULT_CHANNEL) {
                before.put(token.getTokenIndex(), gap(previous, hidden, token));
                previous = token;
                hidden.clear();
            } else {
                hidden.add(token);
            }
        }
    }

    /**
     * Gap before a token: comments, line ends and empty lines.
     *
     * @param comments those that belong to the token
     * @param lineEnds outside comments
     * @param blank whether there is an empty line before its comments, or before itself if it has none
     * @param blankBehind whether there is an empty line between its comments and itself
     */
    private record Gap(List<Comment> comments, int lineEnds, boolean blank, boolean blankBehind) {}

    private Gap gap(@Nullable Token previous, List<Token> hidden, Token token) {
        int all = hidden.stream().mapToInt(Gaps::lineEnds).sum();
        boolean endsBody = token.getType() == NetLexer.RIGHT_BRACE || token.getType() == Token.EOF;
        boolean postponed = token.getType() == NetLexer.COMMA && all > 0;
        List<Comment> leading = new ArrayList<>();
        boolean blank = false;
        int passed = 0;
        int since = 0;
        for (int i = 0; i < hidden.size(); i++) {
            Token between = hidden.get(i);
            if (isSpace(between)) {
                passed += lineEnds(between);
                since += lineEnds(between);
                continue;
            }
            boolean lineEndFollows = all > passed || endsBody;
            if (postponed) {
                trailing(token).add(comment(between, since > 0, true, false));
            } else if (previous != null && passed == 0 && lineEndFollows) {
                boolean below = trailing(previous).stream().anyMatch(Comment::endsLine);
                boolean endsLine = below || endsLine(hidden.subList(i + 1, hidden.size()));
                trailing(previous).add(comment(between, below, endsLine, false));
            } else {
                blank |= leading.isEmpty() && since > 1;
                leading.add(comment(between, lineEndFollows, lineEndFollows, !leading.isEmpty() && since > 1));
            }
            since = 0;
        }
        if (leading.isEmpty()) {
            return new Gap(leading, all, since > 1, false);
        }
        return new Gap(leading, all, blank, since > 1 && !ENDS.contains(token.getType()));
    }

    private static boolean endsLine(List<Token> hidden) {
        return hidden.stream().limit(2).allMatch(Gaps::isSpace) || lineEnds(hidden.get(0)) > 0;
    }

    private static boolean isSpace(Token hidden) {
        return hidden.getType() == NetLexer.WHITE_SPACE;
    }

    private List<Comment> trailing(Token token) {
        return trailing.computeIfAbsent(token.getTokenIndex(), index -> new ArrayList<>());
    }

    private static int lineEnds(Token hidden) {
        return isSpace(hidden)
                ? (int) hidden.getText()
                        .replace("\r\n", "\n")
                        .chars()
                        .filter(c -> c == '\n' || c == '\r')
                        .count()
                : 0;
    }

    private static Comment comment(Token token, boolean startsLine, boolean endsLine, boolean blank) {
        List<String> lines = token.getText().lines().map(String::stripTrailing).toList();
        int start = token.getStartIndex();
        String before = token.getInputStream().getText(Interval.of(start - token.getCharPositionInLine(), start - 1));
        return new Comment(lines, columns(before), startsLine, endsLine, blank);
    }

    /** Counts the columns that a text takes at the beginning of a line. */
    static int columns(String text) {
        return text.codePoints().reduce(0, (columns, c) -> columns + (c == '\t' ? TAB - columns % TAB : 1));
    }

    private Gap gap(Token token) {
        Gap gap = before.get(token.getTokenIndex());
        if (gap == null) {
            throw new IllegalArgumentException("a token of another file: " + token);
        }
        return gap;
    }

    /** A token with its comments. */
    Doc token(Token token) {
        return Sequence.of(leadingComments(token), new Text(token.getText()), trailingComments(token));
    }

    /** The comments of a token that is left out. */
    Doc comments(Token token) {
        return Sequence.of(leadingComments(token), trailingComments(token));
    }

    private Doc trailingComments(Token token) {
        return Sequence.of(List.<Doc>copyOf(trailing.getOrDefault(token.getTokenIndex(), List.of())));
    }

    /** The comments that belong to a token and stand before it, which {@link #token} then leaves out. */
    Doc takeLeadingComments(Token token) {
        Doc comments = leadingComments(token);
        taken.add(token.getTokenIndex());
        return comments;
    }

    /** The same, each on a line of its own. */
    Doc takeCommentLines(Token token) {
        List<Doc> lines = new ArrayList<>();
        gap(token).comments().forEach(comment -> lines.add(comment.onLineOfItsOwn()));
        taken.add(token.getTokenIndex());
        return Sequence.of(lines);
    }

    private Doc leadingComments(Token token) {
        if (taken.contains(token.getTokenIndex())) {
            return Sequence.of();
        }
        Gap gap = gap(token);
        List<Doc> parts = new ArrayList<>(gap.comments());
        if (gap.blankBehind()) {
            parts.add(Break.BLANK_LINE);
        }
        return Sequence.of(parts);
    }

    /** Tells whether the author ended a line before a token. */
    boolean startsLine(Token token) {
        return gap(token).lineEnds() > 0;
    }

    /** Tells whether there is an empty line before a token and its comments. */
    boolean blankBefore(Token token) {
        return gap(token).blank();
    }

    /** Tells whether there is an empty line between the token before and this one, or between their comments. */
    boolean blankAnywhereBefore(Token token) {
        Gap gap = gap(token);
        return gap.blank() || gap.blankBehind() || gap.comments().stream().anyMatch(Comment::blank);
    }

    /** Tells whether comments stand before a token and belong to it. */
    boolean hasLeadingComments(Token token) {
        return !gap(token).comments().isEmpty();
    }

    /** Tells whether comments stand somewhere between two tokens. */
    boolean hasCommentsBetween(Token first, Token last) {
        return tokens.getTokens(first.getTokenIndex(), last.getTokenIndex()).stream()
                .anyMatch(token ->
                        token.getChannel() != Token.DEFAULT_CHANNEL && token.getType() != NetLexer.WHITE_SPACE);
    }

    /** Counts the spaces before a token; 0 if its line begins with it. */
    int spacesBefore(Token token) {
        Token hidden = tokens.get(token.getTokenIndex() - 1);
        return isSpace(hidden) && lineEnds(hidden) == 0 ? columns(hidden.getText()) : 0;
    }
}
