package org.espalier.generator.report.diagram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Neighbours, ranks and the longest path of a diagram, for its layouts. */
final class DiagramGraph {
    private final int size;
    private final List<List<Integer>> before = new ArrayList<>();
    private final List<List<Integer>> after = new ArrayList<>();
    private final int[] ranks;

    DiagramGraph(Diagram diagram) {
        this.size = diagram.boxes().size();
        for (int i = 0; i < size; i++) {
            before.add(new ArrayList<>());
            after.add(new ArrayList<>());
        }
        for (Diagram.Arrow arrow : diagram.arrows()) {
            before.get(arrow.to()).add(arrow.from());
            after.get(arrow.from()).add(arrow.to());
        }
        this.ranks = new int[size];
        for (int i = 0; i < size; i++) {
            for (int from : before.get(i)) {
                ranks[i] = Math.max(ranks[i], ranks[from] + 1);
            }
        }
        // What reads nothing, such as a second input, stands just before its first reader.
        for (int i = size - 1; i >= 0; i--) {
            if (before.get(i).isEmpty() && !after.get(i).isEmpty()) {
                ranks[i] = after.get(i).stream().mapToInt(to -> ranks[to]).min().getAsInt() - 1;
            }
        }
    }

    int size() {
        return size;
    }

    /** Boxes on the longest path from a source to a box: of sources that read nothing, as late as possible. */
    int rank(int box) {
        return ranks[box];
    }

    List<Integer> before(int box) {
        return before.get(box);
    }

    List<Integer> after(int box) {
        return after.get(box);
    }

    /** The longest path through boxes that are not taken; empty if all are. */
    List<Integer> longestPath(boolean[] taken) {
        int[] length = new int[size];
        int[] last = new int[size];
        Arrays.fill(last, -1);
        int end = -1;
        for (int i = 0; i < size; i++) {
            if (taken[i]) {
                continue;
            }
            length[i] = 1;
            for (int from : before.get(i)) {
                if (!taken[from] && length[from] + 1 > length[i]) {
                    length[i] = length[from] + 1;
                    last[i] = from;
                }
            }
            if (end < 0 || length[i] > length[end]) {
                end = i;
            }
        }
        List<Integer> path = new ArrayList<>();
        for (int i = end; i >= 0; i = last[i]) {
            path.add(i);
        }
        Collections.reverse(path);
        return path;
    }
}
