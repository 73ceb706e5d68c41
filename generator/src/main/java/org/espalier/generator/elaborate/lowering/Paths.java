package org.espalier.generator.elaborate.lowering;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.Scope;

/**
 * The paths of a network's layers. A layer that is bound to a name has that name behind the path of the block it was
 * bound in; one that is not has its place in the list that holds it, if that has a path, and else is called by its kind
 * and a number, within the named layer that holds it.
 */
final class Paths {
    private final Map<Layer, String> paths = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> namesakes = new HashMap<>();
    private final Map<String, Integer> counters = new HashMap<>();

    /**
     * The path of a layer, the same each time.
     *
     * @param container the path of the named layer that holds it, which unnamed layers get their names in
     */
    String of(Layer layer, String container) {
        String known = paths.get(layer);
        if (known != null) {
            return known;
        }
        Optional<Layer.Name> name = layer.name();
        String path = name.isPresent()
                ? unique(within(prefix(name.get().scope()), name.get().text()))
                : numbered(
                        within(container, layer.kind()), layer instanceof Layer.Merge || layer instanceof Layer.Join);
        paths.put(layer, path);
        return path;
    }

    /** Lets a layer that is all that a block returns have the block's own path. */
    void share(Layer layer, String path) {
        paths.putIfAbsent(layer, path);
    }

    /** Calls a layer that has no name by its place in the list that holds it, whose path is {@code list}. */
    void place(Layer layer, String list, int place) {
        if (layer.name().isEmpty() && !paths.containsKey(layer)) {
            paths.put(layer, unique(within(list, Integer.toString(place))));
        }
    }

    /** The path by which one application of a layer is called: the layer's own the first time, then with a number. */
    String application(String path) {
        int count = counters.merge("application of " + path, 1, Integer::sum);
        return count == 1 ? path : path + "_" + count;
    }

    static String within(String container, String name) {
        return container.isEmpty() ? name : container + "." + name;
    }

    private String prefix(Scope scope) {
        return scope.owner()
                .map(owner -> of(owner, prefix(owner.site().scope())))
                .orElse("");
    }

    private String unique(String path) {
        String unique = path;
        while (!taken.add(unique)) {
            unique = path + "_" + (namesakes.merge(path, 1, Integer::sum) + 1);
        }
        return unique;
    }

    /** {@code relu1}, {@code relu2}; but {@code skip}, {@code skip2}, of which most blocks have one. */
    private String numbered(String path, boolean firstIsBare) {
        String numbered;
        do {
            int count = counters.merge(path, 1, Integer::sum);
            numbered = count == 1 && firstIsBare ? path : path + count;
        } while (!taken.add(numbered));
        return numbered;
    }
}
