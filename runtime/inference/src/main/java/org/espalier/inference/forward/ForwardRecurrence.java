package org.espalier.inference.forward;

import org.espalier.inference.product.TileProducts;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.jspecify.annotations.Nullable;

/** Cells over time: p has the products of the inputs with their weights, in the order of PyTorch's gates. */
public final class ForwardRecurrence {
    /** Cell of a recurrence. */
    public enum Cell {
        /** h' = tanh(p + q). */
        RNN_TANH(1),
        /** h' = max(0, p + q). */
        RNN_RELU(1),
        /** Gates i, f, g, o. */
        LSTM(4),
        /** Gates r, z, n. */
        GRU(3);

        private final int gates;

        Cell(int gates) {
            this.gates = gates;
        }
    }

    private final Cell cell;
    private final FloatTensor p;
    private final @Nullable FloatTensor bias;
    private final @Nullable FloatTensor projection;
    private final @Nullable FloatTensor h0;
    private final @Nullable FloatTensor c0;
    private final FloatTensor y;
    private final @Nullable FloatTensor cells;
    private final boolean reverse;
    private final float[] packed;
    private final int width;
    private final int size;
    private final int state;

    private ForwardRecurrence(
            Cell cell,
            FloatTensor p,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            @Nullable FloatTensor projection,
            @Nullable FloatTensor h0,
            @Nullable FloatTensor c0,
            FloatTensor y,
            @Nullable FloatTensor cells,
            boolean reverse) {
        this.cell = cell;
        this.p = p;
        this.bias = bias;
        this.projection = projection;
        this.h0 = h0;
        this.c0 = c0;
        this.y = y;
        this.cells = cells;
        this.reverse = reverse;
        this.width = p.last();
        this.size = width / cell.gates;
        this.state = weight.sizes[1];
        this.packed = TileProducts.columns(weight, width);
    }

    /** Runs a cell over a sequence; what a cell has no use for is absent, and so are first states of zeros. */
    public static void forward(
            Cell cell,
            FloatTensor p,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            @Nullable FloatTensor projection,
            @Nullable FloatTensor h0,
            @Nullable FloatTensor c0,
            FloatTensor y,
            @Nullable FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence run = new ForwardRecurrence(cell, p, weight, bias, projection, h0, c0, y, cells, reverse);
        long work = 2L * p.samples * p.sizes[0] * weight.elements;
        ParallelLoop.forEach(p.samples, work, run::sample);
    }

    private void sample(int n) {
        int length = p.sizes[0];
        float[] h = new float[state];
        float[] c = new float[size];
        float[] u = new float[size];
        float[] q = new float[TileProducts.tiles(width, TileProducts.COLUMNS) * TileProducts.COLUMNS];
        if (h0 != null) {
            System.arraycopy(h0.data(), h0.at(n), h, 0, state);
        }
        if (c0 != null) {
            System.arraycopy(c0.data(), c0.at(n), c, 0, size);
        }
        for (int step = 0; step < length; step++) {
            int row = reverse ? length - 1 - step : step;
            product(h, packed, q, width, state);
            for (int j = 0; j < width && bias != null; j++) {
                q[j] += bias.data()[bias.offset + j];
            }
            cell(p.at(n) + row * width, q, h, c, u);
            if (cells != null) {
                System.arraycopy(c, 0, cells.data(), cells.at(n) + row * size, size);
            }
            if (projection == null) {
                System.arraycopy(u, 0, h, 0, state);
            } else {
                project(projection, u, h);
            }
            System.arraycopy(h, 0, y.data(), y.at(n) + row * state, state);
        }
    }

    private static void product(float[] h, float[] packed, float[] q, int columns, int inner) {
        for (int column = 0; column < columns; column += TileProducts.COLUMNS) {
            TileProducts.FASTEST.row(h, 0, packed, column * inner, q, column, inner);
        }
    }

    private void project(FloatTensor projection, float[] u, float[] h) {
        for (int j = 0; j < state; j++) {
            double sum = 0;
            for (int k = 0; k < size; k++) {
                sum += projection.data()[projection.offset + j * size + k] * u[k];
            }
            h[j] = (float) sum;
        }
    }

    /** The new state u from the old one h; c becomes the new memory. */
    private void cell(int at, float[] q, float[] h, float[] c, float[] u) {
        for (int k = 0; k < size; k++) {
            float first = p.data()[at + k] + q[k];
            switch (cell) {
                case RNN_TANH -> u[k] = (float) Math.tanh(first);
                case RNN_RELU -> u[k] = Math.max(0, first);
                case LSTM -> {
                    double i = sigmoid(first);
                    double f = sigmoid(p.data()[at + size + k] + q[size + k]);
                    double g = Math.tanh(p.data()[at + 2 * size + k] + q[2 * size + k]);
                    double o = sigmoid(p.data()[at + 3 * size + k] + q[3 * size + k]);
                    double memory = i * g + f * c[k];
                    c[k] = (float) memory;
                    u[k] = (float) (o * Math.tanh(memory));
                }
                case GRU -> {
                    double r = sigmoid(first);
                    double z = sigmoid(p.data()[at + size + k] + q[size + k]);
                    double fresh = Math.tanh(p.data()[at + 2 * size + k] + r * q[2 * size + k]);
                    u[k] = (float) ((1 - z) * fresh + z * h[k]);
                }
            }
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
