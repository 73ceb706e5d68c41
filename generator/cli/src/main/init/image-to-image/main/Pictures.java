package ${package};

import java.util.Random;
import org.espalier.runtime.data.Dataset;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Paints pictures of rings, and puts noise on them. Replace it by data of your own, PairedImages for instance: pictures
 * are {@code [count, channels, height, width]} with numbers from -1, black, to 1, white.
 */
final class Pictures {
    static final int SIZE = 32;

    private static final double NOISE = 0.6;

    private Pictures() {}

    /**
     * Paints pictures.
     *
     * @return pictures with noise {@code [count, 1, 32, 32]}, and the same without
     */
    static Dataset paint(int count, long seed) {
        Random random = new Random(seed);
        float[][][][] noisy = new float[count][1][SIZE][SIZE];
        float[][][][] clean = new float[count][1][SIZE][SIZE];
        for (int i = 0; i < count; i++) {
            double radius = 5 + 6 * random.nextDouble();
            double centreX = 12 + 8 * random.nextDouble();
            double centreY = 12 + 8 * random.nextDouble();
            for (int y = 0; y < SIZE; y++) {
                for (int x = 0; x < SIZE; x++) {
                    double distance = Math.hypot(x - centreX, y - centreY);
                    clean[i][0][y][x] = Math.abs(distance - radius) < 2 ? 1 : -1;
                    noisy[i][0][y][x] = (float) (clean[i][0][y][x] + NOISE * random.nextGaussian());
                }
            }
        }
        return Dataset.of(Nd4j.createFromArray(noisy), Nd4j.createFromArray(clean));
    }
}
