package org.espalier.cli.prune;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;

/**
 * Ties the channels of a network that can only be removed together, by the links of its operations. What an operation
 * links to nothing stays.
 */
final class ChannelTies {
    /** Layers and functions that have the sizes of their result as arguments, from where they cannot be removed. */
    private static final Set<String> SIZES = Set.of("reshape", "view", "Unflatten", "unflatten");

    private final ChannelUnits units;
    private final Set<Place> known = new HashSet<>();

    /** A place that the operation at hand says something of. */
    private record Place(Value value, int axis, int index) {}

    private ChannelTies(ChannelUnits units) {
        this.units = units;
    }

    /**
     * Ties what belongs together.
     *
     * @param operations the network in evaluation mode
     */
    static ChannelUnits of(Graph graph, List<ForwardOp> operations) {
        ChannelUnits units = new ChannelUnits();
        ChannelTies ties = new ChannelTies(units);
        for (ForwardOp op : operations) {
            ties.known.clear();
            ties.tie(op);
            ties.keepTheRest(op);
        }
        graph.losses()
                .forEach(loss -> loss.operands().stream()
                        .filter(value -> value.kind() != Value.Kind.TARGET
                                && !graph.outputs().contains(value))
                        .forEach(value -> keepAll(units, value, "a loss reads " + value.name())));
        graph.outputs().forEach(output -> keepAll(units, output, "output " + output.name() + " has them"));
        return units;
    }

    static void keepAll(ChannelUnits units, Value value, String reason) {
        for (int axis = value.shape().firstAxis(); axis < value.shape().rank(); axis++) {
            units.keep(value, axis, reason);
        }
    }

    private void keepTheRest(ForwardOp op) {
        OpSignature signature = op.signature();
        String reason = op.origin().word() + " (" + op.origin().span().citation() + ") needs them";
        for (List<Value> values : List.of(signature.operands(), signature.results())) {
            for (Value value : values) {
                for (int axis = value.shape().firstAxis(); axis < value.shape().rank(); axis++) {
                    for (int i = 0; i < value.shape().axis(axis); i++) {
                        if (!known.contains(new Place(value, axis, i))) {
                            units.keep(units.group(value, axis, i), reason);
                        }
                    }
                }
            }
        }
    }

    private void tie(ForwardOp op) {
        if (op instanceof WeightedOp weighted) {
            weighted(WeightUse.of(weighted));
        } else if (!SIZES.contains(op.origin().word())) {
            op.links().forEach(link -> tie(op, link));
        }
    }

    private void tie(ForwardOp op, AxisLink link) {
        Value x = op.signature().operands().get(link.operand());
        Value y = op.result();
        for (int i = 0; i < y.shape().axis(link.resultAxis()); i++) {
            int place = link.operandPlace(i);
            if (place >= 0 && place < x.shape().axis(link.axis())) {
                tie(x, link.axis(), place, y, link.resultAxis(), i);
            }
        }
    }

    private void tie(Value one, int axis, int index, Value other, int otherAxis, int otherIndex) {
        units.tie(one, axis, index, other, otherAxis, otherIndex);
        known.add(new Place(one, axis, index));
        known.add(new Place(other, otherAxis, otherIndex));
    }

    private void tie(Value one, int axis, Value other, int otherAxis) {
        for (int i = 0; i < one.shape().axis(axis); i++) {
            tie(one, axis, i, other, otherAxis, i);
        }
    }

    private void weighted(WeightUse use) {
        WeightedOp op = use.op();
        if (use.isDense()) {
            tie(use.weight(), use.in(), use.x(), use.axis());
        } else if (use.isDepthwise()) {
            tie(use.x(), use.axis(), use.y(), use.axis());
        } else {
            return;
        }
        tie(use.weight(), use.out(), use.y(), use.axis());
        op.bias().ifPresent(bias -> tie(bias, 0, use.y(), use.axis()));
    }
}
