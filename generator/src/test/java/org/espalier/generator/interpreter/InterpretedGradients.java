package org.espalier.generator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;

/** Compares the gradients that a program computes with central differences of its loss. */
public final class InterpretedGradients {
    private static final int BATCH = 3;
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-6;

    /** So many elements of each tensor are checked, picked at random. */
    private static final int PLACES = 20;

    private InterpretedGradients() {}

    /** Every gradient of a program must agree with the differences. */
    public static void check(Program program, long seed) {
        Interpreter interpreter = new Interpreter(program, BATCH, seed);
        double expectedLoss = interpreter.forward();
        interpreter.backward();
        if (!program.seeds().isEmpty() && !program.graph().losses().isEmpty()) {
            assertThat(interpreter.loss()).as("loss").isEqualTo(expectedLoss);
        }
        List<Value> differentiated = differentiated(program);
        List<double[]> gradients = new ArrayList<>();
        for (Value value : differentiated) {
            gradients.add(interpreter.numbers(value.gradient()));
        }
        // A gradient that is 0 but for rounding (by a bias before a normalization, by a saturated logit) has no
        // relative
        // error of its own: it is measured against the largest gradient and the rounding of the differences.
        double largest =
                gradients.stream().mapToDouble(InterpretedGradients::norm).max().orElse(0);
        double smallest = Math.max(1e-2 * largest, 1e-3 * Math.max(1, Math.abs(expectedLoss)));
        for (int i = 0; i < differentiated.size(); i++) {
            compare(interpreter, differentiated.get(i), gradients.get(i), smallest);
        }
    }

    private static List<Value> differentiated(Program program) {
        Graph graph = program.graph();
        List<Value> values = new ArrayList<>();
        for (Value input : graph.inputs()) {
            if (program.inputGradients().contains(input.gradient())) {
                values.add(input);
            }
        }
        for (ParameterDecl parameter : graph.parameters()) {
            Value gradient = parameter.value().gradient();
            if (program.backward().stream().anyMatch(op -> op.outputs().contains(gradient))) {
                values.add(parameter.value());
            }
        }
        return values;
    }

    private static void compare(Interpreter interpreter, Value value, double[] gradient, double smallest) {
        double[] array = interpreter.array(value);
        int[] places = new Random(array.length)
                .ints(0, array.length)
                .distinct()
                .limit(Math.min(array.length, PLACES))
                .toArray();
        double[] computed = new double[places.length];
        double[] numeric = new double[places.length];
        double[] difference = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            computed[i] = gradient[places[i]];
            numeric[i] = centralDifference(interpreter, array, places[i], STEP);
            if (Math.abs(numeric[i] - computed[i]) > TOLERANCE * Math.abs(computed[i])) {
                // Perhaps a kink (of a rectifier, a maximum, an absolute value) lies within the step: take a shorter.
                double closer = centralDifference(interpreter, array, places[i], STEP / 10);
                if (Math.abs(closer - computed[i]) < Math.abs(numeric[i] - computed[i])) {
                    numeric[i] = closer;
                }
            }
            difference[i] = numeric[i] - computed[i];
        }
        double size = Math.max(Math.max(norm(computed), norm(numeric)), smallest);
        assertThat(norm(difference) / size)
                .as(
                        "relative error of %s: %s, differences say %s",
                        value.gradient(), Arrays.toString(computed), Arrays.toString(numeric))
                .isLessThan(TOLERANCE);
    }

    private static double centralDifference(Interpreter interpreter, double[] array, int place, double step) {
        double saved = array[place];
        array[place] = saved + step;
        double above = interpreter.forward();
        array[place] = saved - step;
        double below = interpreter.forward();
        array[place] = saved;
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
