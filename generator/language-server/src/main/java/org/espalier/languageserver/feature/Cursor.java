package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.grammar.NetLexer;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.document.DocumentWords;
import org.espalier.languageserver.document.Word;

/** The surroundings of a place where somebody is typing, told by tokens alone, since there it does not parse. */
final class Cursor {
    /** Behind these a line goes on. */
    private static final Set<String> OPEN_ENDED = Set.of(
            "=", "+", "-", "*", "/", "%", "@", "**", ",", "(", "[", ".", "->", "of", "by", "with", "if", "then", "else",
            "and", "or", "not", ":", "==", "!=", "<", "<=", ">", ">=", "&", "|", "~", "below");

    private static final Set<String> DECLARING = Set.of("input", "target", "parameter", "buffer", "output");

    private static final Set<String> CLOSING = Set.of(")", "]", "}");

    /**
     * A call around the cursor.
     *
     * @param callee its name
     * @param method whether it stands behind a dot
     * @param position how many arguments come before
     * @param argument the name of the argument at the cursor, if it has one
     * @param given names of all arguments that have one
     * @param direct whether the cursor is right in the parentheses, and not in brackets within them
     */
    record Call(
            String callee,
            boolean method,
            int position,
            Optional<String> argument,
            List<String> given,
            boolean direct) {}

    private final Document document;
    private final int offset;
    private final List<Word> code;
    private final Optional<Word> typed;
    private final int last;

    Cursor(Document document, int offset) {
        this.document = document;
        this.offset = offset;
        this.code = document.words().code();
        int before = document.words().before(offset);
        Optional<Word> current = before >= 0 ? Optional.of(code.get(before)) : Optional.empty();
        this.typed = current.filter(word -> word.end() >= offset && isName(word));
        this.last = typed.isPresent() ? before - 1 : before;
    }

    static boolean isName(Word word) {
        int first = word.text().codePointAt(0);
        return Character.isAlphabetic(first) || first == '_';
    }

    /** Tells whether nothing is completed here: in a comment, or in a number. */
    boolean isSilent() {
        Optional<Word> at = document.words().at(offset);
        if (at.isPresent() && DocumentWords.isComment(at.get())) {
            boolean closed = at.get().type() == NetLexer.COMMENT
                    && at.get().end() == offset
                    && at.get().text().endsWith("*/");
            return !closed;
        }
        int before = document.words().before(offset);
        return before >= 0
                && code.get(before).end() >= offset
                && Character.isDigit(code.get(before).text().charAt(0));
    }

    /** The string that the cursor is in. */
    Optional<Word> string() {
        int before = document.words().before(offset);
        return before < 0
                ? Optional.empty()
                : Optional.of(code.get(before))
                        .filter(word -> word.type() == NetLexer.UNFINISHED_STRING
                                ? word.end() >= offset
                                : word.type() == NetLexer.STRING && word.end() > offset);
    }

    /** Offset of the name that is being typed. */
    int start() {
        return typed.map(Word::start).orElse(offset);
    }

    /** The token before the name that is being typed. */
    Optional<Word> before() {
        return last >= 0 ? Optional.of(code.get(last)) : Optional.empty();
    }

    boolean isBehind(String text) {
        return before().filter(word -> word.is(text)).isPresent();
    }

    /** The token before that. */
    Optional<Word> beforeThat() {
        return last >= 1 ? Optional.of(code.get(last - 1)) : Optional.empty();
    }

    /** Tells whether an opening parenthesis follows. */
    boolean isCalled() {
        int end = typed.map(Word::end).orElse(offset);
        return end < document.file().text().length() && document.file().text().charAt(end) == '(';
    }

    /** The innermost call whose parentheses the cursor is in. */
    Optional<Call> call() {
        List<String> given = new ArrayList<>();
        Optional<String> argument = Optional.empty();
        int depth = 0;
        int position = 0;
        boolean direct = true;
        for (int i = last; i >= 0; i--) {
            Word word = code.get(i);
            if (CLOSING.contains(word.text())) {
                depth++;
            } else if (word.is("{")) {
                return Optional.empty();
            } else if (word.is("(") || word.is("[")) {
                depth--;
                if (depth < 0) {
                    boolean called = word.is("(") && i > 0 && isName(code.get(i - 1)) && !isKeyword(i - 1);
                    if (called && !isHead(i - 1)) {
                        for (int j = i + 1, inner = 0; j < code.size() && inner >= 0; j++) {
                            inner += "([".contains(code.get(j).text()) ? 1 : 0;
                            inner -= CLOSING.contains(code.get(j).text()) ? 1 : 0;
                            boolean named = inner == 0
                                    && j + 1 < code.size()
                                    && code.get(j + 1).is("=")
                                    && isName(code.get(j));
                            if (named) {
                                given.add(code.get(j).text());
                            }
                        }
                        boolean method = i > 1 && code.get(i - 2).is(".");
                        return Optional.of(new Call(code.get(i - 1).text(), method, position, argument, given, direct));
                    }
                    if (called) {
                        return Optional.empty();
                    }
                    // A list or a pair is one argument of what surrounds it.
                    depth = 0;
                    position = 0;
                    argument = Optional.empty();
                    direct = false;
                }
            } else if (depth == 0 && word.is(",")) {
                position++;
            } else if (depth == 0 && position == 0 && word.is("=") && i > 0 && isName(code.get(i - 1))) {
                String name = code.get(i - 1).text();
                argument = argument.or(() -> Optional.of(name));
            }
        }
        return Optional.empty();
    }

