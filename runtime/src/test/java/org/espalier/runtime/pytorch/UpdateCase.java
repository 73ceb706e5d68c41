package org.espalier.runtime.pytorch;

import java.util.List;
import java.util.Map;

/**
 * Five steps of an optimizer under penalties, as PyTorch took them.
 *
 * @param file the fixture, {@code adam.json}
 * @param name the case within it
 * @param optimizer PyTorch's class and arguments
 * @param clipNorm what {@code clip_grad_norm_} was given, infinity if it was not called
 * @param clipValue what {@code clip_grad_value_} was given, infinity if it was not called
 * @param terms what was added to the loss or done in the update
 * @param parameters the weights, each with its way
 */
public record UpdateCase(
        String file,
        String name,
        OptimizerArguments optimizer,
        double clipNorm,
        double clipValue,
        List<Term> terms,
        List<Trajectory> parameters) {

    /**
     * An optimizer as PyTorch is told about it.
     *
     * @param name class of {@code torch.optim}
     * @param lr learning rate of each of the five steps
     * @param numbers the other arguments; a pair is two numbers, {@code betas[0]} and {@code betas[1]}
     * @param flags names of the arguments that are True
     */
    public record OptimizerArguments(String name, double[] lr, Map<String, Double> numbers, List<String> flags) {
        /** An argument, or what PyTorch takes for it if it is not given. */
        public double number(String argument, double otherwise) {
            return numbers.getOrDefault(argument, otherwise);
        }
    }

    /**
     * A term of a regularizer.
     *
     * @param word its word in the language; {@code weight_decay} is PyTorch's argument, which {@code l2} must equal
     * @param lambda of each of the five steps; zeros for {@code max_norm}
     * @param numbers its other arguments
     * @param proximal whether it is applied after the step by its proximal map
     * @param expression what a {@code .net} writes where the language has no word for it, else empty
     */
    public record Term(
            String word, double[] lambda, Map<String, Double> numbers, boolean proximal, String expression) {}

    /**
     * One parameter's way.
     *
     * @param name of the parameter
     * @param shape of the parameter; where a term looks at output units, its {@code axis} says which axis they are
     * @param initial weights before the first step
     * @param gradients of the data loss, for each step
     * @param penalties sum of all terms' penalties before each step
     * @param weights after each step, in single precision
     * @param last after the last step of the same run in double precision
     * @param state the optimizer's numbers after the last step, by PyTorch's names; empty where they were not kept
     */
    public record Trajectory(
            String name,
            long[] shape,
            float[] initial,
            List<float[]> gradients,
            double[] penalties,
            List<float[]> weights,
            double[] last,
            Map<String, float[]> state) {

        /** Computes the scale of an element's errors: its greatest magnitude on the way, at least {@code least}. */
        public double scale(int element, double least) {
            double scale = Math.max(least, finite(initial[element]));
            for (float[] after : weights) {
                scale = Math.max(scale, finite(after[element]));
            }
            return scale;
        }

        private static double finite(float value) {
            return Float.isFinite(value) ? Math.abs(value) : 0;
        }
    }

    /** {@code adam.json: elastic net}. */
    @Override
    public String toString() {
        return file + ": " + name;
    }
}
