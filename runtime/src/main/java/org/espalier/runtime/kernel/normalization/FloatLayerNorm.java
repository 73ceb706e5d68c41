package org.espalier.runtime.kernel.normalization;

import java.util.Arrays;
import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.reduction.BlockSums;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalization of floats, whose formulas are those of {@link GroupNormalization}: sums are in double precision,
 * what is done to each element in single precision, for as many rows at a time as a block holds.
 *
 * <p>A row is what one mean is of. γ and β are repeated for the rows of a block, since the JVM's compiler vectorizes a
 * loop only if it has one index for all arrays.
 */
public final class FloatLayerNorm {
    /** Rows of a task and its part of the sums over all rows: few enough to be added in single precision. */
    private static final int ROWS_IN_FLOAT = 32;

    /** Tasks are no more than so many, lest their sums need much memory. */
    private static final int MOST_TASKS = 256;

    private final Operand x;
    private final int parts;
    private final int size;
    private final int rows;
    private final int rowsAtOnce;

    private FloatLayerNorm(Operand x, Operand mean) {
        this.x = x;
        parts = mean.sampleSize;
        size = x.sampleSize / parts;
        rows = x.samples * parts;
        rowsAtOnce = Math.max(1, Scratch.BLOCK / size);
    }

    /** Some rows: their number, from the first on. */
    private interface Rows {
        void run(int task, int first, int count);
    }

    private int tasks() {
        int perTask = rowsOfTask();
        return (rows + perTask - 1) / perTask;
    }

    private int rowsOfTask() {
        return Math.max(ROWS_IN_FLOAT, (rows + MOST_TASKS - 1) / MOST_TASKS);
    }

    /** Tasks depend on the array alone, so that sums have the same order in every run. */
    private void forEachBlock(Rows work) {
        Parallel.forEach(tasks(), task -> {
            int end = Math.min(rows, (task + 1) * rowsOfTask());
            for (int first = task * rowsOfTask(); first < end; first += rowsAtOnce) {
                work.run(task, first, Math.min(rowsAtOnce, end - first));
            }
        });
    }

    private void get(Operand operand, int first, int count, float[] values) {
        if (operand.isContiguous()) {
            operand.get(first * size, values, count * size);
            return;
        }
        for (int row = 0; row < count; row++) {
            operand.floats().get(place(operand, first + row), values, row * size, size);
        }
    }

    private void put(Operand operand, int first, int count, float[] values) {
        if (operand.isContiguous()) {
            operand.put(first * size, values, count * size);
            return;
        }
        for (int row = 0; row < count; row++) {
            operand.floats().put(place(operand, first + row), values, row * size, size);
        }
    }

    private int place(Operand operand, int row) {
        return row / parts * operand.sampleStride + row % parts * size;
    }

    /** γ or β for each row of a block. */
    private float[] repeated(@Nullable Operand parameter, float otherwise) {
        float[] all = new float[rowsAtOnce * size];
        if (parameter == null) {
            Arrays.fill(all, otherwise);
            return all;
        }
        parameter.get(0, all, size);
        for (int row = 1; row < rowsAtOnce; row++) {
            System.arraycopy(all, 0, all, row * size, size);
        }
        return all;
    }

    /** y = γ x̂ + β, and the statistics. */
    public static void forward(
            Operand x,
            @Nullable Operand gamma,
            @Nullable Operand beta,
            Operand mean,
            Operand inverseStd,
            Operand y,
            double eps) {
        new FloatLayerNorm(x, mean).forward(gamma, beta, mean, inverseStd, y, eps);
    }

    private void forward(
            @Nullable Operand gamma, @Nullable Operand beta, Operand mean, Operand inverseStd, Operand y, double eps) {
        float[] scale = repeated(gamma, 1);
        float[] shift = repeated(beta, 0);
        double[] mu = new double[rows];
        double[] s = new double[rows];
        forEachBlock((task, first, count) -> {
            float[] values = Scratch.get().plane(rowsAtOnce * size);
            get(x, first, count, values);
            for (int row = 0; row < count; row++) {
                normalize(values, row * size, first + row, mu, s, eps);
            }
            multiplyAdd(values, scale, shift, count * size);
            put(y, first, count, values);
        });
        mean.write(mu);
        inverseStd.write(s);
    }

