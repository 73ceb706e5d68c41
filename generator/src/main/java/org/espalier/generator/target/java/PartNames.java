package org.espalier.generator.target.java;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.espalier.generator.target.java.block.Layers.Layer;
import org.espalier.generator.target.java.text.Identifiers;

/** Names for runs of layers, by the blocks that they hold. */
public final class PartNames {
    /** In how many runs there are layers of a block. */
    private final Map<List<String>, Integer> runsOfBlock = new HashMap<>();

    public PartNames(List<List<Layer>> runs) {
        for (List<Layer> run : runs) {
            run.stream()
                    .map(PartNames::path)
                    .flatMap(path -> IntStream.rangeClosed(0, path.size()).mapToObj(depth -> path.subList(0, depth)))
                    .distinct()
                    .forEach(block -> runsOfBlock.merge(block, 1, Integer::sum));
        }
    }

    /**
     * {@code stage1} for all of a block's layers, {@code stage1Body1ToBody62} for some of them, {@code stemToBody62}
     * for layers of several blocks.
     */
    public String of(List<Layer> run) {
        List<String> first = path(run.get(0));
        List<String> block = first;
        for (Layer layer : run) {
            block = common(block, path(layer));
        }
        List<String> last = path(run.get(run.size() - 1));
        boolean whole = !block.isEmpty() && runsOfBlock.getOrDefault(block, 0) == 1;
        if (whole || block.size() == first.size() || block.size() == last.size()) {
            return name(block);
        }
        int depth = block.size() + 1;
        return name(first.subList(0, depth)) + "To" + Identifiers.capitalized(name(last.subList(depth - 1, depth)));
    }

    private static String name(List<String> path) {
        return Identifiers.camelCase(String.join(".", path));
    }

    /** The blocks around a layer, from outside, and the layer. */
    public static List<String> path(Layer layer) {
        return List.of(layer.origin().layer().split("\\.", -1));
    }

    /** Returns the common beginning of two paths. */
    public static List<String> common(List<String> a, List<String> b) {
        int length = 0;
        while (length < Math.min(a.size(), b.size()) && a.get(length).equals(b.get(length))) {
            length++;
        }
        return a.subList(0, length);
    }
}
