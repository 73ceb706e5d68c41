package org.espalier.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Damages texts as hands do: characters and words deleted, doubled, swapped, put in, and numbers that are far off. */
final class Mutations {
    private static final Pattern WORD = Pattern.compile("\\w+|\\s+|.", Pattern.DOTALL);
    private static final String[] STRAY = {
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        "=",
        "*",
        "**",
        "->",
        ":",
        "?",
        "\"",
        "'",
        "//",
        "/*",
        "*/",
        "/**",
        "\n",
        "\t",
        "\r",
        "\0",
        "\uFEFF",
        "𝄞",
        "\uD834",
        "層",
        "#",
        "network",
        "block",
        "input x",
        "return",
        "if",
        "else",
        "none",
        "batch",
        "repeat",
        "skip",
        "by",
        "of",
        "l1(-1)",
        "x",
        "-1",
        "0",
        "1e999",
        "import",
        "precision float64"
    };
    private static final String[] NUMBERS = {
        "0", "-1", "1", "2.5", "1e-400", "1e400", "2147483647", "2147483648", "9223372036854775808", "1000000", "none"
    };

    private final Random random;

    Mutations(long seed) {
        this.random = new Random(seed);
    }

    /** The text with one to four damages. */
    String damaged(String text) {
        String damaged = text;
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            damaged = random.nextInt(3) == 0 ? characterDamaged(damaged) : wordDamaged(damaged);
        }
        return damaged;
    }

    private String characterDamaged(String text) {
        if (text.isEmpty()) {
            return pick(STRAY);
        }
        StringBuilder damaged = new StringBuilder(text);
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
            case 0 -> damaged.deleteCharAt(at);
            case 1 -> damaged.insert(at, text.charAt(at));
            case 2 -> damaged.insert(at, text.charAt(random.nextInt(text.length())));
            default -> damaged.delete(at, Math.min(text.length(), at + random.nextInt(40)));
        }
        return damaged.toString();
    }

    private String wordDamaged(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        if (words.isEmpty()) {
            return pick(STRAY);
        }
        int at = random.nextInt(words.size());
        int other = random.nextInt(words.size());
        switch (random.nextInt(6)) {
            case 0 -> words.remove(at);
            case 1 -> words.add(at, words.get(at));
            case 2 -> words.add(at, words.get(other));
            case 3 -> words.add(at, pick(STRAY));
            case 4 -> {
                String swapped = words.set(at, words.get(other));
                words.set(other, swapped);
            }
            default -> setNumber(words, at);
        }
        return String.join("", words);
    }

    /** Puts another number in place of the next one. */
    private void setNumber(List<String> words, int from) {
        for (int i = from; i < words.size(); i++) {
            if (Character.isDigit(words.get(i).charAt(0))) {
                words.set(i, pick(NUMBERS));
                return;
            }
        }
    }

    private String pick(String[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