    /** Makes a row x̂. Its mean is that of its elements, rounded, and of what they differ from it by. */
    private void normalize(float[] values, int from, int row, double[] mu, double[] s, double eps) {
        float near = (float) (BlockSums.of(values, from, from + size) / size);
        subtract(values, from, from + size, near);
        double rest = BlockSums.of(values, from, from + size) / size;
        // Rounding may leave less than nothing of a row whose elements are the same.
        double variance = Math.max(0, BlockSums.ofProducts(values, values, from, from + size) / size - rest * rest);
        mu[row] = near + rest;
        s[row] = 1 / Math.sqrt(variance + eps);
        combine(values, from, from + size, (float) s[row], (float) (-rest * s[row]));
    }

    private static void subtract(float[] values, int from, int to, float mean) {
        for (int i = from; i < to; i++) {
            values[i] -= mean;
        }
    }

    private static void combine(float[] values, int from, int to, float factor, float addend) {
        for (int i = from; i < to; i++) {
            values[i] = values[i] * factor + addend;
        }
    }

    private static void multiplyAdd(float[] values, float[] scale, float[] shift, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = values[i] * scale[i] + shift[i];
        }
    }

    /** dX, and dγ and dβ where they are wanted. */
    public static void backward(
            Operand x,
            @Nullable Operand gamma,
            Operand mean,
            Operand inverseStd,
            Operand dY,
            Operand dX,
            @Nullable Operand dGamma,
            @Nullable Operand dBeta,
            boolean accumulate) {
        new FloatLayerNorm(x, mean).backward(gamma, mean, inverseStd, dY, dX, dGamma, dBeta, accumulate);
    }

    private void backward(
            @Nullable Operand gamma,
            Operand mean,
            Operand inverseStd,
            Operand dY,
            Operand dX,
            @Nullable Operand dGamma,
            @Nullable Operand dBeta,
            boolean accumulate) {
        float[] scale = repeated(gamma, 1);
        double[] mu = mean.read();
        double[] s = inverseStd.read();
        double[][] scales = new double[dGamma == null ? 0 : tasks()][size];
        double[][] shifts = new double[dBeta == null ? 0 : tasks()][size];
        forEachBlock((task, first, count) -> {
            Scratch scratch = Scratch.get();
            int n = count * size;
            float[] normal = scratch.plane(rowsAtOnce * size);
            float[] d = scratch.row(rowsAtOnce * size);
            float[] products = scratch.lane(rowsAtOnce * size);
            get(x, first, count, normal);
            get(dY, first, count, d);
            for (int row = 0; row < count; row++) {
                int from = row * size;
                subtract(normal, from, from + size, (float) mu[first + row]);
                combine(normal, from, from + size, (float) s[first + row], 0);
            }
            if (dBeta != null) {
                addRows(d, count, shifts[task]);
            }
            if (dGamma != null) {
                multiply(d, normal, products, n);
                addRows(products, count, scales[task]);
            }
            FloatElementwise.multiply(d, scale, n);
            for (int row = 0; row < count; row++) {
                int from = row * size;
                float average = (float) (BlockSums.of(d, from, from + size) / size);
                float slope = (float) (BlockSums.ofProducts(d, normal, from, from + size) / size);
                project(d, normal, from, from + size, (float) s[first + row], average, slope);
            }
            put(dX, first, count, d);
        });
        if (dGamma != null) {
            dGamma.write(added(scales), accumulate);
        }
        if (dBeta != null) {
            dBeta.write(added(shifts), accumulate);
        }
    }

    private static void multiply(float[] a, float[] b, float[] products, int n) {
        for (int i = 0; i < n; i++) {
            products[i] = a[i] * b[i];
        }
    }

    private static void project(float[] d, float[] normal, int from, int to, float s, float average, float slope) {
        for (int i = from; i < to; i++) {
            d[i] = s * (d[i] - average - normal[i] * slope);
        }
    }

    /** Adds the rows of a block to sums: some of them in single precision. */
    private void addRows(float[] values, int count, double[] sums) {
        Scratch scratch = Scratch.get();
        float[] some = scratch.curve(2 * size);
        float[] row = scratch.planes(1, size)[0];
        for (int first = 0; first < count; first += ROWS_IN_FLOAT) {
            System.arraycopy(values, first * size, some, 0, size);
            for (int i = first + 1; i < Math.min(count, first + ROWS_IN_FLOAT); i++) {
                System.arraycopy(values, i * size, row, 0, size);
                FloatElementwise.add(some, row, size);
            }
            for (int i = 0; i < size; i++) {
                sums[i] += some[i];
            }
        }
    }

    private static double[] added(double[][] sums) {
        double[] all = sums[0].clone();
        for (int task = 1; task < sums.length; task++) {
            for (int i = 0; i < all.length; i++) {
                all[i] += sums[task][i];
            }
        }
        return all;
    }
}
