package org.espalier.generator.target.java.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Breaks lines where palantir-java-format breaks them. Knows only the few kinds of line that generated classes have:
 * comments, assignments, calls and the heads of methods.
 */
final class LineBreaker {
    /** The longest line. */
    static final int COLUMNS = 120;

    private static final String CONTINUATION = "        ";

    /** An argument that stays on the line of its call. */
    private static final String LAMBDA = "() -> ";

    /** Calls in a row that are left on the line of their assignment only if the last begins early. */
    private static final int LONG_CHAIN = 3;

    /** The last column in which the last call of such a row may begin, from 0 on. */
    static final int LAST_CALL = 80;

    /** The longest comment that stays behind a statement of several lines. */
    private static final String LONGEST_REMARK = " // in place";

    /** The length below which all arguments must be for as many to stand on a line as there is room for. */
    private static final int SHORT = 10;

    private LineBreaker() {}

    /** The line, or the lines that it must become. */
    static List<String> lines(String line) {
        String text = line.stripLeading();
        String indent = line.substring(0, line.length() - text.length());
        if (text.startsWith("//")) {
            return comment(indent, text.substring("//".length()));
        }
        int comment = code(line).indexOf(" //");
        if (comment >= 0 && (line.length() > COLUMNS || isLongChain(line.substring(0, comment)))) {
            return withComment(lines(line.substring(0, comment)), line.substring(comment), indent);
        }
        int assignment = code(line).indexOf(" = ");
        if (assignment >= 0 && isLongChain(line)) {
            return afterAssignment(line, assignment, indent);
        }
        if (line.length() <= COLUMNS) {
            return List.of(line);
        }
        if (assignment >= 0) {
            List<String> broken = afterAssignment(line, assignment, indent);
            if (broken.get(1).length() <= COLUMNS) {
                return broken;
            }
        }
        return brokenArguments(line, indent);
    }

    /**
     * Statement with its comment, which stays behind the last line if it is short, and goes above otherwise. What is
     * said of the statement alone is marked there, lest it be read as a part of the comments above it.
     */
    private static List<String> withComment(List<String> statement, String comment, String indent) {
        List<String> lines = new ArrayList<>(statement);
        int last = lines.size() - 1;
        boolean isShort = comment.length() <= LONGEST_REMARK.length();
        if (last > 0 && isShort && lines.get(last).length() + comment.length() <= COLUMNS) {
            lines.set(last, lines.get(last) + comment);
        } else {
            String text = comment.substring(" //".length()).stripLeading();
            lines.addAll(0, comment(indent, isShort ? Identifiers.capitalized(text) + ":" : text));
        }
        return lines;
    }

    private static List<String> comment(String indent, String text) {
        return fill(indent + "// ", "", text.stripLeading());
    }

    private static List<String> afterAssignment(String line, int assignment, String indent) {
        int end = assignment + " =".length();
        return List.of(line.substring(0, end), indent + CONTINUATION + line.substring(end + 1));
    }

    private static boolean isLongChain(String text) {
        String line = code(text);
        int assignment = line.indexOf(" = ");
        if (assignment < 0) {
            return false;
        }
        int calls = 0;
        int depth = 0;
        int last = 0;
        for (int i = assignment; i < line.length(); i++) {
            char c = line.charAt(i);
            last = c == '.' && depth == 0 ? i : last;
            if (c == '(' && depth++ == 0 && Character.isJavaIdentifierPart(line.charAt(i - 1))) {
                calls++;
            } else if (c == ')' && --depth == 0 && calls < LONG_CHAIN && !line.startsWith(".", i + 1)) {
                calls = 0;
            }
        }
        return calls >= LONG_CHAIN && last > LAST_CALL;
    }

    /** {@code head(}, the arguments, on one line if they fit, else one a line, and the tail behind the last. */
    private static List<String> brokenArguments(String line, String indent) {
        int close = code(line).lastIndexOf(')');
        int open = close < 0 ? -1 : matching(code(line), close);
        if (open < 0 || open + 1 == close) {
            return List.of(line);
        }
        String deeper = indent + CONTINUATION;
        int method = code(line).lastIndexOf('.', open);
        if (open >= COLUMNS && method > 0 && !line.substring(0, method).isBlank()) {
            List<String> lines = new ArrayList<>(List.of(line.substring(0, method)));
            String call = deeper + line.substring(method);
            if (call.length() <= COLUMNS) {
                lines.add(call);
                return lines;
            }
            int last = call.lastIndexOf(')');
            int first = matching(code(call), last);
            String together = deeper + CONTINUATION + call.substring(first + 1);
            if (together.length() <= COLUMNS) {
                lines.addAll(List.of(call.substring(0, first + 1), together));
                return lines;
            }
            List<String> nested = nestedCall(call, first, last, deeper);
            lines.addAll(nested.isEmpty() ? brokenArguments(call, indent) : nested);
            return lines;
        }
        String tail = line.substring(close);
        List<String> lines = new ArrayList<>();
        lines.add(line.substring(0, open + 1));
        String together = deeper + line.substring(open + 1);
        if (together.length() <= COLUMNS) {
            lines.add(together);
            return lines;
        }
        if (line.startsWith(LAMBDA, open + 1) && line.charAt(close - 1) == ')') {
            int body = open + 1 + LAMBDA.length();
            String whole = deeper + line.substring(body);
            if (whole.length() <= COLUMNS) {
                lines.set(0, line.substring(0, body - 1));
                lines.add(whole);
                return lines;
            }
            int inner = matching(code(line), close - 1);
            return arguments(
                    line.substring(0, inner + 1),
                    line.substring(inner + 1, close - 1),
                    line.substring(close - 1),
                    deeper);
        }
        List<String> nested = nestedCall(line, open, close, deeper);
        return nested.isEmpty()
                ? arguments(line.substring(0, open + 1), line.substring(open + 1, close), tail, deeper)
                : nested;
    }