    private boolean isKeyword(int index) {
        return NetSyntax.isKeyword(code.get(index).text());
    }

    /** Tells whether a name is that of a declaration, and what follows are its parameters. */
    private boolean isHead(int index) {
        return index > 0
                && Set.of("block", "network", "regularizer", "layer", "loss")
                        .contains(code.get(index - 1).text())
                && (index < 2 || !OPEN_ENDED.contains(code.get(index - 2).text()));
    }

    /** Tells whether the cursor is among the parameters of a declaration. */
    boolean isInHead() {
        int depth = 0;
        for (int i = last; i > 0; i--) {
            Word word = code.get(i);
            if (CLOSING.contains(word.text())) {
                depth++;
            } else if (word.is("{")) {
                return false;
            } else if (word.is("(") || word.is("[")) {
                depth--;
                if (depth < 0) {
                    return word.is("(") && isHead(i - 1);
                }
            }
        }
        return false;
    }

    /** Tells whether the cursor is between the braces of a block or network. */
    boolean isInBody() {
        int depth = 0;
        for (int i = last; i >= 0; i--) {
            if (code.get(i).is("}")) {
                depth++;
            } else if (code.get(i).is("{") && --depth < 0) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether a statement or declaration begins at the cursor. */
    boolean isAtStart() {
        return startsStatement(last + 1, start());
    }

    private boolean startsStatement(int index, int at) {
        if (index == 0) {
            return true;
        }
        Word previous = code.get(index - 1);
        if (previous.is("{") || previous.is("}")) {
            return true;
        }
        return document.file().line(previous.start()) < document.file().line(at)
                && !OPEN_ENDED.contains(previous.text())
                && isOutsideBrackets(index - 1);
    }

    private boolean isOutsideBrackets(int index) {
        int depth = 0;
        for (int i = index; i >= 0; i--) {
            Word word = code.get(i);
            if (word.is("{") || word.is("}")) {
                return true;
            }
            if (word.is(")") || word.is("]")) {
                depth++;
            } else if ((word.is("(") || word.is("[")) && --depth < 0) {
                return false;
            }
        }
        return true;
    }

    /** The tokens of the statement or declaration before the name that is being typed. */
    List<Word> statement() {
        int index = last;
        while (index >= 0 && !startsStatement(index, code.get(index).start())) {
            if (code.get(index).is("{") || code.get(index).is("}")) {
                return code.subList(index + 1, last + 1);
            }
            index--;
        }
        return index < 0 ? code.subList(0, last + 1) : code.subList(index, last + 1);
    }

    /** The name of the block, network or other declaration around the cursor. */
    Optional<String> declaration() {
        int head = document.words().declarationAround(last);
        return head >= 0 && head + 1 < code.size()
                ? Optional.of(code.get(head + 1).text())
                : Optional.empty();
    }

    /** FileNames that the declaration around the cursor gives before it: its parameters, inputs and bindings. */
    List<String> locals() {
        int head = document.words().declarationAround(last);
        Set<String> names = new LinkedHashSet<>();
        int depth = 0;
        boolean pattern = false;
        for (int i = Math.max(0, head + 2); head >= 0 && i <= last; i++) {
            Word word = code.get(i);
            depth += word.is("(") || word.is("[") ? 1 : word.is(")") || word.is("]") ? -1 : 0;
            String previous = code.get(i - 1).text();
            String next = i + 1 < code.size() ? code.get(i + 1).text() : "";
            boolean first = depth <= 0 && begins(i);
            pattern = first || (pattern && (word.is(",") || previous.equals(",")));
            if (!isName(word) || NetSyntax.isKeyword(word.text())) {
                continue;
            }
            boolean formal = next.equals(":") && (previous.equals("(") || previous.equals(","));
            boolean declared = depth <= 0 && DECLARING.contains(previous);
            boolean bound = pattern && (next.equals("=") || next.equals(","));
            if (formal || declared || bound || next.equals("->")) {
                names.add(word.text());
            }
        }
        return List.copyOf(names);
    }

    /** Tells whether a token outside of brackets is the first of a statement. */
    private boolean begins(int index) {
        Word previous = code.get(index - 1);
        return previous.is("{")
                || (!OPEN_ENDED.contains(previous.text())
                        && document.file().line(previous.start())
                                < document.file().line(code.get(index).start()));
    }

    /** Letters, dots and asterisks before the cursor: what is there of a selector. */
    String selector() {
        String text = document.file().text();
        int start = offset;
        while (start > 0 && isOfSelector(text.charAt(start - 1))) {
            start--;
        }
        return text.substring(start, offset);
    }

    private static boolean isOfSelector(char letter) {
        return Character.isLetterOrDigit(letter) || letter == '_' || letter == '.' || letter == '*';
    }
}
