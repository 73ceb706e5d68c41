package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Fixed;
import org.espalier.generator.ir.MemoryPlan.PerSample;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.MemoryPlan.Stretch;
import org.espalier.generator.ir.MemoryPlan.Within;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;
import org.espalier.generator.target.java.text.Literals;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.ShapeText;
import org.espalier.generator.target.java.text.Text;

/**
 * The memory plan of the objects of one class. What all of them see in an array of their own is written as that;
 * everything else each takes from the next place that it is given.
 */
public final class BlockMemory {
    private final MemoryPlan plan;
    private final Map<Value, Stretch> stretches;
    private final int count;
    private final List<Map<String, List<Value>>> values;
    private final List<List<String>> offsets = new ArrayList<>();
    private final List<List<Long>> inView = new ArrayList<>();
    private final List<Merged> lines = new ArrayList<>();

    /**
     * Memory of some instances.
     *
     * @param fields the names of arrays, in the order in which they are allocated
     * @param values of each instance, by these names
     */
    public BlockMemory(
            MemoryPlan plan,
            Map<Value, Stretch> stretches,
            List<String> fields,
            List<Map<String, List<Value>>> values) {
        this.plan = plan;
        this.stretches = stretches;
        this.values = values;
        this.count = values.size();
        values.forEach(instance -> {
            offsets.add(new ArrayList<>());
            inView.add(new ArrayList<>());
        });
        Map<String, Integer> places = new HashMap<>();
        for (String field : wholesFirst(fields)) {
            List<Optional<List<Value>>> each = each(field);
            boolean object = each.stream().flatMap(Optional::stream).anyMatch(arrays -> arrays.size() > 1);
            lines.add(new Merged(object ? object(field, each) : line(field, single(each), places)));
            places.put(field, places.size());
        }
    }

    /** Tells whether objects have no arrays of their own. */
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /** The offsets of an instance's arrays, in the order in which they are used. */
    public List<String> offsets(int instance) {
        return offsets.get(instance);
    }

    /** The offset of each of an instance's arrays, in that order, where nothing but forward runs. */
    public List<Long> inView(int instance) {
        return inView.get(instance);
    }

    /** The statements that allocate. */
    public List<Merged> lines() {
        return lines;
    }

    private List<Optional<List<Value>>> each(String field) {
        return values.stream()
                .map(instance -> Optional.ofNullable(instance.get(field)))
                .toList();
    }

    /** The fields in their order, but before what is seen by strides the array in which it is. */
    private Set<String> wholesFirst(List<String> fields) {
        Set<String> ordered = new LinkedHashSet<>();
        fields.forEach(field -> add(field, Set.copyOf(fields), ordered));
        return ordered;
    }

    private void add(String field, Set<String> fields, Set<String> ordered) {
        List<Optional<List<Value>>> each = each(field);
        for (int i = 0; i < count && !ordered.contains(field); i++) {
            Optional<Value> strided = each.get(i)
                    .filter(arrays -> arrays.size() == 1)
                    .map(arrays -> arrays.get(0))
                    .filter(value -> !stretch(value).layout().isContiguous());
            int instance = i;
            strided.flatMap(value -> seenIn(value, instance))
                    .filter(fields::contains)
                    .ifPresent(whole -> add(whole, fields, ordered));
        }
        ordered.add(field);
    }

    private static List<Optional<Value>> single(List<Optional<List<Value>>> each) {
        return each.stream().map(arrays -> arrays.map(array -> array.get(0))).toList();
    }

    // Example:
    //
    // bn1State.allocate(places.fixed(planes), places.fixed(planes));
    //
    private List<Optional<Line>> object(String field, List<Optional<List<Value>>> each) {
        int most = each.stream()
                .flatMap(Optional::stream)
                .mapToInt(List::size)
                .max()
                .orElse(0);
        List<List<Optional<Text>>> arguments = IntStream.range(0, most)
                .mapToObj(place -> absolute(
                        each.stream()
                                .map(arrays -> arrays.map(array -> array.get(place)))
                                .toList(),
                        field))
                .toList();
        return IntStream.range(0, each.size())
                .mapToObj(i -> each.get(i).map(arrays -> {
                    List<Text> given = arguments.stream()
                            .map(argument -> argument.get(i).orElse(Text.EMPTY))
                            .toList();
                    Text code = Text.of(field + ".allocate(", Text.join(", ", given), ");");
                    return new Line(field, code, List.of(), Text.EMPTY);
                }))
                .toList();
    }

    private List<Optional<Line>> line(String field, List<Optional<Value>> each, Map<String, Integer> before) {
        List<Optional<String>> seenIn = IntStream.range(0, count)
                .mapToObj(i -> each.get(i).flatMap(value -> seenIn(value, i)))
                .toList();
        List<String> distinct =
                seenIn.stream().flatMap(Optional::stream).distinct().toList();
        boolean view = distinct.size() == 1
                && before.containsKey(distinct.get(0))
                && IntStream.range(0, count)
                        .allMatch(i -> each.get(i).isPresent() == seenIn.get(i).isPresent())
                && each.stream()
                                .flatMap(Optional::stream)
                                .map(value -> form(plan.of(value), value))
                                .distinct()
                                .count()
                        == 1;
        if (view) {
            return each.stream()
                    .map(value -> value.map(seen -> line(field, view(seen, distinct.get(0), field))))
                    .toList();
        }
        return absolute(each, field).stream()
                .map(code -> code.map(written -> line(field, written)))
                .toList();
    }