    /** A call whose only argument is a call itself, of which the arguments are broken; nothing for other calls. */
    private static List<String> nestedCall(String line, int open, int close, String deeper) {
        int nested = line.charAt(close - 1) == ')' ? matching(code(line), close - 1) : -1;
        boolean alone = nested > open
                && nested < COLUMNS
                && line.substring(open + 1, nested).matches("[\\w.]+");
        return !alone
                ? List.of()
                : arguments(
                        line.substring(0, nested + 1),
                        line.substring(nested + 1, close - 1),
                        line.substring(close - 1),
                        deeper);
    }

    /** The head of a call, its arguments, one a line, and the tail behind the last. */
    private static List<String> arguments(String head, String text, String tail, String deeper) {
        List<String> lines = new ArrayList<>(List.of(head));
        List<String> arguments = arguments(text);
        if (arguments.stream().allMatch(argument -> argument.length() < SHORT)) {
            lines.addAll(fill(deeper, "", text + tail));
            return lines;
        }
        for (int i = 0; i < arguments.size(); i++) {
            String end = i == arguments.size() - 1 ? tail : ",";
            String argument = deeper + arguments.get(i) + end;
            if (argument.length() > COLUMNS && arguments.get(i).endsWith(")")) {
                List<String> nested = brokenArguments(deeper + arguments.get(i), deeper);
                lines.addAll(nested.subList(0, nested.size() - 1));
                lines.add(nested.get(nested.size() - 1) + end);
            } else if (argument.length() > COLUMNS && arguments.get(i).endsWith("\"")) {
                lines.addAll(brokenLiteral(argument, deeper));
            } else {
                lines.add(argument);
            }
        }
        return lines;
    }

    // Example:
    //
    // "layers.next.next"
    //         + ".next.gated",
    //
    private static List<String> brokenLiteral(String line, String indent) {
        List<String> lines = new ArrayList<>();
        String start = indent + "\"";
        String rest = line;
        int dot = rest.lastIndexOf('.', COLUMNS - 2);
        while (rest.length() > COLUMNS && dot > start.length()) {
            lines.add(rest.substring(0, dot) + '"');
            start = indent + CONTINUATION + "+ \"";
            rest = start + rest.substring(dot);
            dot = rest.lastIndexOf('.', COLUMNS - 2);
        }
        lines.add(rest);
        return lines;
    }

    private static int matching(String line, int close) {
        int depth = 0;
        for (int i = close; i >= 0; i--) {
            char c = line.charAt(i);
            depth += c == ')' ? 1 : c == '(' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private static List<String> arguments(String text) {
        String code = code(text);
        List<String> arguments = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            depth += c == '(' || isOpenOfType(code, i) ? 1 : c == ')' || isCloseOfType(code, i) ? -1 : 0;
            if (c == ',' && depth == 0) {
                arguments.add(text.substring(from, i).strip());
                from = i + 1;
            }
        }
        arguments.add(text.substring(from).strip());
        return arguments;
    }

    /** Tells {@code Function<} from a comparison, which has spaces around it. */
    private static boolean isOpenOfType(String code, int at) {
        return code.charAt(at) == '<' && at > 0 && Character.isJavaIdentifierPart(code.charAt(at - 1));
    }

    private static boolean isCloseOfType(String code, int at) {
        return code.charAt(at) == '>' && at > 0 && Character.isJavaIdentifierPart(code.charAt(at - 1));
    }

    /**
     * The line with letters in place of what literals and its comment say, so that each sign in it is one of Java's.
     */
    static String code(String line) {
        StringBuilder code = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (!quoted && line.startsWith("//", i)) {
                code.append("//");
                break;
            } else if (quoted && c == '\\') {
                code.append("xx");
                i++;
            } else {
                quoted ^= c == '"';
                code.append(quoted && c != '"' ? 'x' : c);
            }
        }
        return code.append("x".repeat(line.length() - code.length())).toString();
    }

    /**
     * Words as lines that start with a prefix and end before column 121, unless a word is longer than that.
     *
     * @param further what the second line and those after it have behind the prefix
     */
    static List<String> fill(String prefix, String further, String text) {
        List<String> lines = new ArrayList<>();
        String start = prefix;
        int from = 0;
        while (start.length() + text.length() - from > COLUMNS) {
            int space = text.lastIndexOf(' ', from + COLUMNS - start.length());
            if (space <= from) {
                space = text.indexOf(' ', from);
            }
            if (space <= from) {
                break;
            }
            lines.add((start + text.substring(from, space)).stripTrailing());
            from = space;
            while (from < text.length() && Character.isWhitespace(text.charAt(from))) {
                from++;
            }
            start = prefix + further;
        }
        lines.add((start + text.substring(from)).stripTrailing());
        return lines;
    }
}
