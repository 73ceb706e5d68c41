package org.espalier.generator.target.java;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.target.java.block.BlockOrder;
import org.espalier.generator.target.java.block.Instance;
import org.espalier.generator.target.java.block.InstanceNames;
import org.espalier.generator.target.java.block.Instances;
import org.espalier.generator.target.java.block.Layers;
import org.espalier.generator.target.java.names.Names;

/**
 * The objects of blocks with the layers that they hold, and the generated class with the others.
 *
 * @param instances the blocks' objects; none where blocks cannot be classes, or there are none
 * @param layers of the network, each with what it owns
 * @param parts the generated class, and the classes nested in it that are no blocks
 * @param names of values in blocks
 * @param order in which blocks declare what they hold
 */
record NestedBlocks(Instances instances, Layers layers, Parts parts, InstanceNames names, BlockOrder order) {
    /** Distributes the layers of a program. */
    static NestedBlocks of(Program program, Names names, Capacity capacity) {
        Graph graph = program.graph();
        Instances all = Instances.of(program);
        if (!all.all().isEmpty()) {
            Layers layers = new Layers(program, all).withObjects(graph);
            boolean fits = layers.size() <= capacity.ofObjects()
                    && Stream.concat(Stream.of(all.network()), all.all().stream())
                            .allMatch(instance -> declarations(instance, all, layers) <= capacity.declarations());
            if (fits && holdTheSame(all) && keepsOrder(layers, all)) {
                return of(program, names, all, layers, capacity);
            }
        }
        Instances none = Instances.none(graph);
        return of(program, names, none, new Layers(program, none).withObjects(graph), capacity);
    }

    private static NestedBlocks of(
            Program program, Names names, Instances instances, Layers layers, Capacity capacity) {
        layers.norms().forEach(norm -> names.allocate(norm.object()));
        BlockOrder order = new BlockOrder(layers, instances);
        order.putIntoArrays(instances);
        InstanceNames instanceNames =
                new InstanceNames(program.graph(), instances, order::values, names::ofBlock, names::part);
        instances.all().forEach(instance -> names.reserve(instanceNames.taken(instance)));
        Parts parts = instances.all().isEmpty()
                ? Parts.of(layers, names, capacity)
                : Parts.of(layers, names, instances, instanceNames);
        return new NestedBlocks(instances, layers, parts, instanceNames, order);
    }

    /** The values that have the same name in the objects of one block, this one included. */
    List<Value> alike(Value value) {
        return names.owner(value)
                .map(owner -> instances.all().stream()
                        .filter(other ->
                                other.block().span().equals(owner.block().span()))
                        .flatMap(other -> order.values(other).stream()
                                .filter(each -> names.own(each).equals(names.own(value))))
                        .toList())
                .orElseGet(() -> List.of(value));
    }

    /** Counts what an object's constructor declares: parameters of its own layers, and the objects that it holds. */
    private static int declarations(Instance instance, Instances all, Layers layers) {
        return instance.children().size()
                + layers.all().stream()
                        .filter(layer -> all.at(layer.origin().layer()) == instance)
                        .mapToInt(layers::declarations)
                        .sum();
    }

    /** Tells whether children of one name in all objects of a block are of one block themselves. */
    private static boolean holdTheSame(Instances instances) {
        record Member(SourceSpan block, String name) {}
        Map<Member, SourceSpan> members = new HashMap<>();
        return instances.all().stream()
                .filter(child -> !child.parent().isNetwork())
                .allMatch(child -> {
                    Member member = new Member(
                            child.parent().block().span(), child.parent().relative(child.path()));
                    SourceSpan block = child.block().span();
                    return members.computeIfAbsent(member, key -> block).equals(block);
                });
    }

    /** Tells whether objects that are made where their first layer was declared keep the order of parameters. */
    private static boolean keepsOrder(Layers layers, Instances instances) {
        List<Value> before = layers.all().stream()
                .flatMap(layer -> layer.parameters().stream())
                .map(ParameterDecl::value)
                .toList();
        BlockOrder order = new BlockOrder(layers, instances);
        return order.parameters(instances.network()).stream()
                .map(ParameterDecl::value)
                .toList()
                .equals(before);
    }
}
