package org.espalier.cli.prune;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;

/**
 * Ties the channels of a network that can only be removed together. What an operation does along an axis is known of
 * those here; every other one keeps all that it reads and writes.
 */
final class ChannelTies {
    /** Operations that work on each channel by itself and leave the channels where they are. */
    static final Pattern BY_CHANNEL =
            Pattern.compile("(adaptive_)?(max|avg)_pool[123]d|upsample|instance_norm|lp_pool[123]d");

    private final ChannelUnits units;
    private final Set<List<Object>> known = new HashSet<>();

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
                    if (!known.contains(List.of(op, value, axis))) {
                        units.keep(value, axis, reason);
                    }
                }
            }
        }
    }

    private void tie(ForwardOp op, Value one, int axis, Value other, int otherAxis) {
        units.tie(one, axis, other, otherAxis);
        know(op, one, axis);
        know(op, other, otherAxis);
    }

    private void know(ForwardOp op, Value value, int axis) {
        known.add(List.of(op, value, axis));
    }

    private void tie(ForwardOp op) {
        OpSignature signature = op.signature();
        Value y = op.result();
        if (op instanceof WeightedOp weighted) {
            weighted(WeightUse.of(weighted));
        } else if (signature.name().equals("elementwise")) {
            elementwise(op);
        } else if (signature.name().equals("concat")) {
            concat(op);
        } else if (signature.name().equals("permute")) {
            List<Integer> order = attribute(op, Argument.Axes.class).axes();
            for (int axis = y.shape().firstAxis(); axis < y.shape().rank(); axis++) {
                Value x = signature.operands().get(0);
                if (order.get(axis) >= x.shape().firstAxis()) {
                    tie(op, x, order.get(axis), y, axis);
                }
            }
        } else if (signature.name().equals("reshape")) {
            reshape(op);
        } else if (signature.name().equals("reduce")) {
            Value x = signature.operands().get(0);
            for (int axis = y.shape().firstAxis(); axis < y.shape().rank(); axis++) {
                if (x.shape().axis(axis) == y.shape().axis(axis)) {
                    tie(op, x, axis, y, axis);
                }
            }
        } else if (signature.name().equals("embedding")) {
            tie(op, signature.operands().get(1), 1, y, y.shape().rank() - 1);
        } else if (BY_CHANNEL.matcher(signature.name()).matches()) {
            Value x = signature.operands().get(0);
            tie(op, x, 1, y, 1);
            signature.operands().stream()
                    .skip(1)
                    .filter(parameter -> parameter.shape().rank() == 1)
                    .forEach(parameter -> tie(op, parameter, 0, y, 1));
        } else if (op.isElementwise()) {
            for (Value x : signature.operands()) {
                for (int axis = y.shape().firstAxis(); axis < y.shape().rank(); axis++) {
                    tie(op, x, axis, y, axis);
                }
            }
        }
    }

    static <A extends Argument> A attribute(ForwardOp op, Class<A> type) {
        return op.signature().attributes().stream()
                .map(OpSignature.Attribute::value)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    private void weighted(WeightUse use) {
        WeightedOp op = use.op();
        if (use.isDense()) {
            tie(op, use.weight(), use.in(), use.x(), use.read());
        } else if (use.isDepthwise()) {
            tie(op, use.x(), use.read(), use.y(), use.written());
        } else {
            return;
        }
        tie(op, use.weight(), use.out(), use.y(), use.written());
        op.bias().ifPresent(bias -> tie(op, bias, 0, use.y(), use.written()));
    }

    private void elementwise(ForwardOp op) {
        Value y = op.result();
        List<Integer> axes = attribute(op, Argument.Axes.class).axes();
        List<Value> operands = op.signature().operands();
        for (int i = 0; i < operands.size(); i++) {
            Value x = operands.get(i);
            for (int axis = x.shape().firstAxis(); axis < x.shape().rank(); axis++) {
                int along = axes.get(i) + axis;
                if (along >= y.shape().firstAxis()
                        && x.shape().axis(axis) == y.shape().axis(along)) {
                    tie(op, x, axis, y, along);
                }
            }
        }
    }

    private void concat(ForwardOp op) {
        Value y = op.result();
        int joined = concatAxis(op);
        for (Value part : op.signature().operands()) {
            for (int axis = y.shape().firstAxis(); axis < y.shape().rank(); axis++) {
                if (axis != joined) {
                    tie(op, part, axis, y, axis);
                }
            }
        }
        int from = 0;
        for (Value part : op.signature().operands()) {
            for (int i = 0; i < part.shape().axis(joined); i++) {
                units.tie(part, joined, i, y, joined, from + i);
            }
            know(op, part, joined);
            from += part.shape().axis(joined);
        }
        know(op, y, joined);
    }

    static int concatAxis(ForwardOp op) {
        return op.signature().attributes().stream()
                .map(OpSignature.Attribute::value)
                .filter(Argument.Whole.class::isInstance)
                .map(axis -> ((Argument.Whole) axis).number())
                .findFirst()
                .orElse(1);
    }

    /** Ties axes that stay, and of those that become one the outermost, whose places are runs of it. */
    private void reshape(ForwardOp op) {
        Value x = op.signature().operands().get(0);
        Value y = op.result();
        if (x.shape().batched() != y.shape().batched()
                || Set.of("reshape", "view", "Unflatten", "unflatten")
                        .contains(op.origin().word())) {
            return;
        }
        for (int from = x.shape().firstAxis(); from < x.shape().rank(); from++) {
            for (int to = y.shape().firstAxis(); to < y.shape().rank(); to++) {
                int size = x.shape().axis(from);
                int merged = y.shape().axis(to);
                long step = step(x.shape(), from);
                long after = step(y.shape(), to);
                if (size > 1 && size * step == merged * after && step % after == 0) {
                    int run = (int) (step / after);
                    for (int i = 0; i < merged; i++) {
                        units.tie(x, from, i / run, y, to, i);
                    }
                    know(op, x, from);
                    know(op, y, to);
                }
            }
        }
    }

    /** Elements from one place along an axis to the next. */
    static long step(Shape shape, int axis) {
        long step = 1;
        for (int behind = axis + 1; behind < shape.rank(); behind++) {
            step *= shape.axis(behind);
        }
        return step;
    }
}
