package org.espalier.generator.report.diagram;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.ir.Block;
import org.espalier.generator.ir.Graph;

/** The applications of blocks that layers lie in, by the paths of the layers, and which of them are drawn closed. */
final class BlockTree {
    private final Map<String, Block> blocks = new HashMap<>();
    private final int depth;
    private final Set<String> shut;
    private final Set<String> opened = new HashSet<>();

    /**
     * The blocks of a network.
     *
     * @param depth how many of the blocks around a layer are drawn open, from outside
     * @param shut names of blocks that are drawn closed at any depth
     */
    BlockTree(Graph graph, int depth, Set<String> shut) {
        for (Block block : graph.blocks()) {
            for (Block.Instance instance : block.instances()) {
                blocks.put(instance.path(), block);
            }
        }
        this.depth = depth;
        this.shut = Set.copyOf(shut);
    }

    /** The most blocks within each other around any layer. */
    static int deepest(Graph graph) {
        BlockTree all = new BlockTree(graph, 0, Set.of());
        return graph.operations().stream()
                .mapToInt(op -> all.around(op.origin().layer()).size())
                .max()
                .orElse(0);
    }

    /** The closed block that a layer is drawn in, by its path. */
    Optional<String> closed(String layer) {
        List<String> around = around(layer);
        for (int i = 0; i < around.size(); i++) {
            String path = around.get(i);
            if ((i >= depth || shut.contains(at(path).name())) && !opened.contains(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    /** The innermost open block around a layer, empty if there is none. */
    String open(String layer) {
        List<String> around = around(layer);
        String closed = closed(layer).orElse("");
        int end = closed.isEmpty() ? around.size() : around.indexOf(closed);
        return end == 0 ? "" : around.get(end - 1);
    }

    /** Draws a block open whatever its depth, since its layers do not lie together. */
    void open(Iterable<String> paths) {
        paths.forEach(opened::add);
    }

    /** The block that was applied at a path. */
    Block at(String path) {
        Block block = blocks.get(path);
        if (block == null) {
            throw new IllegalArgumentException("no block at " + path);
        }
        return block;
    }

    /** Paths of the blocks around a layer, from outside. */
    private List<String> around(String layer) {
        List<String> around = new ArrayList<>();
        for (int dot = layer.indexOf('.'); dot >= 0; dot = layer.indexOf('.', dot + 1)) {
            String path = layer.substring(0, dot);
            if (blocks.containsKey(path)) {
                around.add(path);
            }
        }
        return around;
    }
}
