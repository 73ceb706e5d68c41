package org.espalier.runtime.kernel.embedding;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Indices;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A row of a matrix for each whole number, in single precision. */
public final class FloatEmbedding {
    private FloatEmbedding() {}

    /** y[i] = W[x[i]]. */
    public static void forward(INDArray x, Operand weight, Operand y) {
        int[] rows = Indices.of(x);
        int columns = weight.sampleSize;
        Channels.forEach(rows.length, columns, i -> {
            float[] row = Scratch.get().plane(columns);
            weight.get(rows[i] * columns, row, columns);
            y.put(place(y, columns, i), row, columns);
        });
    }

    /**
     * dW[r] = Σ dY[i] over the i with x[i] = r, added up in their order, so that it does not matter which thread has
     * which row.
     */
    public static void backwardWeight(INDArray x, Operand dY, Operand dWeight, int padding, boolean accumulate) {
        Occurrences places = new Occurrences(Indices.of(x), dWeight.samples, padding);
        int columns = dWeight.sampleSize;
        Channels.forEach(dWeight.samples, columns, row -> {
            if (accumulate && places.count(row) == 0) {
                return;
            }
            float[] term = Scratch.get().plane(columns);
            double[] sum = new double[columns];
            if (accumulate) {
                dWeight.get(row * columns, term, columns);
                add(term, sum);
            }
            for (int k = 0; k < places.count(row); k++) {
                dY.get(place(dY, columns, places.at(row, k)), term, columns);
                add(term, sum);
            }
            for (int column = 0; column < columns; column++) {
                term[column] = (float) sum[column];
            }
            dWeight.put(row * columns, term, columns);
        });
    }

    /** The same, which writes those rows only that occur, or did when the gradient was last begun. */
    public static void backwardWeight(INDArray x, Operand dY, TableGradient gradient, int padding, boolean accumulate) {
        Operand dWeight = Operand.of(gradient.array());
        int columns = dWeight.sampleSize;
        if (!accumulate) {
            clear(gradient, dWeight, columns);
        }
        SortedPlaces places = new SortedPlaces(Indices.of(x), padding);
        Channels.forEach(places.rows.length, columns * 2, index -> {
            float[] term = Scratch.get().plane(columns);
            double[] sum = new double[columns];
            int row = places.rows[index];
            if (accumulate) {
                dWeight.get(row * columns, term, columns);
                add(term, sum);
            }
            for (int k = places.starts[index]; k < places.starts[index + 1]; k++) {
                dY.get(place(dY, columns, places.place(k)), term, columns);
                add(term, sum);
            }
            for (int column = 0; column < columns; column++) {
                term[column] = (float) sum[column];
            }
            dWeight.put(row * columns, term, columns);
        });
        gradient.written(places.rows);
    }

    private static void clear(TableGradient gradient, Operand dWeight, int columns) {
        int[] rows = gradient.rows();
        int count = gradient.isWhole() ? dWeight.samples : rows.length;
        Channels.forEach(count, columns, index -> {
            float[] zeros = Scratch.get().plane(columns);
            Arrays.fill(zeros, 0, columns, 0);
            dWeight.put((gradient.isWhole() ? index : rows[index]) * columns, zeros, columns);
        });
        gradient.cleared();
    }

    private static void add(float[] term, double[] sum) {
        for (int column = 0; column < sum.length; column++) {
            sum[column] += term[column];
        }
    }

    /** The place of an element's vector, in elements from the first. */
    private static int place(Operand vectors, int columns, int i) {
        int ofSample = vectors.sampleSize / columns;
        return i / ofSample * vectors.sampleStride + i % ofSample * columns;
    }

    /** The numbers that occur, ascending, and the places of each, in order. */
    private static final class SortedPlaces {
        final int[] rows;

        /** The beginning of each row's places, and behind them the end of the last one's. */
        final int[] starts;

        /** Numbers, each with its place below it. */
        private final long[] sorted;

        /** Of all numbers but one. */
        SortedPlaces(int[] numbers, int without) {
            sorted = IntStream.range(0, numbers.length)
                    .filter(place -> numbers[place] != without)
                    .mapToLong(place -> (long) numbers[place] << Integer.SIZE | place)
                    .sorted()
                    .toArray();
            int[] first = IntStream.range(0, sorted.length)
                    .filter(k -> k == 0 || row(k) != row(k - 1))
                    .toArray();
            rows = Arrays.stream(first).map(this::row).toArray();
            starts = Arrays.copyOf(first, first.length + 1);
            starts[first.length] = sorted.length;
        }

        private int row(int k) {
            return (int) (sorted[k] >> Integer.SIZE);
        }

        int place(int k) {
            return (int) sorted[k];
        }
    }

    /** The places of each whole number, in order. */
    private static final class Occurrences {
        private final int[] ends;
        private final int[] places;

        /** Of all numbers below a limit but one. */
        Occurrences(int[] numbers, int limit, int without) {
            ends = new int[limit + 1];
            for (int number : numbers) {
                ends[number + 1] += number == without ? 0 : 1;
            }
            for (int number = 0; number < limit; number++) {
                ends[number + 1] += ends[number];
            }
            int[] next = Arrays.copyOf(ends, limit);
            places = new int[ends[limit]];
            for (int i = 0; i < numbers.length; i++) {
                if (numbers[i] != without) {
                    places[next[numbers[i]]++] = i;
                }
            }
        }

        int count(int number) {
            return ends[number + 1] - ends[number];
        }

        int at(int number, int k) {
            return places[ends[number] + k];
        }
    }
}
