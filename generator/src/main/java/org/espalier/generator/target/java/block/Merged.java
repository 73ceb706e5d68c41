package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A line of a class, as each object of the class has it, or does not.
 *
 * @param lines by the places of instances in their list
 */
public record Merged(List<Optional<Line>> lines) {
    /** Copies the list. */
    public Merged {
        lines = List.copyOf(lines);
    }

    /** The instances that have it. */
    public BitSet owners() {
        BitSet owners = new BitSet();
        for (int i = 0; i < lines.size(); i++) {
            owners.set(i, lines.get(i).isPresent());
        }
        return owners;
    }

    /** The line as the first instance that has it writes it. */
    public Line first() {
        return lines.stream().flatMap(Optional::stream).findFirst().orElseThrow();
    }

    /** Something of the line, for each instance that has it. */
    public <T> List<Optional<T>> each(Function<Line, T> part) {
        return lines.stream().map(line -> line.map(part)).toList();
    }

    /** Merges the fields of several instances by their names: each behind the one before it in its instance. */
    public static List<Merged> byLayer(List<List<Line>> instances) {
        List<String> order = new ArrayList<>();
        Map<String, List<Optional<Line>>> merged = new HashMap<>();
        for (int i = 0; i < instances.size(); i++) {
            int place = 0;
            for (Line line : instances.get(i)) {
                List<Optional<Line>> each = merged.get(line.layer());
                if (each == null) {
                    each = new ArrayList<>(Collections.nCopies(instances.size(), Optional.empty()));
                    merged.put(line.layer(), each);
                    order.add(place++, line.layer());
                } else {
                    place = order.indexOf(line.layer()) + 1;
                }
                each.set(i, Optional.of(line));
            }
        }
        return order.stream()
                .map(name -> new Merged(merged.getOrDefault(name, List.of())))
                .toList();
    }

    /**
     * Merges the lines of several instances into one list that has the list of each as a part, in order. Lines of one
     * pattern become one where that can be, in as few lines as there can be for each list and the ones before it.
     */
    public static List<Merged> of(List<List<Line>> instances) {
        List<List<Optional<Line>>> merged = new ArrayList<>();
        for (int i = 0; i < instances.size(); i++) {
            merged = with(merged, instances.get(i), i);
        }
        return merged.stream()
                .map(lines -> {
                    List<Optional<Line>> all = new ArrayList<>(lines);
                    while (all.size() < instances.size()) {
                        all.add(Optional.empty());
                    }
                    return new Merged(all);
                })
                .toList();
    }

    private static List<List<Optional<Line>>> with(List<List<Optional<Line>>> before, List<Line> lines, int place) {
        List<String> known = before.stream().map(Merged::pattern).toList();
        List<String> added = lines.stream().map(line -> line.code().pattern()).toList();
        int[][] common = commonLengths(known, added);
        List<List<Optional<Line>>> merged = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < known.size() || j < added.size()) {
            boolean same = i < known.size() && j < added.size() && known.get(i).equals(added.get(j));
            boolean skip = j == added.size() || (!same && i < known.size() && common[i + 1][j] >= common[i][j + 1]);
            List<Optional<Line>> line = new ArrayList<>();
            if (same || skip) {
                line.addAll(before.get(i++));
            }
            while (line.size() < place) {
                line.add(Optional.empty());
            }
            line.add(same || !skip ? Optional.of(lines.get(j++)) : Optional.empty());
            merged.add(line);
        }
        return merged;
    }

    private static String pattern(List<Optional<Line>> lines) {
        return lines.stream()
                .flatMap(Optional::stream)
                .findFirst()
                .map(line -> line.code().pattern())
                .orElse("");
    }

    /** Counts the elements that the rests of two lists have in common, in order, from each pair of places on. */
    private static int[][] commonLengths(List<String> a, List<String> b) {
        int[][] common = new int[a.size() + 1][b.size() + 1];
        for (int i = a.size() - 1; i >= 0; i--) {
            for (int j = b.size() - 1; j >= 0; j--) {
                common[i][j] = a.get(i).equals(b.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
