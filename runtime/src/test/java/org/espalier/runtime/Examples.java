package org.espalier.runtime;

import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Noise for {@link TinyNetwork}, the same for the same seed.
 *
 * @param images [batch, 1, 8, 8]
 * @param labels [batch], from 0 to 2
 */
record Examples(INDArray images, INDArray labels) {
    static Examples of(DataType type, int batch, long seed) {
        Random random = new Random(seed);
        double[] pixels = random.doubles(batch * 64L).toArray();
        int[] labels = random.ints(batch, 0, 3).toArray();
        return new Examples(
                Nd4j.createFromArray(pixels).castTo(type).reshape('c', batch, 1, 8, 8), Nd4j.createFromArray(labels));
    }
}
