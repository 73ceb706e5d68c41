package org.espalier.runtime.kernel.embedding;

import java.util.Arrays;
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
