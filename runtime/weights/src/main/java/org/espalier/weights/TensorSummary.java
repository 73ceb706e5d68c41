package org.espalier.weights;

import java.nio.ByteBuffer;

/**
 * Summary statistics of a tensor.
 *
 * @param least of the numbers, NaN if one is
 * @param greatest of the numbers, NaN if one is
 * @param mean of the numbers
 * @param zeros share of the numbers that are 0
 */
public record TensorSummary(double least, double greatest, double mean, double zeros) {
    /**
     * Looks at each number. A tensor without any has NaN for all.
     *
     * @throws WeightsFileException if they cannot be read, or are more than 2 GiB
     */
    public static TensorSummary of(TensorSource file, TensorInfo tensor) {
        ByteBuffer numbers = file.numbers(tensor.name());
        long count = 0;
        long zeros = 0;
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        double sum = 0;
        while (numbers.hasRemaining()) {
            double number = NumberConversion.next(numbers, tensor.type());
            least = Math.min(least, number);
            greatest = Math.max(greatest, number);
            sum += number;
            zeros += number == 0 ? 1 : 0;
            count++;
        }
        return count == 0
                ? new TensorSummary(Double.NaN, Double.NaN, Double.NaN, Double.NaN)
                : new TensorSummary(least, greatest, sum / count, (double) zeros / count);
    }

    /**
     * The greatest difference of two tensors of one shape, number by number; infinite if one of two alone is NaN.
     *
     * @throws WeightsFileException if they cannot be read, or are more than 2 GiB
     */
    public static double difference(TensorSource file, TensorInfo tensor, TensorSource other, TensorInfo second) {
        ByteBuffer numbers = file.numbers(tensor.name());
        ByteBuffer others = other.numbers(second.name());
        double greatest = 0;
        while (numbers.hasRemaining() && others.hasRemaining()) {
            double one = NumberConversion.next(numbers, tensor.type());
            double two = NumberConversion.next(others, second.type());
            if (Double.compare(one, two) != 0) {
                double difference = Math.abs(one - two);
                greatest = Math.max(greatest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
            }
        }
        return greatest;
    }
}
