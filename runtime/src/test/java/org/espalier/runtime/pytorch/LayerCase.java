package org.espalier.runtime.pytorch;

import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer or loss that PyTorch ran forward and backward.
 *
 * @param name the case
 * @param numbers PyTorch's arguments; a pair is two numbers, {@code kernel_size[0]} and {@code kernel_size[1]}, and a
 *     boolean is 0 or 1
 * @param words arguments that are words
 * @param tensors what went in and came out: x, weight, bias, y, dY, dX, dWeight, dBias …
 * @param result the loss or the penalty, NaN where there is none
 */
public record LayerCase(
        String name,
        Map<String, Double> numbers,
        Map<String, String> words,
        Map<String, Tensor> tensors,
        double result) {

    /**
     * Numbers in row-major order. Those that went in are exactly these; those that came out are rounded to them.
     *
     * @param shape of the array
     * @param values its elements
     */
    public record Tensor(long[] shape, float[] values) {}

    /** Tells whether there is a tensor of that name. */
    public boolean has(String tensor) {
        return tensors.containsKey(tensor);
    }

    /** A new array with a tensor's numbers. */
    public INDArray array(String tensor, DataType type) {
        Tensor from = tensors.get(tensor);
        if (from == null) {
            throw new IllegalArgumentException("no tensor '" + tensor + "' in '" + name + "', but " + tensors.keySet());
        }
        return Nd4j.createFromArray(from.values()).reshape('c', from.shape()).castTo(type);
    }

    /** A new array of a tensor's shape, full of a number that no kernel should leave there. */
    public INDArray blank(String tensor, DataType type) {
        return array(tensor, type).assign(-12345);
    }

    /** An argument, or what PyTorch takes for it if it is not given. */
    public double number(String argument, double otherwise) {
        return numbers.getOrDefault(argument, otherwise);
    }

    /** The case. */
    @Override
    public String toString() {
        return name;
    }
}
