package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.UniqueNames;

/** The names of values within the instances that own them, and within those that are given them. */
public final class InstanceNames {
    private final Map<Value, Instance> owners = new HashMap<>();
    private final Map<Instance, Scope> scopes = new HashMap<>();
    private final Map<Value, Value> parameters = new HashMap<>();

    /** Members of a class can only have one name if they are of one kind. */
    private enum Kind {
        CHILD,
        PARAMETER,
        STATISTIC,
        ARRAY,
        GIVEN;

        private static Kind of(Value value) {
            return switch (value.kind()) {
                case PARAMETER -> PARAMETER;
                case STATISTIC -> STATISTIC;
                default -> ARRAY;
            };
        }
    }

    /**
     * The names in a class. All its objects call the same thing by the same name, and no name is a field in one of them
     * and something else in another, where it would hide the field.
     */
    private static final class Members {
        private final UniqueNames names;
        private final Map<String, String> known = new HashMap<>();

        private Members(UniqueNames names) {
            this.names = names;
        }
    }

    /** One instance, with the names in it. */
    private static final class Scope {
        private final Members members;
        private final Map<String, Integer> namesakes = new HashMap<>();
        private final List<Value> inputs = new ArrayList<>();
        private final Map<Value, String> own = new LinkedHashMap<>();
        private final Map<Value, String> given = new LinkedHashMap<>();

        private Scope(Members members) {
            this.members = members;
        }

        /** The name that the first object with such a member has given it. */
        private String give(Kind kind, String suggestion) {
            String key = kind + " " + suggestion;
            int number = namesakes.merge(key, 1, Integer::sum);
            return members.known.computeIfAbsent(
                    key + " " + number,
                    member -> kind == Kind.GIVEN ? members.names.another(suggestion) : members.names.give(suggestion));
        }
    }

    /**
     * Gives every value of an instance its name there.
     *
     * @param values of each instance
     * @param names fresh ones for a class
     * @param fields gives fields of the network names that are free
     */
    public InstanceNames(
            Graph graph,
            Instances instances,
            Function<Instance, List<Value>> values,
            Supplier<UniqueNames> names,
            UnaryOperator<String> fields) {
        Map<SourceSpan, Members> classes = new HashMap<>();
        for (Instance instance : instances.all()) {
            Members members = classes.computeIfAbsent(instance.block().span(), block -> new Members(names.get()));
            scopes.put(instance, new Scope(members));
            values.apply(instance).forEach(value -> owners.put(value, instance));
        }
        graph.parameters().forEach(parameter -> parameters.put(parameter.value().gradient(), parameter.value()));
        readInputs(graph, instances);
        instances.network().children().forEach(child -> child.nameField(fields));
        for (Instance instance : instances.all()) {
            Scope scope = scope(instance);
            instance.children().forEach(child -> child.nameField(name -> scope.give(Kind.CHILD, name)));
            Map<String, Value> sums = sums(values.apply(instance));
            for (Value value : values.apply(instance)) {
                String whole = Instances.withoutSource(value.name());
                String name = relative(value, value.equals(sums.get(whole)) ? whole : value.name(), instance);
                scope.own.put(value, scope.give(Kind.of(value), Identifiers.ofValue(name)));
            }
        }
    }

    /**
     * The largest sums of gradients by values, by the names of these gradients, unless an instance has the whole of it:
     * how many parts it sums up differs from one instance to another, of which each adds its own to that of the next.
     */
    private static Map<String, Value> sums(List<Value> values) {
        Map<String, Value> sums = new HashMap<>();
        Set<String> names = new HashSet<>();
        values.forEach(value -> names.add(value.name()));
        for (Value value : values) {
            String whole = Instances.withoutSource(value.name());
            if (value.name().startsWith(whole + " (sum of ") && !names.contains(whole)) {
                sums.put(whole, value);
            }
        }
        return sums;
    }

