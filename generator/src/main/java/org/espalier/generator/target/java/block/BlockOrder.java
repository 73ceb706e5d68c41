package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.Layers.Layer;

/** The order in which instances of blocks declare their layers, and the instances that they hold. */
public final class BlockOrder {
    /** A layer of an instance, or an instance that it holds, where its first layer would be. */
    public sealed interface Unit {}

    /** A layer. */
    public record OfLayer(Layer layer) implements Unit {}

    /** An instance. */
    public record OfChild(Instance child) implements Unit {}

    private final Layers layers;
    private final Map<Instance, List<Unit>> units = new HashMap<>();

    public BlockOrder(Layers layers, Instances instances) {
        this.layers = layers;
        Set<Instance> begun = new HashSet<>();
        for (Layer layer : layers.all()) {
            Instance owner = instances.at(layer.origin().layer());
            units(owner).add(new OfLayer(layer));
            for (Instance at = owner; !at.isNetwork() && begun.add(at); at = at.parent()) {
                List<Unit> before = units(at.parent());
                before.add(new OfChild(at));
            }
        }
    }

    /** Makes arrays of the objects that lists have one after another. */
    public void putIntoArrays(Instances instances) {
        Arrays.find(instances, this);
    }

    /** The layers of an instance and the instances that it holds, in the order in which they are declared. */
    public List<Unit> units(Instance instance) {
        return units.computeIfAbsent(instance, key -> new ArrayList<>());
    }

    /** The values of a layer that an instance has fields for. */
    public List<Value> values(Layer layer) {
        return layers.tensors(layer);
    }

    /** The values that an instance owns, in the order of its fields. */
    public List<Value> values(Instance instance) {
        return units(instance).stream()
                .filter(OfLayer.class::isInstance)
                .flatMap(unit -> values(((OfLayer) unit).layer()).stream())
                .toList();
    }

    /** The object that has the tensors of a layer. */
    Optional<Norm> norm(Layer layer) {
        return layers.norm(layer);
    }

    /** The object that a value stands for. */
    Optional<Norm> norm(Value value) {
        return layers.norm(value);
    }

    /** The layers of an instance, and of those that it holds. */
    public List<Layer> layers(Instance instance) {
        List<Layer> all = new ArrayList<>();
        for (Unit unit : units(instance)) {
            all.addAll(unit instanceof OfLayer of ? List.of(of.layer()) : layers(((OfChild) unit).child()));
        }
        return all;
    }

    /** The parameters of an instance, and of those that it holds, in the order in which they are declared. */
    public List<ParameterDecl> parameters(Instance instance) {
        List<ParameterDecl> parameters = new ArrayList<>();
        for (Unit unit : units(instance)) {
            parameters.addAll(
                    unit instanceof OfLayer of ? of.layer().parameters() : parameters(((OfChild) unit).child()));
        }
        return parameters;
    }
}
