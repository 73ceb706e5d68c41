package org.espalier.generator.elaborate.clauses;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.syntax.Statement.Role;
import org.espalier.generator.syntax.Statement.Selector;

/** Finds the layers and parameters that selectors and role words mean, and the more specific of two selectors. */
public final class Selection {
    /**
     * Order of selectors by specificity: by the number of segments without asterisks, then of those with asterisks and
     * letters, then of single asterisks.
     */
    static final Comparator<Selector> SPECIFICITY = Comparator.comparingLong(Selection::literal)
            .thenComparingLong(Selection::partlyLiteral)
            .thenComparingLong(Selection::single);

    private Selection() {}

    private static long literal(Selector selector) {
        return selector.segments().stream()
                .filter(segment -> !segment.contains("*"))
                .count();
    }

    private static long partlyLiteral(Selector selector) {
        return selector.segments().stream()
                .filter(segment ->
                        segment.contains("*") && !segment.replace("*", "").isEmpty())
                .count();
    }

    private static long single(Selector selector) {
        return selector.segments().stream()
                .filter(segment -> segment.equals("*"))
                .count();
    }

    /**
     * Tells whether a selector means a layer: {@code *} stands for any letters within a segment, {@code **} for any
     * number of segments, also none. The name of a list means the layers in it that have places alone, {@code features}
     * and {@code features*} the layer {@code features.0}.
     */
    public static boolean matches(Selector selector, String path) {
        List<String> segments = Arrays.asList(path.split("\\.", -1));
        boolean[] reached = new boolean[segments.size() + 1];
        reached[0] = true;
        for (String pattern : selector.segments()) {
            boolean[] next = new boolean[segments.size() + 1];
            for (int i = 0; i <= segments.size(); i++) {
                if (pattern.equals("**")) {
                    next[i] = reached[i] || (i > 0 && next[i - 1]);
                } else if (i > 0 && reached[i - 1]) {
                    next[i] = matches(pattern, segments.get(i - 1));
                }
            }
            reached = next;
        }
        int named = segments.size();
        while (named > 1 && isPlace(segments.get(named - 1))) {
            named--;
        }
        return reached[named] || reached[segments.size()];
    }

    private static boolean isPlace(String segment) {
        return segment.chars().allMatch(letter -> letter >= '0' && letter <= '9');
    }

    private static boolean matches(String pattern, String segment) {
        String letters = pattern.replace("*", "");
        boolean before = pattern.startsWith("*");
        boolean after = pattern.length() > 1 && pattern.endsWith("*");
        if (before) {
            return after ? segment.contains(letters) : segment.endsWith(letters);
        }
        return after ? segment.startsWith(letters) : segment.equals(letters);
    }

    /** Tells whether one of the role words means this kind of parameter. */
    public static boolean covers(List<Role> roles, ParameterDecl.Role parameter) {
        return roles.stream().anyMatch(role -> covers(role.kind(), parameter));
    }

    private static boolean covers(Role.Kind kind, ParameterDecl.Role parameter) {
        return switch (kind) {
            case WEIGHTS -> parameter == ParameterDecl.Role.WEIGHT;
            case BIASES -> parameter == ParameterDecl.Role.BIAS;
            case NORM_WEIGHTS -> parameter == ParameterDecl.Role.NORM_WEIGHT;
            case NORM_BIASES -> parameter == ParameterDecl.Role.NORM_BIAS;
            case NORMS -> parameter == ParameterDecl.Role.NORM_WEIGHT || parameter == ParameterDecl.Role.NORM_BIAS;
        };
    }
}
