package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.source.SourceSpan;

/** Finds the objects of one block that a list of the {@code .net} has one after another: an array of its holder. */
final class Arrays {
    /** Fewer objects have a field each. */
    private static final int SHORTEST = 4;

    /** A list of the network, or of all instances of a block. */
    private record Key(Optional<SourceSpan> holder, String list) {}

    private Arrays() {}

    /** Puts the elements of lists into arrays: in every instance of a block or in none. */
    static void find(Instances instances, BlockOrder order) {
        Map<Key, List<List<Instance>>> lists = new LinkedHashMap<>();
        Set<Key> others = new HashSet<>();
        List<Instance> holders = new ArrayList<>(List.of(instances.network()));
        holders.addAll(instances.all());
        for (Instance holder : holders) {
            Optional<SourceSpan> block = holder.isNetwork()
                    ? Optional.empty()
                    : Optional.of(holder.block().span());
            Map<String, List<Instance>> found = new LinkedHashMap<>();
            for (Instance child : holder.children()) {
                String relative = holder.relative(child.path());
                if (isPlace(last(relative))) {
                    found.computeIfAbsent(list(relative), key -> new ArrayList<>())
                            .add(child);
                }
            }
            found.forEach((list, elements) -> {
                Key key = new Key(block, list);
                if (!follow(elements, order.units(holder))) {
                    others.add(key);
                }
                lists.computeIfAbsent(key, all -> new ArrayList<>()).add(elements);
            });
        }
        lists.forEach((key, all) -> {
            boolean same = all.stream()
                            .flatMap(List::stream)
                            .map(element -> element.block().span())
                            .distinct()
                            .count()
                    == 1;
            if (same && !others.contains(key) && all.stream().anyMatch(elements -> elements.size() >= SHORTEST)) {
                all.forEach(Instance::putIntoArray);
            }
        });
    }

    /** {@code blocks} of {@code blocks.3}; empty for {@code 3}, an element of a list that has no name. */
    static String list(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private static boolean isPlace(String segment) {
        return !segment.isEmpty() && segment.chars().allMatch(Character::isDigit);
    }

    /** Tells whether elements are all that their list has, and declared with nothing else between them. */
    private static boolean follow(List<Instance> elements, List<BlockOrder.Unit> units) {
        int first = units.indexOf(new BlockOrder.OfChild(elements.get(0)));
        for (int i = 0; i < elements.size(); i++) {
            Instance element = elements.get(i);
            boolean next = first >= 0
                    && first + i < units.size()
                    && units.get(first + i).equals(new BlockOrder.OfChild(element));
            if (!next || !last(element.path()).equals(String.valueOf(i))) {
                return false;
            }
        }
        return true;
    }
}
