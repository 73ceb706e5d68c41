package org.espalier.generator.ir.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;

/** One line of a printed graph or program, read from left to right. */
final class IrLine {
    private static final String COMMENT = " # ";
    private static final Pattern CITE =
            Pattern.compile("(?:([^\\s\"]\\S*) )?(?:([^\\s\"]\\S*) )?(\"(?:[^\"\\\\]|\\\\.)*\"|\\S+):(\\d{1,7})");
    private static final Pattern VALUE = Pattern.compile("%((?:d )?[^\\s,;:()\\[\\]=%]+(?: \\([^)]*\\))?)");
    private static final Pattern WORD = Pattern.compile("[\\p{Alnum}_.]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern NUMBER = Pattern.compile("[^\\s,;:()\\[\\]]+");
    private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final Lines lines;
    private final int number;
    private final String text;
    private final String comment;
    private final boolean part;
    private int position;

    private IrLine(Lines lines, int number, String line) {
        this.lines = lines;
        this.number = number;
        int start = line.startsWith("  documentation") ? -1 : line.lastIndexOf(COMMENT);
        this.text = (start < 0 ? line : line.substring(0, start)).strip();
        this.part = line.startsWith("    ");
        this.comment = start < 0 ? "" : line.substring(start + COMMENT.length());
    }

    /** Citation behind the number sign. */
    record Cite(Optional<String> word, Optional<String> layer, SourceSpan span) {}

    /** The lines of a text, and files with as many lines as it cites. */
    static final class Lines {
        private final List<String> lines;
        private final Map<String, SourceFile> files = new HashMap<>();
        private int read;

        Lines(String text) {
            lines = text.lines().toList();
            Map<String, Integer> longest = new HashMap<>();
            for (int i = 0; i < lines.size(); i++) {
                Matcher cite = CITE.matcher(new IrLine(this, i + 1, lines.get(i)).comment);
                if (cite.matches()) {
                    longest.merge(fileName(cite.group(3)), Integer.parseInt(cite.group(4)), Math::max);
                }
            }
            longest.forEach((name, count) -> files.put(name, new SourceFile(name, "\n".repeat(count))));
        }

        private static String fileName(String cited) {
            return cited.startsWith("\"") ? unquoted(cited.substring(1, cited.length() - 1)) : cited;
        }

        /** The next line; an empty one at the end. */
        IrLine next() {
            read++;
            return new IrLine(this, read, read <= lines.size() ? lines.get(read - 1) : "");
        }

        /** The lines from the next one on that are indented. */
        List<IrLine> indented() {
            List<IrLine> found = new ArrayList<>();
            while (read < lines.size() && lines.get(read).startsWith("  ")) {
                found.add(next());
            }
            return found;
        }
    }

    private static String unquoted(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                c = switch (text.charAt(i)) {
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    default -> text.charAt(i);
                };
            }
            plain.append(c);
        }
        return plain.toString();
    }

    /** A text as a printed program has it, in quotation marks. */
    static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + '"';
    }

    /** A name as it is if it is one word, else in quotation marks. */
    static String name(String name) {
        return name.matches("\\w+") ? name : quoted(name);
    }

    /** A citation, with the file's name in quotation marks if it has spaces. */
    static String citation(SourceSpan span) {
        String file = span.file().fileName();
        boolean plain = file.chars().noneMatch(c -> Character.isWhitespace(c) || c == '"');
        return (plain ? file : quoted(file)) + ":" + span.line();
    }

    IllegalArgumentException unexpected(String wanted) {
        return new IllegalArgumentException("line " + number + ": expected " + wanted + ", but found '"
                + text.substring(Math.min(position, text.length())) + "' in '" + text + "'");
    }

    /** Tells whether it is indented under an operation, as one of its parts. */
    boolean isPart() {
        return part;
    }

    private void skipSpaces() {
        while (position < text.length() && text.charAt(position) == ' ') {
            position++;
        }
    }

    /** Tells whether a token comes next. */
    boolean isAt(String token) {
        skipSpaces();
        return text.startsWith(token, position);
    }

    boolean isAtQuote() {
        return isAt("\"");
    }

    boolean isAtDigit() {
        skipSpaces();
        return position < text.length() && Character.isDigit(text.charAt(position));
    }

    /** Reads a token if it comes next. */
    boolean take(String token) {
        boolean found = isAt(token);
        position += found ? token.length() : 0;
        return found;
    }

    void expect(String token) {
        if (!take(token)) {
            throw unexpected("'" + token + "'");
        }
    }

    private Matcher match(Pattern pattern, String wanted) {
        skipSpaces();
        Matcher matcher = pattern.matcher(text).region(position, text.length());
        if (!matcher.lookingAt()) {
            throw unexpected(wanted);
        }
        position = matcher.end();
        return matcher;
    }

    String word() {
        return match(WORD, "a word").group();
    }

    String valueName() {
        return match(VALUE, "a value").group(1);
    }

    /** Tells whether a text in quotation marks comes next. */
    boolean isQuoted() {
        return isAt("\"");
    }

    String quoted() {
        return unquoted(match(QUOTED, "a text in quotation marks").group(1));
    }

    double number() {
        int start = position;
        String found = match(NUMBER, "a number").group();
        try {
            return Double.parseDouble(found);
        } catch (NumberFormatException e) {
            position = start;
            throw unexpected("a number");
        }
    }

    long integer() {
        int start = position;
        String found = match(NUMBER, "a whole number").group();
        try {
            return Long.parseLong(found);
        } catch (NumberFormatException e) {
            position = start;
            throw unexpected("a whole number");
        }
    }

    <E extends Enum<E>> E constant(Class<E> type) {
        int start = position;
        Optional<E> constant = IrWords.constant(type, word());
        if (constant.isEmpty()) {
            position = start;
            throw unexpected("one of " + List.of(type.getEnumConstants()));
        }
        return constant.get();
    }

    /** The {@code int} before a shape, or nothing. */
    ElementType element() {
        return take(ElementType.INT.word()) ? ElementType.INT : ElementType.FLOAT;
    }

    /** {@code [batch, 3, 64, 64]}. */
    Shape shape() {
        expect("[");
        boolean batched = take("batch");
        List<Integer> sizes = new ArrayList<>();
        boolean more = batched ? take(",") : !isAt("]");
        while (more) {
            sizes.add((int) integer());
            more = take(",");
        }
        expect("]");
        return new Shape(batched, sizes);
    }

    /** Things with commas between them. */
    <T> List<T> list(Supplier<T> element) {
        List<T> elements = new ArrayList<>();
        do {
            elements.add(element.get());
        } while (take(","));
        return elements;
    }

    /** {@code eps=1.0E-5, momentum=0.1}; a pair, {@code (1, 2)}, becomes {@code 1 2}. */
    Map<String, String> attributes() {
        Map<String, String> attributes = new LinkedHashMap<>();
        list(() -> {
            String name = word();
            expect("=");
            attributes.put(name, attribute());
            return name;
        });
        return attributes;
    }

    /** One of the attributes, which must be there. */
    String required(Map<String, String> attributes, String name) {
        String value = attributes.get(name);
        if (value == null) {
            throw unexpected("the attribute " + name);
        }
        return value;
    }

    private String attribute() {
        if (isAtQuote()) {
            return quoted();
        }
        return take("(") ? numbers() : match(NUMBER, "a value").group();
    }

    private String numbers() {
        StringBuilder numbers = new StringBuilder().append(integer());
        while (take(",")) {
            numbers.append(' ').append(integer());
        }
        expect(")");
        return numbers.toString();
    }

    /** All that has not been read. */
    String rest() {
        String rest = text.substring(position);
        position = text.length();
        return rest;
    }

    /** Reads the citation behind the number sign: the source line that it comes from. */
    Cite cite() {
        Matcher cite = CITE.matcher(comment);
        if (!cite.matches()) {
            throw new IllegalArgumentException("line " + number + ": expected '# file:line' at the end of " + text);
        }
        SourceFile file = lines.files.get(Lines.fileName(cite.group(3)));
        int line = Integer.parseInt(cite.group(4));
        if (file == null || line < 1) {
            throw new IllegalArgumentException("line " + number + ": no line " + comment);
        }
        return new Cite(
                Optional.ofNullable(cite.group(1)), Optional.ofNullable(cite.group(2)), file.span(line - 1, line - 1));
    }
}
