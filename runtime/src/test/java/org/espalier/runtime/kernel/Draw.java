package org.espalier.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Draws arrays from a seed: the same numbers, all of them exact in float, whatever the type. Activations are slices of
 * channels of larger arrays half of the time; what surrounds them must stay as it is.
 */
final class Draw {
    private static final double OUTSIDE = 77;

    private final Random random;
    private final DataType type;
    private final List<Slice> slices = new ArrayList<>();

    Draw(long seed, DataType type) {
        random = new Random(seed);
        this.type = type;
    }

    private record Slice(INDArray whole, long from, long channels) {}

    int between(int first, int last) {
        return first + random.nextInt(last - first + 1);
    }

    /** True so many times in a hundred. */
    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** A parameter: contiguous, elements in [-1, 1]. */
    INDArray parameter(long... shape) {
        return fill(Nd4j.create(type, shape));
    }

    /** An activation: [batch, channels, …], elements in [-1, 1]. */
    INDArray activation(long... shape) {
        return fill(blank(shape));
    }

    /** An activation for a kernel to write. */
    INDArray blank(long... shape) {
        if (chance(50)) {
            return Nd4j.valueArrayOf(shape, OUTSIDE, type);
        }
        long[] wide = shape.clone();
        long before = between(0, 2);
        wide[1] += before + between(0, 2);
        INDArray whole = Nd4j.valueArrayOf(wide, OUTSIDE, type);
        slices.add(new Slice(whole, before, shape[1]));
        return whole.get(NDArrayIndex.all(), NDArrayIndex.interval(before, before + shape[1]))
                .reshape(shape);
    }

    private INDArray fill(INDArray array) {
        float[] values = new float[Math.toIntExact(array.length())];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return array.assign(Nd4j.createFromArray(values).castTo(type).reshape(array.shape()));
    }

    /** Checks that only the slices of the larger arrays were written. */
    void requireNothingElseWritten() {
        for (Slice slice : slices) {
            for (long channel = 0; channel < slice.whole.size(1); channel++) {
                if (channel < slice.from || channel >= slice.from + slice.channels) {
                    INDArray other = slice.whole.get(NDArrayIndex.all(), NDArrayIndex.point(channel));
                    assertThat(other.dup('c').data().asDouble()).containsOnly(OUTSIDE);
                }
            }
        }
    }
}
