package com.example.timeseries;

import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Dataset;

/** The classifier that others are compared with: a series is what the one most like it is, value by value. */
final class NearestNeighbour {
    private final float[][] series;
    private final int[] shapes;

    NearestNeighbour(Dataset known) {
        Batch all = known.all();
        series = rows(all);
        shapes = all.target().toIntVector();
    }

    /** The share of series that it tells right. */
    double accuracy(Dataset asked) {
        Batch all = asked.all();
        float[][] rows = rows(all);
        int right = 0;
        for (int i = 0; i < rows.length; i++) {
            right += shape(rows[i]) == all.target().getInt(i) ? 1 : 0;
        }
        return (double) right / rows.length;
    }

    private int shape(float[] asked) {
        int nearest = 0;
        for (int i = 1; i < series.length; i++) {
            nearest = distance(asked, series[i]) < distance(asked, series[nearest]) ? i : nearest;
        }
        return shapes[nearest];
    }

    /** The square of Euclid's distance. */
    private static double distance(float[] first, float[] second) {
        double sum = 0;
        for (int t = 0; t < first.length; t++) {
            double difference = first[t] - second[t];
            sum += difference * difference;
        }
        return sum;
    }

    private static float[][] rows(Batch all) {
        return all.input().reshape(all.size(), Series.LENGTH).toFloatMatrix();
    }
}
