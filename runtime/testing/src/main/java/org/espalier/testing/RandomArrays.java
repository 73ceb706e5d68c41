package org.espalier.testing;

import java.util.Arrays;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Random inputs and targets for tests of networks. The same seed gives the same numbers, in the order in which they are
 * asked for.
 *
 * <pre>
 *   RandomArrays random = RandomArrays.seed(1);
 *   INDArray image = random.normal(3, 1, 28, 28);
 *   INDArray label = random.indices(10, 3);
 * </pre>
 */
public final class RandomArrays {
    private final Random random;

    private RandomArrays(long seed) {
        this.random = new Random(seed);
    }

    /** Draws numbers by that seed. */
    public static RandomArrays seed(long seed) {
        return new RandomArrays(seed);
    }

    /** Returns floats of a normal distribution, mean 0 and standard deviation 1. */
    public INDArray normal(long... shape) {
        float[] numbers = new float[count(shape)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return Nd4j.create(numbers, shape, 'c');
    }

    /** Returns floats between 0 and 1, exclusive: also probabilities, which losses such as {@code BCELoss} take. */
    public INDArray uniform(long... shape) {
        float[] numbers = new float[count(shape)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (random.nextInt(1 << 23) + 0.5f) / (1 << 23);
        }
        return Nd4j.create(numbers, shape, 'c');
    }

    /**
     * Returns whole numbers of type INT, from 1 to {@code below} − 1; 0 is left out where there is another, since it is
     * often padding, which has no gradient.
     *
     * @param below number of classes, or of words
     * @throws IllegalArgumentException if {@code below} is less than 1
     */
    public INDArray indices(int below, long... shape) {
        if (below < 1) {
            throw new IllegalArgumentException("expected at least one index, but found 'below' " + below);
        }
        int[] numbers = new int[count(shape)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = below == 1 ? 0 : 1 + random.nextInt(below - 1);
        }
        return whole(numbers, shape);
    }

    /**
     * Returns for each row some classes, each once, and −1 behind them: targets of {@code MultiLabelMarginLoss}.
     *
     * @param classes number of classes, at least the size of a row
     * @param shape its last axis is that of a row
     */
    public INDArray labels(int classes, long... shape) {
        int[] numbers = new int[count(shape)];
        int row = (int) shape[shape.length - 1];
        for (int first = 0; first < numbers.length; first += row) {
            int[] order = random.ints(0, classes)
                    .distinct()
                    .limit(Math.min(classes, row))
                    .toArray();
            int given = 1 + random.nextInt(order.length);
            Arrays.fill(numbers, first, first + row, -1);
            System.arraycopy(order, 0, numbers, first, given);
        }
        return whole(numbers, shape);
    }

    private static INDArray whole(int[] numbers, long... shape) {
        return Nd4j.createFromArray(numbers).reshape(shape);
    }

    private static int count(long... shape) {
        return Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    }
}
