package com.example.timeseries;

import java.util.List;
import java.util.Random;
import org.espalier.runtime.data.Dataset;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Cylinders, bells and funnels (Saito, 1994), which the literature tries its classifiers of time series on: noise, and
 * somewhere in it a plateau, a slope that rises and breaks off, or one that begins at once and falls.
 */
final class Series {
    static final List<String> SHAPES = List.of("cylinder", "bell", "funnel");
    static final int LENGTH = 128;

    private Series() {}

    /**
     * Makes series, as many of each shape.
     *
     * @return series {@code [count, 1, 128]}, and the places of their shapes in the list, {@code [count]}
     */
    static Dataset make(int count, long seed) {
        Random random = new Random(seed);
        float[][][] series = new float[count][1][];
        int[] shapes = new int[count];
        for (int i = 0; i < count; i++) {
            shapes[i] = i % SHAPES.size();
            series[i][0] = series(SHAPES.get(shapes[i]), random);
        }
        return Dataset.of(Nd4j.createFromArray(series), Nd4j.createFromArray(shapes));
    }

    private static float[] series(String shape, Random random) {
        int begin = 16 + random.nextInt(17);
        int end = begin + 32 + random.nextInt(65);
        double height = 6 + random.nextGaussian();
        float[] values = new float[LENGTH];
        for (int t = 0; t < LENGTH; t++) {
            values[t] = (float) random.nextGaussian();
            if (t >= begin && t <= end) {
                double share = (t - begin) / (double) (end - begin);
                values[t] += (float) (height * level(shape, share));
            }
        }
        return values;
    }

    /** The level of a shape, of which this share has passed. */
    private static double level(String shape, double share) {
        return switch (shape) {
            case "cylinder" -> 1;
            case "bell" -> share;
            default -> 1 - share;
        };
    }
}
