package org.espalier.generator.target.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.InstanceNames;
import org.espalier.generator.target.java.block.Instances;
import org.espalier.generator.target.java.block.Layers;
import org.espalier.generator.target.java.block.Layers.Layer;
import org.espalier.generator.target.java.names.Names;

/**
 * The classes that hold the layers. All are in the generated class itself, unless that would be too large: then they
 * are in classes nested in it, each with a run of layers that follow each other. Runs are cut where the fewest blocks
 * are cut through, and have the names of the blocks that they hold: {@code Stage1}, or {@code Body63ToBody124}.
 */
final class Parts {
    /** Beyond this a name made of those of blocks tells nothing. */
    private static final int LONGEST_NAME = 60;

    private final Part main;
    private final List<Part> nested = new ArrayList<>();
    private final Names names;
    private final Optional<InBlocks> blocks;
    private final Map<String, Part> ofLayers = new HashMap<>();
    private final Map<Value, Part> ofValues = new HashMap<>();

    /** The values that objects of blocks hold. */
    private record InBlocks(Instances instances, InstanceNames names) {}

    private Parts(Part main, Names names, Optional<InBlocks> blocks) {
        this.main = main;
        this.names = names;
        this.blocks = blocks;
    }

    /** A generated class with objects of blocks, of which each holds its own layers. */
    static Parts of(Layers layers, Names names, Instances instances, InstanceNames instanceNames) {
        List<Layer> own = layers.all().stream()
                .filter(layer -> instances.at(layer.origin().layer()).isNetwork())
                .toList();
        Parts parts = new Parts(Part.main(own), names, Optional.of(new InBlocks(instances, instanceNames)));
        parts.add(parts.main, layers);
        return parts;
    }

    /** Distributes layers, without regard to blocks but where they are cut. */
    static Parts of(Layers layers, Names names, Capacity capacity) {
        List<Layer> all = List.copyOf(layers.all());
        boolean one = capacity.holds(layers);
        Parts parts = new Parts(Part.main(one ? all : List.of()), names, Optional.empty());
        parts.add(parts.main, layers);
        if (!one) {
            List<List<Layer>> runs = runs(all, layers, capacity);
            PartNames partNames = new PartNames(runs);
            runs.forEach(run -> parts.add(parts.nest(partNames.of(run), run), layers));
        }
        return parts;
    }

    private Part nest(String suggestion, List<Layer> run) {
        String name = suggestion.length() <= LONGEST_NAME ? suggestion : "part";
        Part part = Part.nested(names.part(name), names.nested(name, "part", "_"), run);
        nested.add(part);
        return part;
    }

    private void add(Part part, Layers layers) {
        for (Layer layer : part.layers()) {
            ofLayers.put(layer.origin().layer(), part);
            layers.tensors(layer).forEach(value -> ofValues.put(value, part));
        }
    }

    private static List<List<Layer>> runs(List<Layer> all, Layers layers, Capacity capacity) {
        List<List<Layer>> runs = new ArrayList<>();
        int from = 0;
        while (from < all.size()) {
            int to = from + 1;
            long size = layers.size(all.get(from));
            int declarations = layers.declarations(all.get(from));
            while (to < all.size()
                    && to - from < capacity.layers()
                    && size + layers.size(all.get(to)) <= capacity.part()
                    && declarations + layers.declarations(all.get(to)) <= capacity.declarations()) {
                declarations += layers.declarations(all.get(to));
                size += layers.size(all.get(to++));
            }
            int cut = to == all.size() ? to : bestCut(all, (from + to + 1) / 2, to);
            runs.add(all.subList(from, cut));
            from = cut;
        }
        return runs;
    }

    /** The last place between two others that lies within the fewest blocks. */
    private static int bestCut(List<Layer> all, int first, int last) {
        int best = last;
        for (int cut = last - 1; cut >= first; cut--) {
            if (depth(all, cut) < depth(all, best)) {
                best = cut;
            }
        }
        return best;
    }

    private static int depth(List<Layer> all, int cut) {
        return PartNames.common(PartNames.path(all.get(cut - 1)), PartNames.path(all.get(cut)))
                .size();
    }

    /** The generated class. */
    Part main() {
        return main;
    }

    /** The classes nested in it. */
    List<Part> nested() {
        return nested;
    }

    /** All of them, the generated class first. */
    List<Part> all() {
        List<Part> all = new ArrayList<>(List.of(main));
        all.addAll(nested);
        return all;
    }

    /** The class that holds a layer; one that owns nothing is with the value given. */
    Part of(String layer, Value value) {
        Part part = ofLayers.get(layer);
        return part != null ? part : of(value);
    }

    /** The class that holds a value. */
    Part of(Value value) {
        return Objects.requireNonNullElse(ofValues.get(value), main);
    }

    /** A value as kernels are given it in a part: by its field there, or behind the part that it is a field of. */
    String field(Value value, Part here) {
        return blocks.map(in -> in.names().reference(value, in.instances().network(), names::operand))
                .orElseGet(() -> inPart(value, here));
    }

    /** Tells whether there are objects of blocks beside the layers of the class itself. */
    boolean hasBlocks() {
        return blocks.isPresent();
    }

    /** Tells whether an object of a block holds a value. */
    boolean isInBlock(Value value) {
        return blocks.flatMap(in -> in.names().owner(value)).isPresent();
    }

    private String inPart(Value value, Part here) {
        Value held = names.holder(value);
        Part holder = of(held);
        String field = names.field(held);
        return Names.operand(value, holder.isNested() && holder != here ? holder.field() + "." + field : field);
    }
}
