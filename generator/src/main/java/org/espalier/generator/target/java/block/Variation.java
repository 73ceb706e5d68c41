package org.espalier.generator.target.java.block;

import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.UniqueNames;

/**
 * Collects how the objects of one class differ: in quantities, which the constructor takes, and in what some do and
 * others do not, which conditions tell.
 */
public final class Variation {
    /**
     * A parameter of the constructor.
     *
     * @param name also that of the field, if methods need it
     * @param values of each instance, as Java has them; none of one that it is not needed for
     */
    public record Given(Quantity.Type type, String name, List<Optional<String>> values) {
        private boolean fits(Quantity.Type other, List<Optional<String>> wanted) {
            return type == other
                    && IntStream.range(0, values.size())
                            .allMatch(i -> values.get(i).isEmpty()
                                    || wanted.get(i).isEmpty()
                                    || values.get(i).equals(wanted.get(i)));
        }

        private Given with(List<Optional<String>> wanted) {
            List<Optional<String>> both = IntStream.range(0, values.size())
                    .mapToObj(i -> values.get(i).or(() -> wanted.get(i)))
                    .toList();
            return new Given(type, name, both);
        }

        /** The argument that an instance is made with. */
        public String argument(int instance) {
            return values.get(instance)
                    .orElse(
                            switch (type) {
                                case SIZE -> "0";
                                case NUMBER -> "0.0";
                                case FLAG -> "false";
                                case WINDOW, REGULARIZER, PLACES -> "null";
                            });
        }
    }

    /** The largest factor between two sizes that is taken for more than chance. */
    private static final long MOST_TIMES = 4;

    private final List<Instance> instances;
    private final UniqueNames names;
    private final Map<String, Given> given = new LinkedHashMap<>();
    private final Map<BitSet, String> held = new LinkedHashMap<>();
    private final Set<String> made = new HashSet<>();
    private final Map<BitSet, String> flags = new LinkedHashMap<>();
    private final Map<String, List<Optional<String>>> sizes = new LinkedHashMap<>();

    /**
     * Begins with no differences.
     *
     * @param names of the class, where those of its fields are taken
     */
    public Variation(List<Instance> instances, UniqueNames names) {
        this.instances = List.copyOf(instances);
        this.names = names;
        instances
                .get(0)
                .sizes()
                .keySet()
                .forEach(size -> sizes.put(
                        size,
                        instances.stream()
                                .map(instance -> Optional.ofNullable(
                                                instance.sizes().get(size))
                                        .map(String::valueOf))
                                .toList()));
    }

    /** Takes note that some instances, and no others, hold an object, which they can be told by. */
    public void hold(BitSet owners, String field) {
        held.putIfAbsent(owners, field);
    }

    /** Takes note that an object is made by the constructor, which cannot ask for it before. */
    public void make(String field) {
        made.add(field);
    }

    /** From now on what is written is the constructor. */
    public void construct() {
        held.values().removeAll(made);
    }

    /** The parameters of the constructor, in the order in which they were needed. */
    public List<Given> given() {
        return List.copyOf(given.values());
    }

    /**
     * A quantity as it is written in the class.
     *
     * @param quantity of each instance that has it
     */
    public String written(List<Optional<Quantity>> quantity) {
        Quantity first = quantity.stream().flatMap(Optional::stream).findFirst().orElseThrow();
        List<Optional<String>> values = values(quantity);
        boolean own = first.type() == Quantity.Type.SIZE
                && sizes.values().stream()
                        .anyMatch(size -> new Given(Quantity.Type.SIZE, "", size).fits(Quantity.Type.SIZE, values));
        return own
                ? same(first.type(), values).orElseGet(() -> add(first, values))
                : known(first.type(), values).orElseGet(() -> add(first, values));
    }

    /** The same, if it is the same for all or the constructor takes it anyway. */
    public Optional<String> known(List<Optional<Quantity>> quantity) {
        Quantity first = quantity.stream().flatMap(Optional::stream).findFirst().orElseThrow();
        return known(first.type(), values(quantity));
    }

    private static List<Optional<String>> values(List<Optional<Quantity>> quantity) {
        return quantity.stream().map(each -> each.map(Quantity::value)).toList();
    }

    private Optional<String> known(Quantity.Type type, List<Optional<String>> values) {
        return same(type, values).or(() -> type == Quantity.Type.SIZE ? multiple(values) : Optional.empty());
    }

