package org.espalier.generator.elaborate.language;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;

/** The tensors of a network under construction, each under a name of its own. */
public final class Tensors {
    /** A parameter before the network's clauses have had their say. */
    public record Draft(
            Layer.Primitive layer,
            String path,
            Value value,
            ParameterDecl.Role role,
            InitializerDecl initializer,
            int outputAxis) {}

    private record Key(Layer layer, String name) {}

    private final Set<String> names = new HashSet<>();
    private final Map<String, Integer> namesakes = new HashMap<>();
    private final Map<Key, Value> owned = new HashMap<>();
    private final List<Draft> parameters = new ArrayList<>();
    private final List<Statistic> statistics = new ArrayList<>();

    /** Keeps a name for later. */
    public void reserve(String name) {
        names.add(name);
    }

    /** A tensor under this name, or if it is taken, under this name and a number. */
    public Value value(String name, Shape shape, Value.Kind kind, SourceSpan span) {
        return new Value(unique(name), shape, kind, span);
    }

    /** A tensor of some type under this name, or if it is taken, under this name and a number. */
    public Value value(String name, TensorShape type, Value.Kind kind, SourceSpan span) {
        return new Value(unique(name), type.element(), type.shape(), kind, span);
    }

    /** A tensor of some type under a name that was reserved for it. */
    public Value reserved(String name, TensorShape type, Value.Kind kind, SourceSpan span) {
        names.add(name);
        return new Value(name, type.element(), type.shape(), kind, span);
    }

    /** A tensor under a name that was reserved for it. */
    public Value reserved(String name, Shape shape, Value.Kind kind, SourceSpan span) {
        names.add(name);
        return new Value(name, shape, kind, span);
    }

    private String unique(String name) {
        String unique = name;
        while (!names.add(unique)) {
            unique = name + "_" + (namesakes.merge(name, 1, Integer::sum) + 1);
        }
        return unique;
    }

    /** A layer's parameter: the same one each time the layer is applied. Without a name it has that of the layer. */
    Value parameter(
            Layer.Primitive layer,
            String path,
            String name,
            ParameterDecl.Role role,
            InitializerDecl initializer,
            Shape shape,
            int outputAxis) {
        return owned.computeIfAbsent(new Key(layer, name), key -> {
            String full = name.isEmpty() ? path : path + "." + name;
            Value value = value(full, shape, Value.Kind.PARAMETER, layer.span());
            parameters.add(new Draft(layer, path, value, role, initializer, outputAxis));
            return value;
        });
    }

    /** A layer's parameter by its name, if the layer was applied and has it. */
    Optional<Value> owned(Layer.Primitive layer, String name) {
        return Optional.ofNullable(owned.get(new Key(layer, name)))
                .filter(value -> value.kind() == Value.Kind.PARAMETER);
    }

    /** A layer's statistic: the same one each time the layer is applied. */
    Value statistic(Layer.Primitive layer, String path, String name, double initial, Shape shape) {
        return owned.computeIfAbsent(new Key(layer, name), key -> {
            Value value = value(path + "." + name, shape, Value.Kind.STATISTIC, layer.span());
            statistics.add(new Statistic(value, initial));
            return value;
        });
    }

    /** A layer's buffer under the layer's own name: the same one each time. */
    Value buffer(Layer.Primitive layer, String path, ElementType element, Shape shape, Argument.Function values) {
        return owned.computeIfAbsent(new Key(layer, ""), key -> {
            Value value = new Value(unique(path), element, shape, Value.Kind.STATISTIC, layer.span());
            statistics.add(new Statistic(value, values));
            return value;
        });
    }

    /** The parameters in the order their layers ran. */
    public List<Draft> parameters() {
        return parameters;
    }

    /** The statistics in the order their layers ran. */
    public List<Statistic> statistics() {
        return statistics;
    }
}
