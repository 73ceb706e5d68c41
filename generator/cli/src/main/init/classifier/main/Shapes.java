package ${package};

import java.util.List;
import java.util.Random;
import org.espalier.runtime.data.Dataset;
import org.nd4j.linalg.factory.Nd4j;

/** Draws circles, squares and triangles. Replace it by data of your own, ImageFolder for instance. */
final class Shapes {
    static final List<String> NAMES = List.of("circle", "square", "triangle");
    static final int SIZE = 16;

    private Shapes() {}

    /**
     * Draws pictures, as many of each shape.
     *
     * @return pictures {@code [count, 1, 16, 16]}, and the places of their shapes in the list, {@code [count]}
     */
    static Dataset draw(int count, long seed) {
        Random random = new Random(seed);
        float[][][][] pictures = new float[count][1][SIZE][SIZE];
        int[] shapes = new int[count];
        for (int i = 0; i < count; i++) {
            shapes[i] = i % NAMES.size();
            draw(NAMES.get(shapes[i]), pictures[i][0], random);
        }
        return Dataset.of(Nd4j.createFromArray(pictures), Nd4j.createFromArray(shapes));
    }

    private static void draw(String shape, float[][] picture, Random random) {
        double radius = 3.5 + 2 * random.nextDouble();
        double centreX = SIZE / 2.0 + 2 * random.nextDouble() - 1;
        double centreY = SIZE / 2.0 + 2 * random.nextDouble() - 1;
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                double right = (x - centreX) / radius;
                double down = (y - centreY) / radius;
                double ink = isWithin(shape, right, down) ? 1 : 0;
                picture[y][x] = (float) (ink + 0.2 * random.nextGaussian());
            }
        }
    }

    private static boolean isWithin(String shape, double right, double down) {
        return switch (shape) {
            case "circle" -> right * right + down * down < 1;
            case "square" -> Math.max(Math.abs(right), Math.abs(down)) < 0.85;
            default -> Math.abs(down) < 1 && 2 * Math.abs(right) < 1 + down;
        };
    }
}
