package org.espalier.generator.target.java.names;

import com.palantir.javapoet.ClassName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.UniqueNames;

/**
 * The names of one generated class. A name that Java accepts and nobody else has is never changed; so what the class
 * inherits comes first, then what the {@code .net} names, then what is derived from that.
 */
public final class Names {
    private static final String GRADIENT = "gradient";
    /** Fields that {@code org.espalier.runtime.Network} shows its subclasses. */
    static final List<String> INHERITED_FIELDS = List.of("accumulate", "learning", "random", "training", "workspace");

    /** Methods that loops of formulas call, which no loop may hide. */
    private static final List<String> FORMULA_METHODS = List.of("erf", "sign", "step");

    /** Classes whose static members are called by their simple names, which a field of that name would hide. */
    private static final List<String> QUALIFIERS = Stream.of(
                    RuntimeTypes.DATA_TYPE,
                    RuntimeTypes.FLOAT,
                    RuntimeTypes.MATH,
                    RuntimeTypes.MODE,
                    RuntimeTypes.WINDOW)
            .map(ClassName::simpleName)
            .toList();

    /** The longest name of a nested class, in bytes: it is a part of the name of a file, and should tell something. */
    private static final int LONGEST_CLASS = 100;

    private final UniqueNames fields = UniqueNames.ofMembers();
    private final UniqueNames locals;
    private final UniqueNames methods = UniqueNames.ofMembers();
    private final UniqueNames classes = UniqueNames.ofClasses();
    private final UniqueNames layerNames = UniqueNames.ofMembers();
    private final Map<String, String> ofValues = new HashMap<>();
    private final Map<Value, Value> parameters = new HashMap<>();
    private final Map<String, String> ofLocals = new HashMap<>();
    private final Map<String, String> layers = new HashMap<>();
    private final Map<RegularizerTerm.Definition, String> penalties = new HashMap<>();
    private final Map<Argument.Function, String> functions = new LinkedHashMap<>();
    private final Map<Argument.Function, String> ofPlaces = new LinkedHashMap<>();
    private final UniqueNames functionNames = UniqueNames.ofMembers();
    private final Set<String> helpers = new TreeSet<>();
    private final String functionsClass;

    /** By identity: to compare groups is to compare all of their parameters. */
    private final IdentityHashMap<UpdateGroup, String> groups = new IdentityHashMap<>();

    public Names(Program program) {
        classes.reserve(program.graph().name());
        RuntimeTypes.simpleNames().forEach(classes::reserve);
        INHERITED_FIELDS.forEach(fields::reserve);
        QUALIFIERS.forEach(fields::reserve);
        functionsClass = nested("Functions", "Functions", "");
        fields.reserve(functionsClass);
        RuntimeTypes.CALLED_IN_FUNCTIONS.forEach(functionNames::reserve);
        if (QUALIFIERS.contains(program.graph().name())) {
            RuntimeTypes.roots().forEach(fields::reserve);
        }
        List<Value> written = Stream.concat(
                        program.seeds().stream().map(Seed::gradient),
                        Fused.apart(program.operations()).stream()
                                .map(Op::outputs)
                                .flatMap(List::stream))
                .toList();
        List<Value> named = new ArrayList<>(program.graph().inputs());
        List<Value> derived = new ArrayList<>();
        program.graph().parameters().forEach(parameter -> derived.add(parameter.value()));
        program.graph().statistics().forEach(statistic -> derived.add(statistic.value()));
        for (Value value : written) {
            if (value.kind() != Value.Kind.PARAMETER_GRADIENT) {
                (value.kind() == Value.Kind.ACTIVATION ? named : derived).add(value);
            }
        }
        named.forEach(this::allocate);
        program.graph()
                .parameters()
                .forEach(parameter -> parameters.put(parameter.value().gradient(), parameter.value()));
        for (UpdateGroup group : program.graph().updateGroups()) {
            if (!group.terms().isEmpty()) {
                groups.put(group, fields.give(Identifiers.camelCase(nameOf(group))));
            }
        }
        derived.forEach(this::allocate);
        FORMULA_METHODS.forEach(functionNames::reserve);
        this.locals = fields.further();
    }

    /** The regularizer's own name, or of one written in place the words: λ may change, so it is no part of the name. */
    private static String nameOf(UpdateGroup group) {
        return Identifiers.isName(group.name())
                ? group.name()
                : group.terms().stream().map(RegularizerTerm::word).distinct().collect(Collectors.joining("."));
    }

    /** Gives a value a name that is not one of the program's. */
    public void allocate(Value value) {
        if (!ofValues.containsKey(value.name())) {
            ofValues.put(value.name(), fields.give(Identifiers.ofValue(value.name())));
        }
    }

    /** The field that holds a value. */
    public String field(Value value) {
        return Objects.requireNonNull(ofValues.get(value.name()), value::name);
    }

    /** The value whose field it is found in: of the gradient by a parameter, the parameter. */
    public Value holder(Value value) {
        return parameters.getOrDefault(value, value);
    }

