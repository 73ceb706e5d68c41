package com.example.characters;

import java.util.HashMap;
import java.util.Map;

/** Counts of what follows a few characters, by which one can foretell a text without a network: Markov's chain. */
final class Counts {
    /** Added to every count, since what did not occur yet may. */
    private static final double PRIOR = 0.1;

    private final int alphabet;
    private final int known;
    private final Map<String, Integer> counts = new HashMap<>();

    /**
     * Counts in a text.
     *
     * @param alphabet how many characters there are
     * @param known by how many characters the next one is foretold; 0 for none
     */
    Counts(String text, int alphabet, int known) {
        this.alphabet = alphabet;
        this.known = known;
        for (int i = known; i < text.length(); i++) {
            counts.merge(text.substring(i - known, i), 1, Integer::sum);
            counts.merge(text.substring(i - known, i + 1), 1, Integer::sum);
        }
    }

    /** The cross entropy of a text in nats: the mean of −log p of each character. */
    double loss(String text) {
        double sum = 0;
        for (int i = known; i < text.length(); i++) {
            double before = count(text.substring(i - known, i)) + PRIOR * alphabet;
            sum -= Math.log((count(text.substring(i - known, i + 1)) + PRIOR) / before);
        }
        return sum / (text.length() - known);
    }

    private int count(String characters) {
        return counts.getOrDefault(characters, 0);
    }
}
