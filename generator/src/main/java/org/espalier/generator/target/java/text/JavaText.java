package org.espalier.generator.target.java.text;

import com.palantir.javapoet.CodeBlock;
import java.util.Locale;
import java.util.stream.Collectors;
import org.espalier.generator.source.Printable;

/**
 * The door for text that goes into Java: what a specification says, and what its file is called. There is one method
 * for each place that a text can go to. Whatever goes in, it stays in that place: nothing ends the comment or the
 * literal it is in, nothing is a Unicode escape (JLS 3.3) where it was none, and nothing shows other than it is
 * compiled.
 */
public final class JavaText {
    private JavaText() {}

    /** A line of its own in a method: {@code // hidden = Linear(784, 256) (digits.net:6)}. */
    public static CodeBlock comment(String text) {
        return CodeBlock.of("$L\n", "// " + inComment(text));
    }

    /**
     * Java text that was composed of parts: the class of a square root is the JDK's, whatever else is called like it,
     * and products have no factors of 1.
     */
    public static CodeBlock composed(String text) {
        String[] parts = withoutUnitFactors(text).split("(?<![.\\w\"])Math\\.", -1);
        CodeBlock.Builder code = CodeBlock.builder().add("$L", parts[0]);
        for (int i = 1; i < parts.length; i++) {
            code.add("$T.$L", Math.class, parts[i]);
        }
        return code.build();
    }

    /** {@code channels} of {@code channels * 1 * 1}, the elements of a window that is a single one. */
    private static String withoutUnitFactors(String text) {
        return text.replaceAll(" \\* 1(?![\\w.])", "").replaceAll("(?<![\\w.\"])1 \\* ", "");
    }

    /** Escapes a text that follows {@code //} on a line. */
    public static String inComment(String text) {
        return withoutEscapes(Printable.line(text));
    }

    /**
     * A string literal: {@code "conv.weight"}. Its value is the text, but for halves of pairs of surrogates, which are
     * no text: behind the escape of one, javac 17 counts backslashes wrong.
     */
    public static String literal(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(character -> quoted.append(inLiteral(character)));
        return quoted.append('"').toString();
    }

    private static String inLiteral(int character) {
        String text = Character.toString(character);
        String shown = Printable.line(text);
        boolean half = character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
        return switch (character) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> shown.equals(text) || half ? shown : escaped(text);
        };
    }

    private static String escaped(String character) {
        return character
                .chars()
                .mapToObj(unit -> String.format(Locale.ROOT, "\\u%04x", unit))
                .collect(Collectors.joining());
    }

    /** Words in a Javadoc comment. */
    static String inJavadoc(String text) {
        return Printable.line(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("@", "&#64;")
                .replace("*/", "*&#47;")
                .replace("\\u", "&#92;u");
    }

    /** Code in a Javadoc comment: in an inline tag if that can hold it, else between HTML's. */
    static String codeInJavadoc(String text) {
        boolean plain = Printable.line(text).equals(text)
                && !text.contains("@")
                && !text.contains("*/")
                && !text.contains("\\u")
                && hasBalancedBraces(text);
        return plain ? "{@code " + text + "}" : "<code>" + inJavadoc(text) + "</code>";
    }

    private static boolean hasBalancedBraces(String text) {
        int depth = 0;
        for (int i = 0; i < text.length() && depth >= 0; i++) {
            depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
        }
        return depth == 0;
    }

    /**
     * A backslash begins an escape if an even number of others stands directly before it; so there are made to be odd.
     */
    private static String withoutEscapes(String text) {
        StringBuilder plain = new StringBuilder();
        int backslashes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 'u' && backslashes % 2 == 1) {
                plain.append('\\');
            }
            backslashes = c == '\\' ? backslashes + 1 : 0;
            plain.append(c);
        }
        return plain.toString();
    }
}
