package org.espalier.runtime.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Draws arrays from a seed: the same numbers, all of them exact in float, whatever the type. Activations are slices of
 * channels of larger arrays half of the time; what surrounds them must stay as it is.
 */
public final class DrawnArrays {
    private static final double OUTSIDE = 77;

    private final Random random;
    private final DataType type;
    private final List<Slice> slices = new ArrayList<>();

    public DrawnArrays(long seed, DataType type) {
        random = new Random(seed);
        this.type = type;
    }

    private record Slice(INDArray whole, long from, long channels) {}

    public int between(int first, int last) {
        return first + random.nextInt(last - first + 1);
    }

    /** True so many times in a hundred. */
    public boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** A parameter: contiguous, elements in [-1, 1]. */
    public INDArray parameter(long... shape) {
        INDArray array = array(shape);
        fill(array);
        return array;
    }

    /** An activation: [batch, channels, …], elements in [-1, 1]. */
    public INDArray activation(long... shape) {
        INDArray array = blank(shape);
        fill(array);
        return array;
    }

    /** An activation for a kernel to write. */
    public INDArray blank(long... shape) {
        if (chance(50)) {
            return array(shape);
        }
        long[] wide = shape.clone();
        long before = between(0, 2);
        wide[1] += before + between(0, 2);
        INDArray whole = array(wide);
        slices.add(new Slice(whole, before, shape[1]));
        return whole.get(NDArrayIndex.all(), NDArrayIndex.interval(before, before + shape[1]))
                .reshape(shape);
    }

    /** Without ND4J's operations, which take longer than most kernels here. */
    private INDArray array(long... shape) {
        double[] values = new double[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        Arrays.fill(values, OUTSIDE);
        return Nd4j.create(values, shape, type);
    }

    private void fill(INDArray array) {
        Operand to = Operand.of(array);
        double[] values = new double[to.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        to.write(values);
    }

    /** Checks that only the slices of the larger arrays were written. */
    public void requireNothingElseWritten() {
        for (Slice slice : slices) {
            Operand whole = Operand.of(slice.whole);
            double[] values = whole.read();
            int plane = whole.height * whole.width;
            for (int i = 0; i < values.length; i++) {
                int channel = i / plane % whole.channels;
                if ((channel < slice.from || channel >= slice.from + slice.channels) && values[i] != OUTSIDE) {
                    throw new AssertionError("a kernel wrote " + values[i] + " to channel " + channel + ", outside "
                            + slice.from + " to " + (slice.from + slice.channels));
                }
            }
        }
    }
}
