package org.espalier.generator.target.java.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Bounds the length of methods: HotSpot leaves those of 8,000 bytecodes and more to the interpreter. */
public final class Bytecodes {
    /** As many as one method has at most. */
    public static final int OF_A_METHOD = 7_500;

    /** String literals, then words, then numbers, then what calls, indexes, separates and computes. */
    private static final Pattern TOKEN = Pattern.compile("\"(?:\\\\.|[^\"])*\"|[\\w$]+|[(\\[,]| [-+*/] ");

    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*//.*$| // .*$");

    /** The most that any token brings about: an argument of many is duplicated, numbered, loaded and stored. */
    private static final int OF_A_TOKEN = 5;

    /** Numbers are loaded from the pool of constants. */
    private static final int OF_A_NUMBER = 3;

    private Bytecodes() {}

    /** Returns an upper bound of the bytecodes that statements are compiled to. */
    public static int atMost(String statements) {
        return TOKEN.matcher(COMMENT.matcher(statements).replaceAll(""))
                .results()
                .map(MatchResult::group)
                .mapToInt(token -> Character.isDigit(token.charAt(0)) ? OF_A_NUMBER : OF_A_TOKEN)
                .sum();
    }

    /** Cuts a list into as few runs as fit into a method each. */
    public static <T> List<List<T>> pieces(List<T> all, ToIntFunction<T> size) {
        List<List<T>> pieces = new ArrayList<>();
        int from = 0;
        int sum = 0;
        for (int to = 0; to < all.size(); to++) {
            int next = size.applyAsInt(all.get(to));
            if (sum + next > OF_A_METHOD && to > from) {
                pieces.add(all.subList(from, to));
                from = to;
                sum = 0;
            }
            sum += next;
        }
        if (from < all.size()) {
            pieces.add(all.subList(from, all.size()));
        }
        return pieces;
    }
}