    private void readInputs(Graph graph, Instances instances) {
        Map<Value, Instance> makers = new HashMap<>();
        for (ForwardOp op : graph.operations()) {
            Instance reader = instances.at(op.origin().layer());
            op.outputs().forEach(value -> makers.put(value, reader));
            for (Value value : op.inputs()) {
                boolean tensor = value.kind() == Value.Kind.INPUT || value.kind() == Value.Kind.ACTIVATION;
                Instance maker = makers.getOrDefault(value, instances.network());
                for (Instance at = reader; tensor && at != maker && !at.holds(maker); at = at.parent()) {
                    if (at.isNetwork()) {
                        break;
                    }
                    if (!scope(at).inputs.contains(value)) {
                        scope(at).inputs.add(value);
                    }
                }
            }
        }
    }

    private Scope scope(Instance instance) {
        Scope scope = scopes.get(instance);
        if (scope == null) {
            throw new IllegalArgumentException(instance + " has no names of its own");
        }
        return scope;
    }

    /** The owner of a value, if it is not the network. */
    public Optional<Instance> owner(Value value) {
        return Optional.ofNullable(owners.get(value));
    }

    /** The values that layers in an instance read and others outside of it compute, in the order of reading. */
    public List<Value> inputs(Instance instance) {
        return scope(instance).inputs;
    }

    /** The name of a value in the instance that owns it. */
    public String own(Value value) {
        Instance owner = owners.get(value);
        String name = owner == null ? null : scope(owner).own.get(value);
        if (name == null) {
            throw new IllegalArgumentException(value + " belongs to no block");
        }
        return name;
    }

    /** The name of a value that an instance does not own, but is given. */
    public String given(Value value, Instance instance) {
        Scope scope = scope(instance);
        return scope.given.computeIfAbsent(value, key -> scope.give(Kind.GIVEN, suggestion(value, instance)));
    }

    private String suggestion(Value value, Instance instance) {
        Scope scope = scope(instance);
        int input = scope.inputs.indexOf(value);
        if (input >= 0) {
            return numbered("x", input + 1);
        }
        if (value.kind() == Value.Kind.GRADIENT) {
            return "dY";
        }
        // An input of a block around it has one name in all objects, whatever made it.
        for (Instance around = instance.parent(); !around.isNetwork(); around = around.parent()) {
            int outer = scope(around).inputs.indexOf(value);
            if (outer >= 0) {
                return numbered("x", outer + 1);
            }
        }
        return Identifiers.camelCase(value.name().substring(value.name().lastIndexOf('.') + 1));
    }

    private static String numbered(String name, int number) {
        return number == 1 ? name : name + number;
    }

    /**
     * A value as it is written in an instance.
     *
     * @param given how one is written that neither the instance nor one that it holds owns
     */
    public String reference(Value value, Instance here, Function<Value, String> given) {
        boolean ofParameter = value.kind() == Value.Kind.PARAMETER_GRADIENT;
        Value owned = ofParameter ? parameters.getOrDefault(value, value) : value;
        Instance owner = owners.get(owned);
        if (owner == null || (owner != here && !here.holds(owner))) {
            return given.apply(value);
        }
        return Names.operand(value, owner.from(here) + own(owned));
    }

    /** Every name that an instance uses for something. */
    public Set<String> taken(Instance instance) {
        Scope scope = scope(instance);
        Set<String> taken = new HashSet<>(scope.own.values());
        taken.addAll(scope.given.values());
        instance.children().forEach(child -> taken.add(child.member()));
        return taken;
    }

    /** {@code d x (from sum)} of the gradient by an instance's input that its layer {@code sum} brings about. */
    private String relative(Value value, String valueName, Instance instance) {
        String gradient = value.kind() == Value.Kind.GRADIENT ? "d " : "";
        String whole = Instances.withoutSource(valueName);
        String source = valueName.substring(whole.length());
        String base = whole.substring(gradient.length());
        List<Value> inputs = inputs(instance);
        String name = instance.relative(base);
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).name().equals(base)) {
                name = numbered("x", i + 1);
            }
        }
        return gradient + name + source.replace(instance.path() + ".", "");
    }
}