    private static Line line(String field, Text code) {
        return new Line(field, Text.of(field + " = ", code, ";"), List.of(), Text.EMPTY);
    }

    /** The array of the same instance that one is seen in, if it is in one. */
    private Optional<String> seenIn(Value value, int instance) {
        Optional<Value> whole = plan.of(value) instanceof Within within
                ? Optional.of(within.view().of())
                : Optional.empty();
        return whole.flatMap(other -> values.get(instance).entrySet().stream()
                .filter(entry -> entry.getValue().equals(List.of(other)))
                .map(Map.Entry::getKey)
                .findFirst());
    }

    private static String form(Placement placement, Value value) {
        if (!(placement instanceof Within within)) {
            return "absolute";
        } else if (within.view() instanceof View.Part part) {
            return "part of axis " + part.axis();
        } else if (within.view() instanceof View.Permuted permuted) {
            return "permuted " + permuted.order();
        }
        return within.view().of().shape().equals(value.shape()) ? "same" : "view";
    }

    // Example:
    //
    // relu2 = bn2;
    // flatten = places.view(pool, channels);
    // distance = places.view(column);
    // up = places.channels(skip, outer, outer);
    // query = places.narrow(all, 2, 0, size);
    // heads = places.permute(query, 0, 2, 1, 3);
    //
    private Text view(Value value, String in, String field) {
        View view = ((Within) plan.of(value)).view();
        if (view instanceof View.Part part) {
            boolean channels = part.axis() == 1;
            return Text.of(
                    "places." + (channels ? "channels(" + in : "narrow(" + in + ", " + part.axis()) + ", ",
                    Quantity.size(part.from(), "from", field),
                    ", ",
                    Quantity.size(value.shape().axis(part.axis()), channels ? "channels" : "size", field),
                    ")");
        } else if (view instanceof View.Permuted permuted) {
            return Text.of("places.permute(" + in + ", " + Literals.counts(permuted.order()) + ")");
        }
        return view.of().shape().equals(value.shape())
                ? Text.of(in)
                : Text.of(
                        "places." + (value.shape().batched() ? "view" : "fixedView") + "(" + in,
                        value.shape().equals(Shape.batch()) ? Text.EMPTY : Text.of(", ", sizes(value, field)),
                        ")");
    }

    // Example:
    //
    // places.perSample(planes, size, size)
    // places.fixed(planes)
    // places.part(outer, size, size)
    // places.strided(heads, length, size)
    //
    private List<Optional<Text>> absolute(List<Optional<Value>> each, String field) {
        boolean whole = each.stream().flatMap(Optional::stream).allMatch(this::isWhole);
        boolean strided = each.stream()
                .flatMap(Optional::stream)
                .anyMatch(value -> !stretch(value).layout().isContiguous());
        boolean batched = each.stream()
                .flatMap(Optional::stream)
                .anyMatch(value -> value.shape().batched());
        for (int i = 0; i < count; i++) {
            List<String> taken = offsets.get(i);
            each.get(i).ifPresent(value -> taken.addAll(whole ? List.of(start(value)) : part(value)));
            each.get(i).filter(value -> strided).ifPresent(value -> taken.addAll(strides(value)));
            each.get(i).map(this::stretch).map(plan::offsetInView).ifPresent(inView.get(i)::add);
        }
        String head = "places." + (strided ? "strided" : whole ? batched ? "perSample" : "fixed" : "part") + "(";
        return each.stream()
                .map(value -> value.map(placed -> Text.of(head, sizes(placed, field), ")")))
                .toList();
    }

    private boolean isWhole(Value value) {
        Stretch stretch = stretch(value);
        return !value.shape().batched() || stretch.isWhole();
    }

    private Stretch stretch(Value value) {
        Stretch stretch = stretches.get(value);
        if (stretch == null) {
            throw new IllegalArgumentException(value + " has no memory planned");
        }
        return stretch;
    }

    private String start(Value value) {
        Stretch stretch = stretch(value);
        Placement placement = plan.of(stretch.root());
        long root = placement instanceof PerSample at ? at.offset() : ((Fixed) placement).offset();
        return place(root + (value.shape().batched() ? 0 : stretch.offset()));
    }

    private List<String> part(Value value) {
        Stretch stretch = stretch(value);
        return List.of(start(value), place(stretch.root().shape().elements()), place(stretch.offset()));
    }

    private List<String> strides(Value value) {
        return stretch(value).strides(value.shape()).stream()
                .map(BlockMemory::place)
                .toList();
    }

    /** A number in a list of many, which the formatter fills into lines as long as they are short. */
    private static String place(long number) {
        return number > Integer.MAX_VALUE ? number + "L" : String.valueOf(number);
    }

    private static Text sizes(Value value, String field) {
        return value.shape().equals(Shape.of()) ? Text.of("1") : ShapeText.of(value.shape(), tensor(field));
    }

    /** {@code x} of {@code dXFromConv1}, the gradient by it. */
    private static String tensor(String field) {
        String tensor = field.replaceAll("From[A-Z].*", "");
        return tensor.matches("d[A-Z].*")
                ? tensor.substring(1, 2).toLowerCase(Locale.ROOT) + tensor.substring(2)
                : tensor;
    }
}
