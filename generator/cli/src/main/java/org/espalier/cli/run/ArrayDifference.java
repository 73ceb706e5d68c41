package org.espalier.cli.run;

import java.nio.ByteBuffer;
import org.espalier.weights.TensorType;
import org.espalier.weights.npy.NpyArray;

/**
 * Difference of two arrays of one shape.
 *
 * @param greatest the greatest difference of two numbers; infinite if one of two alone is NaN
 * @param scale the greatest magnitude in the second
 */
public record ArrayDifference(double greatest, double scale) {
    /**
     * Compares arrays.
     *
     * @param name what messages call them
     * @throws RunException if they have different shapes
     */
    public static ArrayDifference of(String name, NpyArray one, NpyArray other) throws RunException {
        if (!one.shape().equals(other.shape())) {
            throw new RunException(
                    "output '" + name + "' is " + one.shape() + ", and what is expected is " + other.shape());
        }
        ByteBuffer numbers = one.as(TensorType.F64);
        ByteBuffer others = other.as(TensorType.F64);
        double greatest = 0;
        double scale = 0;
        while (numbers.hasRemaining()) {
            double first = numbers.getDouble();
            double second = others.getDouble();
            scale = Math.max(scale, Math.abs(second));
            if (Double.compare(first, second) != 0) {
                double difference = Math.abs(first - second);
                greatest = Math.max(greatest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
            }
        }
        return new ArrayDifference(greatest, scale);
    }

    /** The greatest difference, divided by the scale. */
    public double relative() {
        return greatest == 0 ? 0 : greatest / scale;
    }
}
