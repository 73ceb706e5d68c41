package org.espalier.generator.report.diagram;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The open blocks of a diagram, within each other as in the {@code .net}, with the boxes that lie in them. */
final class BoxGroup {
    private final String path;
    private final List<BoxGroup> groups = new ArrayList<>();
    private final List<Integer> boxes = new ArrayList<>();

    private BoxGroup(String path) {
        this.path = path;
    }

    /** The group of what lies in no block, whose path is empty. */
    static BoxGroup of(Diagram diagram) {
        Map<String, BoxGroup> all = new HashMap<>();
        BoxGroup root = new BoxGroup("");
        all.put("", root);
        for (int i = 0; i < diagram.boxes().size(); i++) {
            all.computeIfAbsent(diagram.boxes().get(i).group(), BoxGroup::new)
                    .boxes
                    .add(i);
        }
        all.keySet().stream().filter(path -> !path.isEmpty()).sorted().forEach(path -> {
            String around = path;
            do {
                around = around.substring(0, Math.max(0, around.lastIndexOf('.')));
            } while (!all.containsKey(around));
            all.get(around).groups.add(all.get(path));
        });
        return root;
    }

    /** Path of the block; empty for what lies in none. */
    String path() {
        return path;
    }

    /** The blocks within, by their paths. */
    List<BoxGroup> groups() {
        return groups;
    }

    /** Indices of the boxes that lie in it and in none of the blocks within. */
    List<Integer> boxes() {
        return boxes;
    }

    /** Indices of all boxes that lie in it. */
    List<Integer> all() {
        List<Integer> all = new ArrayList<>(boxes);
        groups.forEach(group -> all.addAll(group.all()));
        return all;
    }
}
