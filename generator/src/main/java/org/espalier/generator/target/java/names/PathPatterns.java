package org.espalier.generator.target.java.names;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds few patterns for some of the paths of parameters: {@code head.**} and {@code levels.*.hidden.weight} in place
 * of every name. In them {@code *} stands for anything within a name and {@code **} for anything, as at run time.
 */
public final class PathPatterns {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private PathPatterns() {}

    /**
     * The patterns, in the order of the first path that each matches.
     *
     * @param wanted which paths they match together
     * @param others which none of them may match
     */
    public static List<String> of(Collection<String> wanted, Collection<String> others) {
        Set<String> left = new LinkedHashSet<>(wanted);
        List<String> patterns = new ArrayList<>();
        while (!left.isEmpty()) {
            String first = left.iterator().next();
            String best = candidates(first).stream()
                    .filter(candidate ->
                            others.stream().noneMatch(regex(candidate).asMatchPredicate()))
                    .max(Comparator.comparingLong(candidate -> matches(candidate, left)))
                    .orElse(first);
            left.removeIf(regex(best).asMatchPredicate());
            patterns.add(best);
        }
        return patterns;
    }

    /** The path itself, then wider patterns; of several that match as many, the first is taken. */
    private static List<String> candidates(String path) {
        List<String> candidates = new ArrayList<>(List.of(path));
        String leaf = path.substring(path.lastIndexOf('.') + 1);
        for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
            candidates.add(path.substring(0, dot) + ".**");
            candidates.add(path.substring(0, dot) + ".**." + leaf);
        }
        candidates.add("**");
        candidates.add("**." + leaf);
        List<String> counted = candidates.stream()
                .map(candidate -> NUMBER.matcher(candidate).replaceAll("*"))
                .toList();
        return Stream.concat(candidates.stream(), counted.stream()).toList();
    }

    private static long matches(String pattern, Collection<String> paths) {
        return paths.stream().filter(regex(pattern).asMatchPredicate()).count();
    }

    private static Pattern regex(String pattern) {
        StringBuilder text = new StringBuilder();
        for (String part : pattern.split("(?<=\\*)(?!\\*)|(?<!\\*)(?=\\*)", -1)) {
            text.append(part.equals("**") ? ".*" : part.equals("*") ? "[^.]*" : Pattern.quote(part));
        }
        return Pattern.compile(text.toString());
    }
}
