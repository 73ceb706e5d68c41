package org.espalier.runtime.train;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.storage.ArrayBytes;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An exponential moving average of a network's parameters (Polyak and Juditsky, 1992): at first what they are, then
 * average ← decay · average + (1 − decay) · parameter after each update, as PyTorch's {@code AveragedModel} with
 * {@code get_ema_multi_avg_fn} has it. Running statistics are the network's own.
 */
final class WeightAverage {
    private static final int BLOCK = 4_096;

    private final double decay;
    private final List<Average> averages = new ArrayList<>();
    private final Map<String, INDArray> byName = new LinkedHashMap<>();
    private boolean begun;

    /** A parameter's numbers, and their average. */
    private record Average(INDArray value, INDArray average) {}

    WeightAverage(Network network, double decay) {
        this.decay = decay;
        for (Parameter parameter : network.parameters()) {
            INDArray average = NdArrays.detachedCopy(parameter.value());
            averages.add(new Average(parameter.value(), average));
            byName.put(parameter.name(), average);
        }
    }

    /** The averages by parameter, which a checkpoint keeps and fills. */
    Map<String, INDArray> byName() {
        return byName;
    }

    /** True once an update was taken in: until then there is no average. */
    boolean isBegun() {
        return begun;
    }

    void resume() {
        begun = true;
    }

    /** After an update. */
    void take() {
        for (Average one : averages) {
            ByteBuffer value = ArrayBytes.of(one.value);
            ByteBuffer average = ArrayBytes.of(one.average);
            if (!begun) {
                average.put(value);
            } else if (one.value.dataType() == DataType.FLOAT) {
                average(value.asFloatBuffer(), average.asFloatBuffer());
            } else {
                average(value.asDoubleBuffer(), average.asDoubleBuffer());
            }
        }
        begun = true;
    }

    private void average(FloatBuffer value, FloatBuffer average) {
        float keep = (float) decay;
        float add = (float) (1 - decay);
        float[] w = new float[BLOCK];
        float[] a = new float[BLOCK];
        for (int start = 0; start < value.capacity(); start += BLOCK) {
            int n = Math.min(BLOCK, value.capacity() - start);
            value.get(start, w, 0, n);
            average.get(start, a, 0, n);
            for (int i = 0; i < n; i++) {
                a[i] = keep * a[i] + add * w[i];
            }
            average.put(start, a, 0, n);
        }
    }

    private void average(DoubleBuffer value, DoubleBuffer average) {
        double[] w = new double[BLOCK];
        double[] a = new double[BLOCK];
        for (int start = 0; start < value.capacity(); start += BLOCK) {
            int n = Math.min(BLOCK, value.capacity() - start);
            value.get(start, w, 0, n);
            average.get(start, a, 0, n);
            for (int i = 0; i < n; i++) {
                a[i] = decay * a[i] + (1 - decay) * w[i];
            }
            average.put(start, a, 0, n);
        }
    }

    /** Lets the network have the averages while something is done, and then its own parameters again. */
    void during(Runnable work) {
        swap();
        try {
            work.run();
        } finally {
            swap();
        }
    }

    /** Exchanges the network's parameters and the averages. */
    void swap() {
        if (begun) {
            for (Average one : averages) {
                ByteBuffer own = ArrayBytes.of(one.value);
                ByteBuffer kept = ByteBuffer.allocate(own.capacity()).put(own).flip();
                ArrayBytes.of(one.value).put(ArrayBytes.of(one.average));
                ArrayBytes.of(one.average).put(kept);
            }
        }
    }
}
