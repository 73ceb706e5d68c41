package org.espalier.generator.interpreter;

import java.util.function.IntFunction;
import org.espalier.generator.layer.recurrent.Cell;
import org.espalier.generator.layer.recurrent.Recurrence;

/** Cells over time by their formulas, one sample after the other. */
final class InterpretedCells {
    private final Cell cell;
    private final int length;
    private final int size;
    private final boolean reverse;

    private InterpretedCells(Cell cell, Tensor y, boolean reverse) {
        this.cell = cell;
        this.length = y.shape.axis(1);
        this.size = y.shape.last();
        this.reverse = reverse;
    }

    private int place(int step) {
        return reverse ? length - 1 - step : step;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    static void forward(Recurrence op, IntFunction<Double> bias, Tensor p, Tensor w, Tensor kept, Tensor y) {
        InterpretedCells run = new InterpretedCells(op.cell(), y, op.reverse());
        for (int n = 0; n < y.samples; n++) {
            double[] h = new double[run.size];
            double[] c = new double[run.size];
            for (int step = 0; step < run.length; step++) {
                double[] next = new double[run.size];
                for (int k = 0; k < run.size; k++) {
                    next[k] = run.element(n, run.place(step), k, h, c, bias, p, w, kept);
                    y.set(n, run.place(step) * run.size + k, next[k]);
                }
                h = next;
            }
        }
    }

    private double element(
            int n,
            int place,
            int k,
            double[] h,
            double[] c,
            IntFunction<Double> bias,
            Tensor p,
            Tensor w,
            Tensor kept) {
        double[] given = new double[cell.gates()];
        double[] product = new double[cell.gates()];
        for (int gate = 0; gate < given.length; gate++) {
            int row = gate * size + k;
            given[gate] = p.get(n, place * cell.gates() * size + row);
            product[gate] = bias.apply(row);
            for (int j = 0; j < size; j++) {
                product[gate] += w.get(0, row * size + j) * h[j];
            }
        }
        int first = place * cell.kept() * size + k;
        switch (cell) {
            case RNN_TANH:
                return Math.tanh(given[0] + product[0]);
            case RNN_RELU:
                return Math.max(0, given[0] + product[0]);
            case LSTM:
                double i = sigmoid(given[0] + product[0]);
                double f = sigmoid(given[1] + product[1]);
                double g = Math.tanh(given[2] + product[2]);
                double o = sigmoid(given[3] + product[3]);
                c[k] = f * c[k] + i * g;
                keep(kept, n, first, i, f, g, o, c[k]);
                return o * Math.tanh(c[k]);
            case GRU:
                double r = sigmoid(given[0] + product[0]);
                double z = sigmoid(given[1] + product[1]);
                double state = Math.tanh(given[2] + r * product[2]);
                keep(kept, n, first, r, z, state, product[2]);
                return (1 - z) * state + z * h[k];
            default:
                throw new IllegalArgumentException("no formula for " + cell);
        }
    }

    private void keep(Tensor kept, int n, int first, double... values) {
        for (int i = 0; i < values.length; i++) {
            kept.set(n, first + i * size, values[i]);
        }
    }

    /** The derivative by p of Σ dY y, by the chain rule over the steps from the last on. */
    static void backwardInput(Recurrence.BackwardInput op, Tensor w, Tensor kept, Tensor y, Tensor dY, Tensor dP) {
        InterpretedCells run = new InterpretedCells(op.cell(), y, op.reverse());
        for (int n = 0; n < y.samples; n++) {
            double[] dH = new double[run.size];
            double[] dC = new double[run.size];
            for (int step = run.length - 1; step >= 0; step--) {
                dH = run.backward(n, step, dH, dC, w, kept, y, dY, dP);
            }
        }
    }

    private double[] backward(
            int n, int step, double[] dH, double[] dC, Tensor w, Tensor kept, Tensor y, Tensor dY, Tensor dP) {
        int place = place(step);
        double[] before = new double[size];
        double[] dQ = new double[cell.gates() * size];
        for (int k = 0; k < size; k++) {
            double upstream = dH[k] + dY.get(n, place * size + k);
            double state = y.get(n, place * size + k);
            int first = place * cell.kept() * size + k;
            double[] slopes;
            switch (cell) {
                case RNN_TANH -> slopes = new double[] {upstream * (1 - state * state)};
                case RNN_RELU -> slopes = new double[] {state > 0 ? upstream : 0};
                case LSTM -> {
                    double i = kept.get(n, first);
                    double f = kept.get(n, first + size);
                    double g = kept.get(n, first + 2 * size);
                    double o = kept.get(n, first + 3 * size);
                    double t = Math.tanh(kept.get(n, first + 4 * size));
                    double c = step == 0 ? 0 : kept.get(n, place(step - 1) * cell.kept() * size + 4 * size + k);
                    double all = dC[k] + upstream * o * (1 - t * t);
                    dC[k] = all * f;
                    slopes = new double[] {
                        all * g * i * (1 - i), all * c * f * (1 - f), all * i * (1 - g * g), upstream * t * o * (1 - o)
                    };
                }
                case GRU -> {
                    double r = kept.get(n, first);
                    double z = kept.get(n, first + size);
                    double m = kept.get(n, first + 2 * size);
                    double h = step == 0 ? 0 : y.get(n, place(step - 1) * size + k);
                    double dM = upstream * (1 - z) * (1 - m * m);
                    before[k] = upstream * z;
                    slopes = new double[] {
                        dM * kept.get(n, first + 3 * size) * r * (1 - r), upstream * (h - m) * z * (1 - z), dM
                    };
                    dQ[2 * size + k] = dM * r;
                }
                default -> throw new IllegalArgumentException("no formula for " + cell);
            }
            for (int gate = 0; gate < slopes.length; gate++) {
                dP.set(n, place * slopes.length * size + gate * size + k, slopes[gate]);
                dQ[gate * size + k] = cell == Cell.GRU && gate == 2 ? dQ[gate * size + k] : slopes[gate];
            }
        }
        for (int k = 0; k < size; k++) {
            for (int j = 0; j < dQ.length; j++) {
                before[k] += dQ[j] * w.get(0, j * size + k);
            }
        }
        return before;
    }

    /** dQ of an element of dP: of the n of a GRU, r dP. */
    private double dQ(Tensor kept, Tensor dP, int n, int place, int j) {
        double slope = dP.get(n, place * cell.gates() * size + j);
        boolean reset = cell == Cell.GRU && j >= 2 * size;
        return reset ? slope * kept.get(n, place * cell.kept() * size + j - 2 * size) : slope;
    }

    static void backwardWeight(Recurrence.BackwardWeight op, Tensor kept, Tensor y, Tensor dP, Tensor dW) {
        InterpretedCells run = new InterpretedCells(op.cell(), y, op.reverse());
        for (int n = 0; n < y.samples; n++) {
            for (int step = 1; step < run.length; step++) {
                for (int j = 0; j < op.cell().gates() * run.size; j++) {
                    double slope = run.dQ(kept, dP, n, run.place(step), j);
                    for (int k = 0; k < run.size; k++) {
                        dW.add(0, j * run.size + k, slope * y.get(n, run.place(step - 1) * run.size + k));
                    }
                }
            }
        }
    }

    static void backwardBias(Tensor kept, Tensor dP, Tensor db) {
        int gates = dP.shape.last();
        InterpretedCells run =
                new InterpretedCells(Cell.GRU, Tensor.of(dP.shape.withLast(gates / 3), dP.samples, () -> 0), false);
        for (int n = 0; n < dP.samples; n++) {
            for (int at = 0; at < dP.elements; at++) {
                db.add(0, at % gates, run.dQ(kept, dP, n, at / gates, at % gates));
            }
        }
    }
}
