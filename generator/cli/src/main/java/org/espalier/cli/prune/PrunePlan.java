package org.espalier.cli.prune;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;

/**
 * Decides which channels of a network are pruned. A group of channels goes if nothing keeps it and nothing reads it:
 * every operation that mixes channels has zeros for it, or reads a constant of it that its bias can take over.
 */
public final class PrunePlan {
    /**
     * A constant channel that an operation reads.
     *
     * @param use the operation
     * @param input the channel that it reads
     * @param constant its number everywhere
     */
    record Folded(WeightUse use, int input, double constant) {}

    private final ChannelUnits units;
    private final ChannelConstants constants;
    private final Map<Integer, List<Reading>> readings = new HashMap<>();
    private final Set<Integer> removed = new HashSet<>();
    private final Map<Integer, String> obstacles = new TreeMap<>();

    /** An operation that mixes channels reads one. */
    private record Reading(WeightUse use, int input) {}

    private PrunePlan(ChannelUnits units, ChannelConstants constants, List<ForwardOp> operations) {
        this.units = units;
        this.constants = constants;
        for (ForwardOp op : operations) {
            if (op instanceof WeightedOp weighted && WeightUse.of(weighted).isDense()) {
                WeightUse use = WeightUse.of(weighted);
                for (int i = 0; i < use.x().shape().axis(use.axis()); i++) {
                    int group = units.group(use.x(), use.axis(), i);
                    readings.computeIfAbsent(group, key -> new ArrayList<>()).add(new Reading(use, i));
                }
            }
        }
    }

    /**
     * Makes a plan.
     *
     * @param threshold magnitude up to which a weight counts as 0
     * @param inputs whether inputs of the network may go
     */
    public static PrunePlan of(Graph graph, WeightNumbers weights, double threshold, boolean inputs) {
        List<ForwardOp> operations = graph.operations().stream()
                .flatMap(op -> op.evaluated().stream())
                .toList();
        ChannelUnits units = ChannelTies.of(graph, operations);
        for (Value input : graph.inputs()) {
            if (!inputs || input.isWhole()) {
                ChannelTies.keepAll(units, input, "input " + input.name() + " has them; --inputs makes it smaller");
            }
        }
        return new PrunePlan(units, new ChannelConstants(operations, weights, threshold), operations);
    }

    ChannelUnits units() {
        return units;
    }

    /** Decides, with all reasons to keep channels that are known by now. */
    void decide() {
        removed.clear();
        obstacles.clear();
        boolean changed = true;
        Set<Integer> groups = units.groups();
        while (changed) {
            changed = false;
            for (int group : groups) {
                if (!removed.contains(group) && units.reason(group).isEmpty() && isUnread(group)) {
                    removed.add(group);
                    changed = true;
                }
            }
        }
        keepOneEverywhere();
        for (int group : groups) {
            String reason = units.reason(group).orElse(null);
            if (reason != null && readings.containsKey(group) && isUnread(group)) {
                obstacles.putIfAbsent(group, reason);
            }
        }
    }

    private boolean isUnread(int group) {
        return readings.getOrDefault(group, List.of()).stream().allMatch(reading -> isUnread(group, reading));
    }

    private boolean isUnread(int group, Reading reading) {
        WeightUse use = reading.use();
        boolean cut = IntStream.range(0, use.y().shape().axis(use.axis()))
                .filter(output -> !removed.contains(units.group(use.y(), use.axis(), output)))
                .allMatch(output -> constants.isCut(use, reading.input(), output));
        double constant = constants.at(use.x(), use.axis(), reading.input());
        if (cut || constant == 0) {
            return true;
        }
        if (Double.isNaN(constant)) {
            return false;
        }
        String layer = use.op().origin().layer();
        if (!use.op().isUniform()) {
            obstacles.putIfAbsent(
                    group, "they are constant but not 0, and " + layer + " reads nothing of them at its borders");
            return false;
        }
        if (use.op().bias().isEmpty()) {
            obstacles.putIfAbsent(
                    group, "they are constant but not 0, and " + layer + " has no bias to take that over");
            return false;
        }
        return true;
    }

    private void keepOneEverywhere() {
        for (Value value : units.values()) {
            for (int axis = value.shape().firstAxis(); axis < value.shape().rank(); axis++) {
                if (remaining(value, axis).isEmpty()) {
                    int first = units.group(value, axis, 0);
                    removed.remove(first);
                    obstacles.put(first, "one is left of " + value.name() + ", of which all could go");
                }
            }
        }
    }

    /** Tells whether anything goes. */
    public boolean isEmpty() {
        return removed.isEmpty();
    }

    boolean isRemoved(Value value, int axis, int index) {
        return removed.contains(units.group(value, axis, index));
    }

    /** Places along an axis that stay. */
    public List<Integer> remaining(Value value, int axis) {
        return IntStream.range(0, value.shape().axis(axis))
                .filter(i -> !isRemoved(value, axis, i))
                .boxed()
                .toList();
    }

    /** Constants of channels that go which biases take over. */
    List<Folded> folded() {
        List<Folded> folded = new ArrayList<>();
        for (int group : removed) {
            for (Reading reading : readings.getOrDefault(group, List.of())) {
                WeightUse use = reading.use();
                double constant = constants.at(use.x(), use.axis(), reading.input());
                if (!Double.isNaN(constant) && constant != 0) {
                    folded.add(new Folded(use, reading.input(), constant));
                }
            }
        }
        return folded;
    }

    double added(Folded folded, int output) {
        return constants.added(folded.use(), folded.input(), output, folded.constant());
    }

    /** Reasons for which channels stay that nothing reads, with how many groups they are. */
    public Map<String, Integer> obstacles() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        obstacles.forEach((group, reason) -> {
            if (!removed.contains(group)) {
                counts.merge(reason, 1, Integer::sum);
            }
        });
        return counts;
    }

    /** Places of inputs that nothing reads. */
    public Map<Value, List<Integer>> idle(Graph graph) {
        Map<Value, List<Integer>> idle = new LinkedHashMap<>();
        for (Value input : graph.inputs()) {
            for (int axis = input.shape().firstAxis(); axis < input.shape().rank(); axis++) {
                int along = axis;
                List<Integer> places = IntStream.range(0, input.shape().axis(axis))
                        .filter(i -> {
                            int group = units.group(input, along, i);
                            return readings.containsKey(group) && isUnread(group);
                        })
                        .boxed()
                        .toList();
                if (!places.isEmpty()) {
                    idle.put(input, places);
                }
            }
        }
        return idle;
    }
}