    private Optional<String> same(Quantity.Type type, List<Optional<String>> values) {
        List<String> distinct =
                values.stream().flatMap(Optional::stream).distinct().toList();
        if (distinct.size() == 1) {
            return Optional.of(distinct.get(0));
        }
        for (Given parameter : given.values()) {
            if (parameter.fits(type, values)) {
                given.put(parameter.name(), parameter.with(values));
                return Optional.of(parameter.name());
            }
        }
        return Optional.empty();
    }

    /** {@code 2 * outer} or {@code size / 2}, if that is so of every instance that needs it. */
    private Optional<String> multiple(List<Optional<String>> values) {
        for (Given parameter : given.values()) {
            for (long factor = 2; parameter.type() == Quantity.Type.SIZE && factor <= MOST_TIMES; factor++) {
                long times = factor;
                if (relate(values, parameter, (wanted, known) -> wanted == times * known)) {
                    return Optional.of(times + " * " + parameter.name());
                } else if (relate(values, parameter, (wanted, known) -> times * wanted == known)) {
                    return Optional.of(parameter.name() + " / " + times);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean relate(List<Optional<String>> values, Given parameter, BiPredicate<Long, Long> relation) {
        return IntStream.range(0, values.size())
                .filter(i -> values.get(i).isPresent())
                .allMatch(i -> parameter.values().get(i).isPresent()
                        && relation.test(
                                Long.valueOf(values.get(i).get()),
                                Long.valueOf(parameter.values().get(i).get())));
    }

    /** A new parameter: one of the block's own sizes if it is that. */
    private String add(Quantity quantity, List<Optional<String>> values) {
        String suggestion = suggestion(quantity);
        List<Optional<String>> all = values;
        for (Map.Entry<String, List<Optional<String>>> size : sizes.entrySet()) {
            if (quantity.type() == Quantity.Type.SIZE
                    && new Given(Quantity.Type.SIZE, "", size.getValue()).fits(Quantity.Type.SIZE, values)) {
                suggestion = Identifiers.camelCase(size.getKey());
                all = size.getValue();
                break;
            }
        }
        String name = names.numbered(suggestion, "");
        given.put(name, new Given(quantity.type(), name, all));
        return name;
    }

    /** {@code channels}, or of another tensor, {@code skipChannels}. */
    private String suggestion(Quantity quantity) {
        String suggestion = quantity.suggestion();
        return names.isFree(suggestion) || quantity.owner().isEmpty()
                ? suggestion
                : quantity.owner() + Identifiers.capitalized(suggestion);
    }

    /** Tells whether all instances are among these. */
    public boolean isAlways(BitSet owners) {
        return owners.cardinality() == instances.size();
    }

    /** All instances. */
    public BitSet all() {
        BitSet all = new BitSet();
        all.set(0, instances.size());
        return all;
    }

    /**
     * Finds a condition that tells some instances from others by what they hold or are given anyway.
     *
     * @param among the instances that come into question
     * @param arguments of the method, by the instances that are given them
     */
    public Optional<String> known(BitSet owners, BitSet among, Map<BitSet, String> arguments) {
        for (Map<BitSet, String> objects : List.of(held, arguments)) {
            for (Map.Entry<BitSet, String> object : objects.entrySet()) {
                BitSet with = (BitSet) object.getKey().clone();
                with.and(among);
                BitSet without = (BitSet) among.clone();
                without.andNot(with);
                if (with.equals(owners)) {
                    return Optional.of(object.getValue() + " != null");
                } else if (without.equals(owners)) {
                    return Optional.of(object.getValue() + " == null");
                }
            }
        }
        for (Map.Entry<BitSet, String> flag : flags.entrySet()) {
            BitSet with = (BitSet) flag.getKey().clone();
            with.and(among);
            BitSet without = (BitSet) among.clone();
            without.andNot(with);
            if (with.equals(owners)) {
                return Optional.of(flag.getValue());
            } else if (without.equals(owners)) {
                return Optional.of("!" + flag.getValue());
            }
        }
        return Optional.empty();
    }

    /** A condition that the constructor is given. */
    public String flag(BitSet owners, String suggestion) {
        String name = names.numbered(suggestion, "");
        flags.put(owners, name);
        List<Optional<String>> values = IntStream.range(0, instances.size())
                .mapToObj(i -> Optional.of(String.valueOf(owners.get(i))))
                .toList();
        given.put(name, new Given(Quantity.Type.FLAG, name, values));
        return name;
    }

    /** The place of an instance among them. */
    public int place(Instance instance) {
        return Objects.checkIndex(instances.indexOf(instance), instances.size());
    }
}