    /** A value as kernels are given it: {@code value(convWeight)}, {@code gradient(convWeight)}, {@code conv}. */
    public String operand(Value value) {
        return operand(value, field(holder(value)));
    }

    /** A value that is found in a field, as kernels are given it. */
    public static String operand(Value value, String field) {
        return switch (value.kind()) {
            case PARAMETER -> "value(" + field + ")";
            case PARAMETER_GRADIENT -> GRADIENT + "(" + field + ")";
            default -> field;
        };
    }

    /** The gradient by a table, for a kernel that writes some of its rows: {@code tableGradient(wordsWeight)}. */
    public static String byRows(String gradient) {
        return "tableGradient" + gradient.substring(GRADIENT.length());
    }

    /** The field that holds a regularizer. */
    public String field(UpdateGroup group) {
        return Objects.requireNonNull(groups.get(group), group::name);
    }

    /** The nested class of a user-defined penalty. */
    public String penalty(RegularizerTerm.Definition definition) {
        return penalties.computeIfAbsent(
                definition, key -> nested(Identifiers.camelCase(key.word()) + "Penalty", "UserDefinedPenalty", ""));
    }

    /** {@code Functions::mish}: the loop of a formula, in a nested class of them. */
    public String function(Argument.Function function) {
        return functionsClass + "::"
                + functions.computeIfAbsent(
                        function, key -> functionNames.give(Identifiers.camelCase(function.name())));
    }

    /** {@code Functions::mask}: the loop of a formula of places, which are numbers in double precision. */
    public String places(Argument.Function function) {
        return functionsClass() + "::"
                + ofPlaces.computeIfAbsent(function, key -> functionNames.give(Identifiers.camelCase(function.name())));
    }

    /** The formulas of places that were asked for. */
    public Map<Argument.Function, String> ofPlaces() {
        return Collections.unmodifiableMap(ofPlaces);
    }

    /** {@code axes(0, 1)}. */
    public String axes(List<Integer> axes) {
        helpers.add("axes");
        return axes.stream().map(String::valueOf).collect(Collectors.joining(", ", "axes(", ")"));
    }

    /** The methods of the runtime's formulas that were asked for. */
    public Set<String> helpers() {
        return Collections.unmodifiableSet(helpers);
    }

    /** The formulas that were asked for, in that order, with the names of their loops. */
    public Map<Argument.Function, String> functions() {
        return Collections.unmodifiableMap(functions);
    }

    /** The nested class that has the loops of formulas. */
    public String functionsClass() {
        return functionsClass;
    }

    /** The field that holds the regularizer of a name. */
    public String regularizer(String name) {
        return groups.entrySet().stream()
                .filter(group -> group.getKey().name().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no regularizer " + name));
    }

    /** Names for the local variables of a formula's loop, none of which hides a class that it calls. */
    public static UniqueNames ofLoop() {
        UniqueNames names = UniqueNames.ofMembers();
        QUALIFIERS.forEach(names::reserve);
        return names;
    }

    /** A new constant. */
    public String constant(String suggestion) {
        return fields.give(suggestion);
    }

    /** Names for the members of a nested class that has its own: none hides what it uses of the class around it. */
    public UniqueNames ofBlock() {
        UniqueNames names = UniqueNames.ofMembers();
        INHERITED_FIELDS.forEach(names::reserve);
        QUALIFIERS.forEach(names::reserve);
        names.reserve(functionsClass);
        RuntimeTypes.roots().forEach(names::reserve);
        groups.values().forEach(names::reserve);
        List.of("i", "path", "places").forEach(names::reserve);
        return names;
    }

    /** Keeps names that nested classes have, so that no constant gets one of them. */
    public void reserve(Collection<String> members) {
        members.forEach(fields::reserve);
    }

    /** The field that holds a part of the class. */
    public String part(String suggestion) {
        String field = fields.numbered(suggestion, "_");
        locals.reserve(field);
        return field;
    }

    /**
     * A nested class.
     *
     * @param other what to call it if that is too long
     * @param separator what stands between the name and a number, if it needs one
     */
    public String nested(String suggestion, String other, String separator) {
        boolean isLong = suggestion.getBytes(StandardCharsets.UTF_8).length > LONGEST_CLASS;
        return classes.numbered(Identifiers.capitalized(isLong ? other : suggestion), separator);
    }

    /** A local variable or parameter that hides no field. */
    public String local(String suggestion) {
        return ofLocals.computeIfAbsent(suggestion, locals::give);
    }

    /** Returns the name of a layer behind {@code forward} and {@code backward} in its methods. */
    public String layer(String path) {
        return layers.computeIfAbsent(
                path, key -> layerNames.give(Identifiers.capitalized(Identifiers.camelCase(key))));
    }

    /** Keeps a method name, so that {@link #accessor} will not hide or overload it. */
    public void reserveMethod(String name) {
        methods.reserve(name);
    }

    /** A public method without parameters that returns a field. */
    public String accessor(String field) {
        return methods.give(field);
    }
}
