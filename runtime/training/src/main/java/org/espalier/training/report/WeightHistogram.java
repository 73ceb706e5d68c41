package org.espalier.training.report;

import java.util.ArrayList;
import java.util.List;
import org.espalier.runtime.Parameter;
import org.espalier.training.tensorboard.EventFile;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The numbers of a parameter, counted in buckets of one width.
 *
 * @param name its path
 * @param min the smallest number
 * @param max the greatest
 * @param sum of all
 * @param squares sum of their squares
 * @param counts how many numbers each bucket has, from that of the smallest on
 */
record WeightHistogram(String name, double min, double max, double sum, double squares, List<Long> counts) {
    private static final int BUCKETS = 40;

    WeightHistogram {
        counts = List.copyOf(counts);
    }

    static WeightHistogram of(String name, Parameter parameter) {
        double[] numbers = numbers(parameter.value());
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double squares = 0;
        for (double number : numbers) {
            min = Math.min(min, number);
            max = Math.max(max, number);
            sum += number;
            squares += number * number;
        }
        long[] counts = new long[BUCKETS];
        double width = (max - min) / BUCKETS;
        for (double number : numbers) {
            counts[width > 0 ? (int) Math.min(BUCKETS - 1, (number - min) / width) : 0]++;
        }
        List<Long> list = new ArrayList<>();
        for (long count : counts) {
            list.add(count);
        }
        return new WeightHistogram(name, min, max, sum, squares, list);
    }

    /** The numbers of an array, without gaps and on the heap. */
    static double[] numbers(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    EventFile.Histogram event() {
        double width = (max - min) / BUCKETS;
        List<Double> limits = new ArrayList<>();
        for (int i = 1; i <= BUCKETS; i++) {
            // Ends must ascend, also where all numbers are one.
            limits.add(width > 0 ? min + i * width : Math.nextUp(max) + i * Math.ulp(max));
        }
        double count = counts.stream().mapToLong(Long::longValue).sum();
        return new EventFile.Histogram(
                min,
                max,
                count,
                sum,
                squares,
                limits,
                counts.stream().map(Long::doubleValue).toList());
    }
}
