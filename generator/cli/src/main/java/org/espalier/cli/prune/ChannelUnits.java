package org.espalier.cli.prune;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.espalier.generator.ir.op.Value;

/**
 * Places along the axes of tensors, in groups that are removed together or not at all: a channel of a convolution, of
 * its bias, of the normalization behind it, and of the sum that it goes into.
 */
final class ChannelUnits {
    private final Map<Value, Integer> starts = new HashMap<>();
    private final Map<Integer, String> reasons = new HashMap<>();
    private int[] parents = new int[1 << 10];
    private int count;

    /** The number of a place. The batch has none. */
    int of(Value value, int axis, int index) {
        int at = starts.computeIfAbsent(value, this::allocate);
        for (int before = value.shape().firstAxis(); before < axis; before++) {
            at += value.shape().axis(before);
        }
        return at + index;
    }

    private int allocate(Value value) {
        int start = count;
        count += value.shape().dimensions().stream().mapToInt(Integer::intValue).sum();
        if (count > parents.length) {
            parents = java.util.Arrays.copyOf(parents, Math.max(count, 2 * parents.length));
        }
        for (int unit = start; unit < count; unit++) {
            parents[unit] = unit;
        }
        return start;
    }

    /** The group of a place. */
    int group(Value value, int axis, int index) {
        return root(of(value, axis, index));
    }

    private int root(int unit) {
        int at = unit;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        return at;
    }

    /** Puts two places into one group. */
    void tie(Value one, int axis, int index, Value other, int otherAxis, int otherIndex) {
        int first = group(one, axis, index);
        int second = group(other, otherAxis, otherIndex);
        if (first != second) {
            int kept = Math.min(first, second);
            int gone = Math.max(first, second);
            parents[gone] = kept;
            String reason = reasons.remove(gone);
            if (reason != null) {
                reasons.putIfAbsent(kept, reason);
            }
        }
    }

    /** Ties all places along two axes of one size. */
    void tie(Value one, int axis, Value other, int otherAxis) {
        for (int i = 0; i < one.shape().axis(axis); i++) {
            tie(one, axis, i, other, otherAxis, i);
        }
    }

    /** Keeps all places along an axis, for a reason. */
    void keep(Value value, int axis, String reason) {
        for (int i = 0; i < value.shape().axis(axis); i++) {
            keep(group(value, axis, i), reason);
        }
    }

    /** Keeps a group, for a reason; the first one counts. */
    void keep(int group, String reason) {
        reasons.putIfAbsent(group, reason);
    }

    /** The reason for which a group is kept. */
    Optional<String> reason(int group) {
        return Optional.ofNullable(reasons.get(group));
    }

    /** The tensors that have places. */
    Set<Value> values() {
        return starts.keySet();
    }

    /** All groups, in the order of their first places. */
    Set<Integer> groups() {
        Set<Integer> groups = new TreeSet<>();
        for (int unit = 0; unit < count; unit++) {
            groups.add(root(unit));
        }
        return groups;
    }
}
