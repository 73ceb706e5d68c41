package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Value;

/** The layers of a program in the order in which they run, each with what it owns. */
public final class Layers {
    /** One layer: its statement, the parameters and statistics that it is the first to use, and what it computes. */
    public static final class Layer {
        private final Origin origin;
        private final List<ParameterDecl> parameters = new ArrayList<>();
        private final List<Statistic> statistics = new ArrayList<>();
        private final List<ForwardOp> operations = new ArrayList<>();
        private final List<Value> values = new ArrayList<>();

        private Layer(Origin origin) {
            this.origin = origin;
        }

        public Origin origin() {
            return origin;
        }

        public List<ParameterDecl> parameters() {
            return parameters;
        }

        public List<Statistic> statistics() {
            return statistics;
        }

        /** Its forward operations. */
        public List<ForwardOp> operations() {
            return operations;
        }

        /** Its activations, what it saves for backward, and the gradients by it. */
        public List<Value> values() {
            return values;
        }

        /** Returns the values that its operations compute, besides those that they save. */
        public List<Value> results() {
            return operations.stream().map(op -> op.outputs().get(0)).toList();
        }

        /** The word of the {@code .net} for it. */
        public String kind() {
            return origin.word();
        }

        public boolean declaresAnything() {
            return !parameters.isEmpty() || !statistics.isEmpty();
        }
    }

    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final Set<Value> gradients = new HashSet<>();
    private final Map<String, Integer> operands = new HashMap<>();
    private final Map<Layer, Norm> norms = new HashMap<>();
    private final Map<Value, Norm> normsByMembers = new HashMap<>();

    public Layers(Program program) {
        this(program, Instances.none(program.graph()));
    }

    /**
     * The layers of a program.
     *
     * @param instances the instances of blocks, each of which owns the gradients that it writes
     */
    public Layers(Program program, Instances instances) {
        Graph graph = program.graph();
        Map<Value, ParameterDecl> parameters = new HashMap<>();
        graph.parameters().forEach(parameter -> parameters.put(parameter.value(), parameter));
        Map<Value, Statistic> statistics = new HashMap<>();
        graph.statistics().forEach(statistic -> statistics.put(statistic.value(), statistic));
        Map<String, Layer> owners = new HashMap<>();
        Set<Value> stored = new HashSet<>();
        program.operations().forEach(op -> stored.addAll(op.outputs()));
        for (ForwardOp op : graph.operations()) {
            Layer layer = layer(op.origin());
            layer.operations.add(op);
            for (Value value : op.inputs()) {
                if (parameters.containsKey(value)) {
                    layer.parameters.add(parameters.remove(value));
                } else if (statistics.containsKey(value)) {
                    layer.statistics.add(statistics.remove(value));
                }
            }
            for (Value value : op.outputs()) {
                if (stored.contains(value)) {
                    layer.values.add(value);
                }
                owners.put(value.gradient().name(), layer);
            }
        }
        for (Op op : Fused.apart(program.operations())) {
            operands.merge(
                    op.origin().layer(), op.inputs().size() + op.outputs().size(), Integer::sum);
        }
        Set<Value> seen = new HashSet<>(program.inputGradients());
        for (Seed seed : program.seeds()) {
            if (seen.add(seed.gradient())) {
                Layer owner = Objects.requireNonNull(
                        owners.get(seed.output().gradient().name()), () -> seed.output() + " is not computed");
                owner.values.add(seed.gradient());
            }
        }
        for (Op op : program.backward()) {
            gradients.addAll(op.outputs());
            for (Value value : op.outputs()) {
                if (value.kind() == Value.Kind.GRADIENT && seen.add(value)) {
                    Layer owner = owners.get(value.name());
                    if (owner == null || instances.at(owner.origin().layer()) != instances.of(op)) {
                        owner = layer(instances.origin(op));
                    }
                    owner.values.add(value);
                }
            }
        }
    }

    /** Makes one object of the tensors of each batch normalization where that can be. */
    public Layers withObjects(Graph graph) {
        Map<Value, ParameterDecl> parameters = new HashMap<>();
        graph.parameters().forEach(parameter -> parameters.put(parameter.value(), parameter));
        Set<ParameterDecl> regularized = new HashSet<>();
        graph.updateGroups().stream()
                .filter(group -> !group.terms().isEmpty())
                .forEach(group -> regularized.addAll(group.parameters()));
        Map<Value, Integer> readers = Norm.readers(graph);
        for (Layer layer : layers.values()) {
            if (layer.operations.size() == 1) {
                Norm.of(
                                layer.operations.get(0),
                                readers,
                                parameters,
                                parameter -> isDifferentiated(parameter)
                                        && layer.parameters.contains(parameter)
                                        && !regularized.contains(parameter)
                                        && parameter.sparsityBelow().isEmpty())
                        .ifPresent(norm -> {
                            norms.put(layer, norm);
                            norm.members().forEach(member -> normsByMembers.put(member, norm));
                            normsByMembers.put(norm.object(), norm);
                        });
            }
        }
        return this;
    }

    /** The object that has the tensors of a layer. */
    public Optional<Norm> norm(Layer layer) {
        return Optional.ofNullable(norms.get(layer));
    }

    /** The object that a tensor belongs to, or that a value stands for. */
    public Optional<Norm> norm(Value value) {
        return Optional.ofNullable(normsByMembers.get(value));
    }

    /** All objects. */
    public List<Norm> norms() {
        return layers.values().stream().flatMap(layer -> norm(layer).stream()).toList();
    }

    private Layer layer(Origin origin) {
        return layers.computeIfAbsent(origin.layer(), path -> new Layer(origin));
    }

    /** All of them. */
    public Collection<Layer> all() {
        return layers.values();
    }

    /**
     * The values that a layer has fields for: parameters and statistics, or the object that has them, and what it
     * computes.
     */
    public List<Value> tensors(Layer layer) {
        List<Value> tensors = new ArrayList<>();
        Optional<Norm> norm = norm(layer);
        if (norm.isPresent()) {
            tensors.add(norm.get().object());
            layer.values().stream()
                    .filter(value -> !norm.get().members().contains(value))
                    .forEach(tensors::add);
            return tensors;
        }
        layer.parameters().forEach(parameter -> tensors.add(parameter.value()));
        layer.statistics().forEach(statistic -> tensors.add(statistic.value()));
        tensors.addAll(layer.values());
        return tensors;
    }

    /** Counts the fields of a layer that are declared by an initializer. */
    public int declarations(Layer layer) {
        return norm(layer).isPresent() ? 1 : layer.parameters.size() + layer.statistics.size();
    }

    /**
     * Measures how much code a layer brings about: its fields and the operands of its operations, forward and backward.
     */
    public long size(Layer layer) {
        return (long) tensors(layer).size()
                + operands.getOrDefault(layer.origin().layer(), 0);
    }

    /** Measures all layers. */
    public long size() {
        return layers.values().stream().mapToLong(this::size).sum();
    }

    /**
     * Tells whether the backward pass has a gradient by this parameter: it is not frozen, and leads to what starts it.
     */
    private boolean isDifferentiated(ParameterDecl parameter) {
        return gradients.contains(parameter.value().gradient());
    }
}
