package org.espalier.runtime.kernel.loss;

import java.util.Arrays;
import java.util.List;
import org.espalier.runtime.kernel.elementwise.DoubleFormula;
import org.espalier.runtime.kernel.elementwise.FloatFormula;
import org.espalier.runtime.kernel.memory.Blocks;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Losses that a formula gives for each element of their operands. */
final class ElementwiseLosses {
    private ElementwiseLosses() {}

    /** The mean of a loss, and its gradients, in blocks that threads share. */
    static double of(INDArray[] arrays, double scale, FloatFormula loss, List<Losses.FloatSlope> slopes) {
        Operand[] operands = Arrays.stream(arrays).map(Operand::of).toArray(Operand[]::new);
        List<Operand> gradients =
                slopes.stream().map(slope -> Operand.of(slope.gradient())).toList();
        Operand first = operands[0];
        float factor = (float) (scale / first.size());
        double[] sums = new double[Blocks.count(first.samples, first.sampleSize)];
        Blocks.forEach(first.samples, first.sampleSize, (index, sample, from, count, scratch) -> {
            float[][] read = scratch.operands(operands.length);
            for (int i = 0; i < operands.length; i++) {
                operands[i].get(sample * operands[i].sampleStride + from, read[i], count);
            }
            loss.apply(read, scratch.a, count);
            for (int i = 0; i < count; i++) {
                sums[index] += scratch.a[i];
            }
            for (int s = 0; s < gradients.size(); s++) {
                slopes.get(s).slope().apply(read, scratch.a, count);
                for (int i = 0; i < count; i++) {
                    scratch.a[i] *= factor;
                }
                Operand gradient = gradients.get(s);
                gradient.put(sample * gradient.sampleStride + from, scratch.a, count);
            }
        });
        return scale / first.size() * sum(sums);
    }

    /** The same on doubles, one element after the other. */
    static double of(INDArray[] arrays, double scale, DoubleFormula loss, List<Losses.DoubleSlope> slopes) {
        double[][] operands =
                Arrays.stream(arrays).map(array -> Operand.of(array).read()).toArray(double[][]::new);
        int size = operands[0].length;
        double[] result = new double[size];
        loss.apply(operands, result, size);
        double sum = sum(result);
        for (Losses.DoubleSlope slope : slopes) {
            slope.slope().apply(operands, result, size);
            for (int i = 0; i < size; i++) {
                result[i] *= scale / size;
            }
            Operand.of(slope.gradient()).write(result);
        }
        return scale / size * sum;
    }

    private static double sum(double... parts) {
        double sum = 0;
        for (double part : parts) {
            sum += part;
        }
        return sum;
    }
}
