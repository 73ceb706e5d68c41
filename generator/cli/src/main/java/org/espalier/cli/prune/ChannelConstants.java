package org.espalier.cli.prune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;

/**
 * Finds constant channels, which have one value at every place for every sample, whatever the network is given: those
 * whose weights are 0, and what is computed of them.
 */
final class ChannelConstants {
    private final WeightNumbers weights;
    private final double threshold;
    private final Map<Value, double[][]> constants = new HashMap<>();

    /**
     * Looks through a network.
     *
     * @param operations the network in evaluation mode
     * @param threshold magnitude up to which a weight counts as 0
     */
    ChannelConstants(List<ForwardOp> operations, WeightNumbers weights, double threshold) {
        this.weights = weights;
        this.threshold = threshold;
        for (ForwardOp op : operations) {
            follow(op);
        }
    }

    /** The number of a channel, NaN if it is not constant. */
    double at(Value value, int axis, int index) {
        return of(value)[axis][index];
    }

    private double[][] of(Value value) {
        double[][] known = constants.get(value);
        if (known == null) {
            known = weights.has(value) ? ofWeights(value) : unknown(value);
            constants.put(value, known);
        }
        return known;
    }

    private static double[][] unknown(Value value) {
        double[][] unknown = new double[value.shape().rank()][];
        for (int axis = 0; axis < unknown.length; axis++) {
            unknown[axis] = axis < value.shape().firstAxis()
                    ? new double[0]
                    : new double[value.shape().axis(axis)];
            Arrays.fill(unknown[axis], Double.NaN);
        }
        return unknown;
    }

    /** Of a weight: along each axis the numbers of the slices whose elements are all one. */
    private double[][] ofWeights(Value value) {
        double[][] found = unknown(value);
        double[] numbers = weights.of(value);
        for (int axis = 0; axis < found.length; axis++) {
            int step = (int) value.shape().elementsBehind(axis);
            int size = found[axis].length;
            boolean[] begun = new boolean[size];
            for (int i = 0; i < numbers.length; i++) {
                int slice = i / step % size;
                double number = Math.abs(numbers[i]) <= threshold ? 0 : numbers[i];
                found[axis][slice] = begun[slice] && found[axis][slice] != number ? Double.NaN : number;
                begun[slice] = true;
            }
        }
        return found;
    }

    private void follow(ForwardOp op) {
        double[][] y = of(op.result());
        if (op instanceof WeightedOp weighted) {
            weighted(WeightUse.of(weighted), y);
            return;
        }
        List<AxisLink> links = op.links();
        if (links.isEmpty()) {
            return;
        }
        for (int axis = 0; axis < y.length; axis++) {
            for (int i = 0; i < y[axis].length; i++) {
                y[axis][i] = op.constant(numbers(op, links, axis, i));
            }
        }
    }

    /** The numbers of the operands that have elements at a place along an axis of the result. */
    private List<Double> numbers(ForwardOp op, List<AxisLink> links, int axis, int place) {
        List<Value> operands = op.signature().operands();
        List<Double> numbers = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            int operand = i;
            AxisLink link = links.stream()
                    .filter(one -> one.operand() == operand && one.resultAxis() == axis)
                    .findFirst()
                    .orElse(null);
            if (link == null) {
                numbers.add(everywhere(operands.get(i)));
            } else {
                double[] known = of(operands.get(i))[link.axis()];
                int index = link.operandPlace(place);
                if (index >= 0 && index < known.length) {
                    numbers.add(known[index]);
                }
            }
        }
        return numbers;
    }

    /** The one number of a value, NaN if it has several. */
    private double everywhere(Value value) {
        for (double[] numbers : of(value)) {
            double first = numbers.length == 0 ? Double.NaN : numbers[0];
            if (!Double.isNaN(first) && Arrays.stream(numbers).allMatch(number -> number == first)) {
                return first;
            }
        }
        return Double.NaN;
    }

    /** Tells whether nothing of a channel goes into another: all weights between them count as 0. */
    boolean isCut(WeightUse use, int input, int output) {
        double[] numbers = weights.of(use.weight());
        int start = use.kernel(input, output);
        for (int i = 0; i < WeightNumbers.slice(use.weight()); i++) {
            if (Math.abs(numbers[start + i]) > threshold) {
                return false;
            }
        }
        return true;
    }

    /** The number that a constant channel adds to another one. */
    double added(WeightUse use, int input, int output, double constant) {
        double[] numbers = weights.of(use.weight());
        int start = use.kernel(input, output);
        double sum = 0;
        for (int i = 0; i < WeightNumbers.slice(use.weight()); i++) {
            sum += numbers[start + i];
        }
        return sum * constant;
    }

    private void weighted(WeightUse use, double[][] y) {
        if (!weights.has(use.weight()) || !(use.isDense() || use.isDepthwise())) {
            return;
        }
        double[] channels = y[use.axis()];
        for (int o = 0; o < channels.length; o++) {
            double sum = use.op().bias().isPresent() ? at(use.op().bias().get(), 0, o) : 0;
            int first = use.isDepthwise() ? o : 0;
            int last = use.isDepthwise() ? o + 1 : use.x().shape().axis(use.axis());
            for (int i = first; i < last && !Double.isNaN(sum); i++) {
                int input = use.isDepthwise() ? 0 : i;
                if (!isCut(use, input, o)) {
                    double constant = at(use.x(), use.axis(), i);
                    boolean adds = constant == 0 || use.op().isUniform();
                    sum += adds ? constant == 0 ? 0 : added(use, input, o, constant) : Double.NaN;
                }
            }
            channels[o] = sum;
        }
    }
}
