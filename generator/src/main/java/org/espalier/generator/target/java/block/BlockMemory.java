package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Channels;
import org.espalier.generator.ir.MemoryPlan.Fixed;
import org.espalier.generator.ir.MemoryPlan.PerSample;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.MemoryPlan.Same;
import org.espalier.generator.ir.MemoryPlan.Stretch;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.Text;

/**
 * The memory plan of the objects of one class. What all of them see in an array of their own is written as that; of
 * everything else each is given the offset.
 */
public final class BlockMemory {
    private final MemoryPlan plan;
    private final Map<Value, Stretch> stretches;
    private final int count;
    private final List<Map<String, List<Value>>> values;
    private final List<List<String>> offsets = new ArrayList<>();
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
        values.forEach(instance -> offsets.add(new ArrayList<>()));
        Map<String, Integer> places = new HashMap<>();
        for (String field : fields) {
            List<Optional<List<Value>>> each = values.stream()
                    .map(instance -> Optional.ofNullable(instance.get(field)))
                    .toList();
            boolean object = each.stream().flatMap(Optional::stream).anyMatch(arrays -> arrays.size() > 1);
            lines.add(new Merged(object ? object(field, each) : line(field, single(each), places)));
            places.put(field, places.size());
        }
    }

    /** Tells whether objects have no arrays of their own. */
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /** Tells whether objects are given offsets: there are several. */
    public boolean isGivenOffsets() {
        return count > 1 && !offsets.get(0).isEmpty();
    }

    /** The offsets of an instance's arrays, in the order in which they are used. */
    public List<String> offsets(int instance) {
        return isGivenOffsets() ? offsets.get(instance) : List.of();
    }

    /** The statements that allocate. */
    public List<Merged> lines() {
        return lines;
    }

    private static List<Optional<Value>> single(List<Optional<List<Value>>> each) {
        return each.stream().map(arrays -> arrays.map(array -> array.get(0))).toList();
    }

    // Example:
    //
    // bn1State.allocate(memory.fixed(at[3], planes), memory.fixed(at[4], planes));
    //
    private List<Optional<Line>> object(String field, List<Optional<List<Value>>> each) {
        int most = each.stream()
                .flatMap(Optional::stream)
                .mapToInt(List::size)
                .max()
                .orElse(0);
        List<List<Optional<Text>>> arguments = IntStream.range(0, most)
                .mapToObj(place -> absolute(each.stream()
                        .map(arrays -> arrays.map(array -> array.get(place)))
                        .toList()))
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
                    .map(value -> value.map(seen -> line(field, view(seen, distinct.get(0)))))
                    .toList();
        }
        return absolute(each).stream()
                .map(code -> code.map(written -> line(field, written)))
                .toList();
    }

    private static Line line(String field, Text code) {
        return new Line(field, Text.of(field + " = ", code, ";"), List.of(), Text.EMPTY);
    }

    /** The array of the same instance that one is seen in, if it is in one. */
    private Optional<String> seenIn(Value value, int instance) {
        Placement placement = plan.of(value);
        Optional<Value> whole = placement instanceof Same same
                ? Optional.of(same.as())
                : placement instanceof Channels channels ? Optional.of(channels.of()) : Optional.empty();
        return whole.flatMap(other -> values.get(instance).entrySet().stream()
                .filter(entry -> entry.getValue().equals(List.of(other)))
                .map(Map.Entry::getKey)
                .findFirst());
    }

    private static String form(Placement placement, Value value) {
        return placement instanceof Same same
                ? same.as().shape().equals(value.shape()) ? "same" : "view"
                : placement instanceof Channels ? "channels" : "absolute";
    }

    // Example:
    //
    // relu2 = bn2;
    // flatten = memory.view(pool, batch, channels);
    // up = memory.channels(skip, outer, outer);
    //
    private Text view(Value value, String in) {
        Placement placement = plan.of(value);
        if (placement instanceof Channels channels) {
            return Text.of(
                    "memory.channels(" + in + ", ",
                    Quantity.size(channels.from(), "from"),
                    ", ",
                    Quantity.size(value.shape().axis(1), "channels"),
                    ")");
        }
        return form(placement, value).equals("same")
                ? Text.of(in)
                : Text.of("memory.view(" + in + ", ", sizes(value), ")");
    }

    // Example:
    //
    // memory.perSample(at[0], batch, planes, size, size)
    // memory.fixed(at[1], planes)
    // memory.part(at[2], at[3], at[4], batch, outer, size, size)
    //
    private List<Optional<Text>> absolute(List<Optional<Value>> each) {
        boolean whole = each.stream().flatMap(Optional::stream).allMatch(this::isWhole);
        boolean batched = each.stream()
                .flatMap(Optional::stream)
                .anyMatch(value -> value.shape().batched());
        List<List<String>> given = each.stream()
                .map(value -> value.map(placed -> whole ? List.of(start(placed)) : part(placed))
                        .orElseGet(() -> whole ? List.of("0") : List.of("0", "0", "0")))
                .toList();
        List<String> written = new ArrayList<>();
        for (int i = 0; i < given.get(0).size(); i++) {
            written.add(
                    count == 1 ? given.get(0).get(i) : "at[" + offsets.get(0).size() + "]");
            for (int j = 0; j < count; j++) {
                offsets.get(j).add(given.get(j).get(i));
            }
        }
        String head = "memory." + (whole ? batched ? "perSample" : "fixed" : "part") + "(" + String.join(", ", written)
                + ", ";
        return each.stream()
                .map(value -> value.map(placed -> Text.of(head, sizes(placed), ")")))
                .toList();
    }

    private boolean isWhole(Value value) {
        Stretch stretch = stretch(value);
        return !value.shape().batched()
                || stretch.root().shape().elements() == value.shape().elements();
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
        return String.valueOf(root + (value.shape().batched() ? 0 : stretch.offset()));
    }

    private List<String> part(Value value) {
        Stretch stretch = stretch(value);
        return List.of(
                start(value), String.valueOf(stretch.root().shape().elements()), String.valueOf(stretch.offset()));
    }

    private static Text sizes(Value value) {
        List<Integer> sizes = value.shape().dimensions();
        if (sizes.isEmpty() && !value.shape().batched()) {
            return Text.of("1");
        }
        List<Text> all = IntStream.range(0, sizes.size())
                .mapToObj(i -> Text.of(Quantity.size(sizes.get(i), i == 0 ? "channels" : "size")))
                .toList();
        return Text.join(
                ", ",
                value.shape().batched()
                        ? Stream.concat(Stream.of(Text.of("batch")), all.stream())
                                .toList()
                        : all);
    }
}
