package org.espalier.cli.prune;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;
import org.espalier.generator.layer.activation.Activation;

/**
 * Finds constant channels, which have one value at every place for every sample, whatever the network is given: those
 * whose weights are 0, and what is computed of them.
 */
final class ChannelConstants {
    private static final Pattern REDUCTION = Pattern.compile("mean|max|min");

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
            int step = (int) ChannelTies.step(value.shape(), axis);
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
        String name = op.signature().name();
        double[][] y = of(op.result());
        List<Value> operands = op.signature().operands();
        if (op instanceof WeightedOp weighted) {
            weighted(WeightUse.of(weighted), y);
        } else if (name.equals("elementwise")) {
            elementwise(op, y);
        } else if (name.equals("add")) {
            each(y, (axis, i) -> at(operands.get(0), axis, i) + at(operands.get(1), axis, i));
        } else if (op instanceof Activation activation) {
            each(y, (axis, i) -> ActivationConstant.of(activation.function(), at(activation.x(), axis, i)));
        } else if (name.equals("concat")) {
            int along = ChannelTies.concatAxis(op);
            int from = 0;
            for (Value part : operands) {
                System.arraycopy(of(part)[along], 0, y[along], from, of(part)[along].length);
                from += of(part)[along].length;
            }
        } else if (name.equals("permute")) {
            List<Integer> order = ChannelTies.attribute(op, Argument.Axes.class).axes();
            each(y, (axis, i) -> at(operands.get(0), order.get(axis), i));
        } else if (name.equals("reshape")) {
            reshape(op, y);
        } else if (name.equals("reduce") && isMeanOfSame(op)) {
            Value x = operands.get(0);
            each(y, (axis, i) -> of(x)[axis].length == y[axis].length ? at(x, axis, i) : Double.NaN);
        } else if (name.equals("embedding")) {
            Value table = operands.get(1);
            int last = y.length - 1;
            for (int i = 0; i < y[last].length; i++) {
                y[last][i] = at(table, 1, i);
            }
        } else if (name.equals("instance_norm")) {
            instanceNorm(operands, y);
        } else if (ChannelTies.BY_CHANNEL.matcher(name).matches() && !name.startsWith("lp_pool")) {
            boolean zeroAlone = name.startsWith("avg_pool");
            for (int i = 0; i < y[1].length; i++) {
                double constant = at(operands.get(0), 1, i);
                y[1][i] = zeroAlone && constant != 0 ? Double.NaN : constant;
            }
        }
    }

    private static boolean isMeanOfSame(ForwardOp op) {
        return op.signature().attributes().stream()
                .map(attribute -> attribute.value())
                .anyMatch(kind -> kind instanceof Argument.Word word
                        && REDUCTION.matcher(word.text()).matches());
    }

    private interface Of {
        double at(int axis, int index);
    }

    private static void each(double[][] y, Of number) {
        for (int axis = 0; axis < y.length; axis++) {
            for (int i = 0; i < y[axis].length; i++) {
                y[axis][i] = number.at(axis, i);
            }
        }
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
        double[] channels = y[use.written()];
        for (int o = 0; o < channels.length; o++) {
            double sum = use.op().bias().isPresent() ? at(use.op().bias().get(), 0, o) : 0;
            int first = use.isDepthwise() ? o : 0;
            int last = use.isDepthwise() ? o + 1 : use.x().shape().axis(use.read());
            for (int i = first; i < last && !Double.isNaN(sum); i++) {
                int input = use.isDepthwise() ? 0 : i;
                if (!isCut(use, input, o)) {
                    double constant = at(use.x(), use.read(), i);
                    boolean adds = constant == 0 || use.isSameEverywhere();
                    sum += adds ? constant == 0 ? 0 : added(use, input, o, constant) : Double.NaN;
                }
            }
            channels[o] = sum;
        }
    }

    private void instanceNorm(List<Value> operands, double[][] y) {
        boolean affine = operands.size() >= 3;
        for (int i = 0; i < y[1].length; i++) {
            double weight = affine ? at(operands.get(1), 0, i) : 1;
            boolean flat = weight == 0 || !Double.isNaN(at(operands.get(0), 1, i));
            y[1][i] = flat ? affine ? at(operands.get(2), 0, i) : 0 : Double.NaN;
        }
    }

    private void reshape(ForwardOp op, double[][] y) {
        Value x = op.signature().operands().get(0);
        Value result = op.result();
        for (int from = x.shape().firstAxis(); from < x.shape().rank(); from++) {
            for (int to = result.shape().firstAxis(); to < result.shape().rank(); to++) {
                long step = ChannelTies.step(x.shape(), from);
                long after = ChannelTies.step(result.shape(), to);
                long size = x.shape().axis(from);
                if (size > 1 && size * step == y[to].length * after && step % after == 0) {
                    int run = (int) (step / after);
                    for (int i = 0; i < y[to].length; i++) {
                        y[to][i] = at(x, from, i / run);
                    }
                }
            }
        }
    }

    private void elementwise(ForwardOp op, double[][] y) {
        Argument.Function f = ChannelTies.attribute(op, Argument.Function.class);
        List<Integer> axes = ChannelTies.attribute(op, Argument.Axes.class).axes();
        List<Value> operands = op.signature().operands();
        each(y, (axis, i) -> {
            Map<String, Double> numbers = new HashMap<>();
            for (int operand = 0; operand < operands.size(); operand++) {
                double number = along(operands.get(operand), axis - axes.get(operand), i);
                if (!Double.isNaN(number)) {
                    numbers.put(f.variables().get(operand), number);
                }
            }
            return numbers.keySet().containsAll(f.variables())
                    ? Evaluation.at(f.value(), numbers)
                    : known(f.value(), numbers);
        });
    }

    /** The number of an operand where a place along an axis of the result is, NaN if it has several. */
    private double along(Value operand, int axis, int index) {
        double[][] known = of(operand);
        if (axis >= operand.shape().firstAxis() && axis < operand.shape().rank() && known[axis].length > 1) {
            return known[axis][index];
        }
        // It is repeated along the axis, and is one number there if it is one everywhere.
        for (double[] numbers : known) {
            double first = numbers.length == 0 ? Double.NaN : numbers[0];
            if (!Double.isNaN(first) && Arrays.stream(numbers).allMatch(number -> number == first)) {
                return first;
            }
        }
        return Double.NaN;
    }

    /** The value of a formula of which some variables are unknown: a product with 0 is 0. */
    private static double known(Formula formula, Map<String, Double> numbers) {
        if (formula instanceof Formula.Constant constant) {
            return constant.value();
        } else if (formula instanceof Formula.Variable variable) {
            return numbers.getOrDefault(variable.name(), Double.NaN);
        } else if (formula instanceof Formula.Negate negate) {
            return -known(negate.x(), numbers);
        } else if (formula instanceof Formula.Binary binary) {
            double a = known(binary.a(), numbers);
            double b = known(binary.b(), numbers);
            boolean product = binary.operator() == Formula.Operator.MULTIPLY;
            return product && (a == 0 || b == 0) ? 0 : Evaluation.apply(binary.operator(), a, b);
        } else if (formula instanceof Formula.Apply apply) {
            return Evaluation.apply(apply.function(), known(apply.x(), numbers));
        }
        return Double.NaN;
    }
}
