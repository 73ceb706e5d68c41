package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Holds the gradients of a compiled network, in numbers of 64 bits, to central differences. */
final class CompiledGradients {
    /** The shorter ones are for where a kink (of a rectifier, a maximum, an absolute value) lies within the step. */
    private static final double[] STEPS = {1e-5, 1e-6, 1e-7};

    private static final double TOLERANCE = 1e-6;

    /** So many elements of each tensor are checked, picked at random. */
    private static final int PLACES = 8;

    private CompiledGradients() {}

    /** Fails if a gradient is wrong. */
    static void check(Program program, CompiledNetwork network) {
        double value = network.forward();
        network.backward();
        network.network().regularizers().forEach(Regularizer::takeActivities);
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        Map<String, double[]> gradients = new LinkedHashMap<>();
        for (Parameter parameter : network.network().parameters()) {
            if (!parameter.isFrozen()) {
                arrays.put(parameter.name(), parameter.value());
                gradients.put(parameter.name(), numbers(parameter.gradient()));
            }
        }
        for (int i = 0; i < program.graph().inputs().size(); i++) {
            Value input = program.graph().inputs().get(i);
            if (program.inputGradients().contains(input.gradient())) {
                arrays.put(input.name(), network.input(i));
                gradients.put(input.name(), numbers(network.inputGradient(input)));
            }
        }
        double largest = gradients.values().stream()
                .mapToDouble(CompiledGradients::norm)
                .max()
                .orElse(0);
        double smallest = Math.max(1e-2 * largest, 1e-3 * Math.max(1, Math.abs(value)));
        arrays.forEach((what, array) -> compare(network, what, array, gradients.get(what), smallest));
    }

    /**
     * Scales that start as 1 leave what a maximum has made equal as it is, and the next maximum has no derivative
     * there.
     */
    static void disturb(CompiledNetwork network) {
        Random random = new Random(7);
        network.network().parameters().forEach(parameter -> {
            double[] numbers = numbers(parameter.value());
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] += 0.1 * random.nextGaussian();
            }
            parameter
                    .value()
                    .assign(Nd4j.createFromArray(numbers)
                            .reshape('c', parameter.value().shape()));
        });
    }

    /** The numbers of an array in row-major order. */
    static double[] numbers(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    private static void compare(
            CompiledNetwork network, String what, INDArray array, double[] gradient, double smallest) {
        int[] places = new Random(gradient.length)
                .ints(0, gradient.length)
                .distinct()
                .limit(Math.min(gradient.length, PLACES))
                .toArray();
        double[] computed = new double[places.length];
        double[] numeric = new double[places.length];
        double[] difference = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            computed[i] = gradient[places[i]];
            numeric[i] = closest(network, array, places[i], computed[i]);
            difference[i] = numeric[i] - computed[i];
        }
        double size = Math.max(Math.max(norm(computed), norm(numeric)), smallest);
        assertThat(norm(difference) / size)
                .as(
                        "relative error of the gradient by %s: %s, differences say %s",
                        what, Arrays.toString(computed), Arrays.toString(numeric))
                .isLessThan(TOLERANCE);
    }

    private static double closest(CompiledNetwork network, INDArray array, int place, double computed) {
        double closest = Double.NaN;
        for (double step : STEPS) {
            double numeric = centralDifference(network, array, place, step);
            if (Double.isNaN(closest) || Math.abs(numeric - computed) < Math.abs(closest - computed)) {
                closest = numeric;
            }
            if (Math.abs(closest - computed) <= TOLERANCE * Math.abs(computed)) {
                break;
            }
        }
        return closest;
    }

    private static double centralDifference(CompiledNetwork network, INDArray array, int place, double step) {
        INDArray flat = array.reshape(array.length());
        double saved = flat.getDouble(place);
        flat.putScalar(place, saved + step);
        double above = network.penalized();
        flat.putScalar(place, saved - step);
        double below = network.penalized();
        flat.putScalar(place, saved);
        return (above - below) / (2 * step);
    }

    private static double norm(double[] vector) {
        double sum = 0;
        for (double element : vector) {
            sum += element * element;
        }
        return Math.sqrt(sum);
    }
}
