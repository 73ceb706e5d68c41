package org.espalier.generator.emit;

import com.palantir.javapoet.NameAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Program.Seed;
import org.espalier.generator.ir.Term;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.Value;

/**
 * The names of one generated class. A name that Java accepts and nobody else has is never changed; so what the class
 * inherits comes first, then what the {@code .net} names, then what is derived from that.
 */
final class Names {
    /** Fields that {@code org.espalier.runtime.Network} shows its subclasses. */
    static final List<String> INHERITED_FIELDS = List.of("accumulate", "random", "training", "workspace");

    /** Classes whose static members are called by their simple names, which a field of that name would hide. */
    private static final List<String> QUALIFIERS = List.of("DataType", "Math", "Window");

    private final NameAllocator fields = new NameAllocator();
    private final NameAllocator locals;
    private final NameAllocator methods = new NameAllocator();
    private final Set<Object> known = new HashSet<>();
    private final Map<String, String> layers = new HashMap<>();

    /** By identity: to compare groups is to compare all of their parameters. */
    private final IdentityHashMap<UpdateGroup, String> groups = new IdentityHashMap<>();

    private final NameAllocator layerNames = new NameAllocator();
    private final NameAllocator classes = new NameAllocator();
    private final Map<String, Integer> namesakes = new HashMap<>();

    Names(Program program) {
        classes.newName(program.graph().name());
        classes.newName(RuntimeTypes.PENALTY.simpleName());
        classes.newName(RuntimeTypes.GROUP_PENALTY.simpleName());
        INHERITED_FIELDS.forEach(fields::newName);
        QUALIFIERS.forEach(fields::newName);
        List<Value> written = Stream.concat(
                        program.seeds().stream().map(Seed::gradient),
                        Op.Fused.apart(program.operations()).stream()
                                .map(Op::outputs)
                                .flatMap(List::stream))
                .toList();
        List<Value> named = new ArrayList<>(program.graph().inputs());
        List<Value> derived = new ArrayList<>();
        program.graph().parameters().forEach(parameter -> derived.add(parameter.value()));
        program.graph().statistics().forEach(statistic -> derived.add(statistic.value()));
        for (Value value : written) {
            (value.kind() == Value.Kind.ACTIVATION ? named : derived).add(value);
        }
        named.forEach(this::allocate);
        for (UpdateGroup group : program.graph().updateGroups()) {
            if (!group.terms().isEmpty()) {
                groups.put(group, fields.newName(Identifiers.camelCase(nameOf(group))));
            }
        }
        derived.forEach(this::allocate);
        this.locals = fields.clone();
    }

    /** The regularizer's own name, or of one written in place the words: λ may change, so it is no part of the name. */
    private static String nameOf(UpdateGroup group) {
        return Identifiers.isName(group.name())
                ? group.name()
                : group.terms().stream().map(Term::word).distinct().collect(Collectors.joining("."));
    }

    private void allocate(Value value) {
        if (known.add(value.name())) {
            fields.newName(Identifiers.camelCase(value.name()), value.name());
        }
    }

    /** The field that holds a value. */
    String field(Value value) {
        return fields.get(value.name());
    }

    /** The field that holds a regularizer. */
    String field(UpdateGroup group) {
        return Objects.requireNonNull(groups.get(group), group::name);
    }

    /** The nested class of a user-defined penalty. */
    String penalty(Term.Definition definition) {
        if (known.add(definition)) {
            String name = Identifiers.capitalised(Identifiers.camelCase(definition.word())) + "Penalty";
            int number = namesakes.merge(name, 1, Integer::sum);
            classes.newName(number == 1 ? name : name + number, definition);
        }
        return classes.get(definition);
    }

    /** The field that holds the regularizer of a name. */
    String regularizer(String name) {
        return groups.entrySet().stream()
                .filter(group -> group.getKey().name().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no regularizer " + name));
    }

    /** A new constant. */
    String constant(String suggestion) {
        return fields.newName(suggestion);
    }

    /** The field that holds a part of the class. */
    String part(String suggestion) {
        locals.newName(suggestion);
        return fields.newName(suggestion);
    }

    /** A local variable or parameter that hides no field. */
    String local(String suggestion) {
        if (known.add("local " + suggestion)) {
            locals.newName(suggestion, "local " + suggestion);
        }
        return locals.get("local " + suggestion);
    }

    /** What follows {@code declare}, {@code forward} and {@code backward} in the methods of a layer. */
    String layer(String path) {
        return layers.computeIfAbsent(
                path, key -> layerNames.newName(Identifiers.capitalised(Identifiers.camelCase(key))));
    }

    /** Keeps a method name, so that {@link #accessor} will not hide or overload it. */
    void reserveMethod(String name) {
        if (known.add("method " + name)) {
            methods.newName(name);
        }
    }

    /** A public method without parameters that returns a field. */
    String accessor(String field) {
        return methods.newName(field);
    }
}
