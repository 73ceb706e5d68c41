package org.espalier.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts that mean something to javac, to doclint, to JavaPoet, to an editor or to a terminal. */
public final class HostileTexts {
    private static final String STATEMENT = " Runtime.getRuntime().halt(42); ";

    private static final List<String> PIECES = List.of(
            "\\u000a",
            "\\\\u000a",
            "\\\\\\u000d",
            "\\uuu000a",
            "\\u002a\\u002f",
            "\\u0022",
            "\\u",
            "\\users",
            "\\",
            "\\\\",
            "\n",
            "\r",
            "\r\n",
            "\u000B",
            "\f",
            "\u0085",
            "\u2028",
            "\u2029",
            "\0",
            "\u001A",
            "\u001B[2J",
            "\u0007",
            "\b",
            "\t",
            "\u009B",
            "\u202E",
            "\u2066",
            "\u200F",
            "\u200B",
            "\uFEFF",
            "\uFFFE",
            "\uD834",
            "\uDD1E",
            "𝄞",
            "👩\u200D🔬",
            "日本",
            "*/",
            "/*",
            "/**",
            "*",
            "/",
            "//",
            " // ",
            "https://example.org/*",
            "@param x",
            "@Override",
            "{@link Nothing}",
            "{@code",
            "{",
            "}",
            "<script>",
            "</pre>",
            "&",
            "&#10;",
            "\"",
            "'",
            "\" + ",
            "\");",
            "(",
            ")",
            ", ",
            " = ",
            "$L",
            "$$T",
            "$[",
            "$",
            "%s",
            "é",
            "x".repeat(300),
            "word ".repeat(60),
            STATEMENT,
            "static { }",
            "}}}");

    private HostileTexts() {}

    /** Each of them before a statement, and random ones together. */
    public static List<String> all(int random) {
        List<String> texts = new ArrayList<>();
        PIECES.forEach(piece -> texts.add("a" + piece + STATEMENT + "//" + piece));
        for (int seed = 0; seed < random; seed++) {
            texts.add(random(new Random(seed)));
        }
        return texts;
    }

    /** Texts that have as many of them each, before statements, and together all. */
    public static List<String> together(int each) {
        List<String> alone = all(0);
        List<String> texts = new ArrayList<>();
        for (int from = 0; from < alone.size(); from += each) {
            texts.add(String.join(" ", alone.subList(from, Math.min(alone.size(), from + each))));
        }
        return texts;
    }

    private static String random(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }
}
