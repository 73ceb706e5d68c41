package org.espalier.generator.diagnostic;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a misspelt one was meant to be. */
public final class Suggestions {
    /** Maximum number of candidates looked at: a mistake that is made ten thousand times must not take forever. */
    private static final int MOST = 1_000;

    private Suggestions() {}

    /**
     * The candidate nearest to a name: equal but for case and underscores, or else within one edit for every three
     * characters, where an edit inserts, deletes, replaces or swaps neighbours; but not another word altogether, as
     * every letter is to another. Among equals the first of the alphabet. Of very many candidates the first are looked
     * at.
     */
    public static Optional<String> closest(String name, Collection<String> candidates) {
        int allowed = Math.max(1, name.length() / 3);
        return candidates.stream()
                .filter(candidate -> !candidate.equals(name))
                .limit(MOST)
                .filter(candidate ->
                        Math.abs(candidate.length() - name.length()) <= allowed || isAlike(name, candidate))
                .filter(candidate -> distance(name, candidate) <= allowed)
                .filter(candidate -> distance(name, candidate) < name.length())
                .min(Comparator.comparingInt((String candidate) -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static int distance(String a, String b) {
        return isAlike(a, b) ? 0 : edits(a, b);
    }

    private static boolean isAlike(String a, String b) {
        return simplified(a).equals(simplified(b));
    }

    private static String simplified(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "");
    }

    /** Damerau's distance in the variant that edits no substring twice (optimal string alignment). */
    private static int edits(String a, String b) {
        int[][] distance = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int best = distance[i - 1][j - 1] + (same ? 0 : 1);
                best = Math.min(best, distance[i - 1][j] + 1);
                best = Math.min(best, distance[i][j - 1] + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, distance[i - 2][j - 2] + 1);
                }
                distance[i][j] = best;
            }
        }
        return distance[a.length()][b.length()];
    }
}
