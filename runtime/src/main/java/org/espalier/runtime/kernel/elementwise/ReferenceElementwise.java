package org.espalier.runtime.kernel.elementwise;

import java.util.function.DoubleUnaryOperator;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Elementwise operations in double arithmetic. Results may overwrite operands. */
public final class ReferenceElementwise {
    private ReferenceElementwise() {}

    /** y = x after some epilogues. */
    public static void run(INDArray x, INDArray y, Epilogue... epilogues) {
        double[] values = Operand.of(x).read();
        Epilogue.run(values, epilogues);
        Operand.of(y).write(values);
    }

    /** y = f(x). */
    public static void map(INDArray x, INDArray y, DoubleUnaryOperator f) {
        double[] values = Operand.of(x).read();
        for (int i = 0; i < values.length; i++) {
            values[i] = f.applyAsDouble(values[i]);
        }
        Operand.of(y).write(values);
    }

    /** 1 for a positive number, 0 for the others, NaN for NaN. */
    public static double step(double value) {
        if (Double.isNaN(value)) {
            return value;
        }
        return value > 0 ? 1 : 0;
    }

    /** The elements of dropout's mask: 0 with probability p, else 1/(1 − p). */
    public static void mask(INDArray mask, double p, RandomStream random) {
        Operand to = Operand.of(mask);
        double[] values = new double[to.size()];
        long state = random.take(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = RandomStream.isBelow(p, state + i * RandomStream.STEP) ? 0 : 1 / (1 - p);
        }
        to.write(values);
    }

    /** y[n, c] = x[n, c] · mask[n, c]. */
    public static void multiplyChannels(INDArray x, INDArray mask, INDArray y) {
        Operand shape = Operand.of(x);
        double[] values = shape.read();
        double[] factors = Operand.of(mask).read();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factors[i / (shape.height * shape.width)];
        }
        Operand.of(y).write(values);
    }

    /** The channels of each sample of {@code from}, starting at {@code fromChannel}, to those of {@code to}. */
    public static void copyChannels(
            INDArray fromArray, int fromChannel, INDArray toArray, int toChannel, int channels) {
        Operand from = Operand.of(fromArray);
        Operand to = Operand.of(toArray);
        double[] source = from.read();
        double[] target = to.read();
        int plane = from.height * from.width;
        for (int n = 0; n < from.samples; n++) {
            System.arraycopy(
                    source,
                    n * from.sampleSize + fromChannel * plane,
                    target,
                    n * to.sampleSize + toChannel * plane,
                    channels * plane);
        }
        to.write(target);
    }
}
