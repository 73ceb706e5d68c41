package ${package};

import java.util.Random;
import org.espalier.runtime.data.Dataset;
import org.nd4j.linalg.factory.Nd4j;

/** Readings of a sensor: a wave whose length and beginning are other ones each time, with noise. */
final class Readings {
    static final int LENGTH = 24;

    private static final double NOISE = 0.05;

    private Readings() {}

    /**
     * Makes sequences.
     *
     * @return readings {@code [count, 24, 1]}, and the one after each sequence, {@code [count, 1]}
     */
    static Dataset make(int count, long seed) {
        Random random = new Random(seed);
        float[][][] readings = new float[count][LENGTH][1];
        float[][] next = new float[count][1];
        for (int i = 0; i < count; i++) {
            double begin = 2 * Math.PI * random.nextDouble();
            double step = 0.3 + 0.7 * random.nextDouble();
            for (int t = 0; t < LENGTH; t++) {
                readings[i][t][0] = (float) (Math.sin(begin + step * t) + NOISE * random.nextGaussian());
            }
            next[i][0] = (float) Math.sin(begin + step * LENGTH);
        }
        return Dataset.of(Nd4j.createFromArray(readings), Nd4j.createFromArray(next));
    }
}
