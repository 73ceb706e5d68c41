package org.espalier.runtime.kernel.recurrence;

import org.espalier.runtime.kernel.memory.Operand;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Cells over time in plain loops of double arithmetic. */
public final class ReferenceRecurrence {
    private static final double[] NOTHING = new double[0];

    private final RecurrentCell cell;
    private final boolean reverse;
    private final int samples;
    private final int length;
    private final int gates;
    private final int size;
    private final int state;
    private final double[] weight;
    private final double[] projection;
    private final double[] h0;
    private final double[] c0;

    private ReferenceRecurrence(RecurrentTensors tensors, INDArray p) {
        cell = tensors.cell;
        reverse = tensors.reverse;
        samples = Math.toIntExact(p.size(0));
        length = Math.toIntExact(p.size(1));
        gates = Math.toIntExact(p.size(2));
        size = gates / cell.gates;
        state = Math.toIntExact(tensors.weight.size(1));
        weight = read(tensors.weight);
        projection = read(tensors.projection);
        h0 = read(tensors.h0);
        c0 = read(tensors.c0);
    }

    private static double[] read(@Nullable INDArray array) {
        return array == null ? NOTHING : Operand.of(array).read();
    }

    private static void write(@Nullable INDArray array, double[] values) {
        if (array != null) {
            Operand.of(array).write(values);
        }
    }

    /** The row of a step, among all rows of all samples. */
    private int row(int n, int step) {
        return n * length + (reverse ? length - 1 - step : step);
    }

    /** An element of the row before a step: of the first step, of the initial row, or 0. */
    private double before(double[] sequence, double[] initial, int n, int step, int rowSize, int k) {
        if (step > 0) {
            return sequence[row(n, step - 1) * rowSize + k];
        }
        return initial.length == 0 ? 0 : initial[n * rowSize + k];
    }

    /** The gates of a row, as they are kept: i, f, g, o, u of LSTM, r, z, n, q of GRU. */
    private int kept() {
        return projection.length > 0 ? gates + size : cell == RecurrentCell.GRU ? gates + size : gates;
    }

    public static void forward(RecurrentTensors tensors, INDArray p) {
        ReferenceRecurrence run = new ReferenceRecurrence(tensors, p);
        double[] values = read(p);
        double[] b = tensors.bias == null ? new double[run.gates] : read(tensors.bias);
        int rows = run.samples * run.length;
        double[] states = new double[rows * run.state];
        double[] cells = new double[rows * run.size];
        double[] kept = new double[rows * run.kept()];
        for (int n = 0; n < run.samples; n++) {
            for (int step = 0; step < run.length; step++) {
                double[] q = b.clone();
                for (int j = 0; j < q.length; j++) {
                    for (int k = 0; k < run.state; k++) {
                        q[j] += run.weight[j * run.state + k] * run.before(states, run.h0, n, step, run.state, k);
                    }
                }
                double[] u = new double[run.size];
                for (int k = 0; k < run.size; k++) {
                    u[k] = run.element(values, q, states, cells, kept, n, step, k);
                }
                run.project(u, states, run.row(n, step));
            }
        }
        write(tensors.y, states);
        write(tensors.cells, cells);
        write(tensors.kept, kept);
    }

    /** The state that an element of a cell is, before a projection. */
    private double element(
            double[] p, double[] q, double[] states, double[] cells, double[] kept, int n, int step, int k) {
        int row = row(n, step);
        int first = row * gates + k;
        return switch (cell) {
            case RNN_TANH -> Math.tanh(p[first] + q[k]);
            case RNN_RELU -> Math.max(0, p[first] + q[k]);
            case LSTM -> {
                double i = sigmoid(p[first] + q[k]);
                double f = sigmoid(p[first + size] + q[k + size]);
                double g = Math.tanh(p[first + 2 * size] + q[k + 2 * size]);
                double o = sigmoid(p[first + 3 * size] + q[k + 3 * size]);
                double c = i * g + f * before(cells, c0, n, step, size, k);
                double u = o * Math.tanh(c);
                cells[row * size + k] = c;
                keep(kept, row, k, i, f, g, o, u);
                yield u;
            }
            case GRU -> {
                double r = sigmoid(p[first] + q[k]);
                double z = sigmoid(p[first + size] + q[k + size]);
                double fresh = Math.tanh(p[first + 2 * size] + r * q[k + 2 * size]);
                keep(kept, row, k, r, z, fresh, q[k + 2 * size]);
                yield (1 - z) * fresh + z * before(states, h0, n, step, state, k);
            }
        };
    }

    private void keep(double[] kept, int row, int k, double... values) {
        for (int i = 0; i * size < kept(); i++) {
            kept[row * kept() + i * size + k] = values[i];
        }
    }

    private void project(double[] u, double[] states, int row) {
        for (int j = 0; j < state; j++) {
            double sum = projection.length == 0 ? u[j] : 0;
            for (int k = 0; k < size && projection.length > 0; k++) {
                sum += projection[j * size + k] * u[k];
            }
            states[row * state + j] = sum;
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    public static void backwardInput(RecurrentTensors tensors, RecurrentGradients gradients) {
        new Backward(tensors, gradients).run();
    }

    /** The pass over the steps from the last on. */
    private static final class Backward {
        private final ReferenceRecurrence run;
        private final RecurrentGradients gradients;
        private final double[] states;
        private final double[] cells;
        private final double[] kept;
        private final double[] dY;
        private final double[] dCells;
        private final double[] dP;

        private Backward(RecurrentTensors tensors, RecurrentGradients gradients) {
            this.run = new ReferenceRecurrence(tensors, gradients.dP());
            this.gradients = gradients;
            this.states = read(tensors.y);
            this.cells = read(tensors.cells);
            this.kept = read(tensors.kept);
            this.dY = read(gradients.dY());
            this.dCells = read(gradients.dCells());
            this.dP = new double[run.samples * run.length * run.gates];
        }

        private void run() {
            double[] first = new double[run.samples * run.state];
            double[] firstCells = new double[run.samples * run.size];
            for (int n = 0; n < run.samples; n++) {
                double[] dH = new double[run.state];
                double[] dC = new double[run.size];
                for (int step = run.length - 1; step >= 0; step--) {
                    dH = step(n, step, dH, dC);
                }
                System.arraycopy(dH, 0, first, n * run.state, run.state);
                System.arraycopy(dC, 0, firstCells, n * run.size, run.size);
            }
            write(gradients.dP(), dP);
            write(gradients.dH0(), first);
            write(gradients.dC0(), firstCells);
        }

        /** The gradient by the state before a step; dC becomes that by the cell before it. */
        private double[] step(int n, int step, double[] dH, double[] dC) {
            int row = run.row(n, step);
            for (int k = 0; k < run.state; k++) {
                dH[k] += dY[row * run.state + k];
            }
            double[] before = new double[run.state];
            double[] dQ = new double[run.gates];
            for (int k = 0; k < run.size; k++) {
                double d = run.projection.length == 0 ? dH[k] : 0;
                for (int j = 0; j < run.state && run.projection.length > 0; j++) {
                    d += dH[j] * run.projection[j * run.size + k];
                }
                slopes(n, step, k, d, dQ, dC, before);
            }
            for (int k = 0; k < run.state; k++) {
                for (int j = 0; j < dQ.length; j++) {
                    before[k] += dQ[j] * run.weight[j * run.state + k];
                }
            }
            return before;
        }

        private void slopes(int n, int step, int k, double d, double[] dQ, double[] dC, double[] dBefore) {
            int size = run.size;
            int row = run.row(n, step);
            int rest = row * run.kept() + k;
            switch (run.cell) {
                case RNN_TANH -> {
                    double y = states[row * size + k];
                    dQ[k] = d * (1 - y * y);
                }
                case RNN_RELU -> dQ[k] = states[row * size + k] > 0 ? d : 0;
                case LSTM -> {
                    double i = kept[rest];
                    double f = kept[rest + size];
                    double g = kept[rest + 2 * size];
                    double o = kept[rest + 3 * size];
                    double t = Math.tanh(cells[row * size + k]);
                    double all = dC[k] + d * o * (1 - t * t) + (dCells.length == 0 ? 0 : dCells[row * size + k]);
                    dQ[k] = all * g * i * (1 - i);
                    dQ[k + size] = all * run.before(cells, run.c0, n, step, size, k) * f * (1 - f);
                    dQ[k + 2 * size] = all * i * (1 - g * g);
                    dQ[k + 3 * size] = d * t * o * (1 - o);
                    dC[k] = all * f;
                }
                case GRU -> {
                    double r = kept[rest];
                    double z = kept[rest + size];
                    double fresh = kept[rest + 2 * size];
                    double dN = d * (1 - z) * (1 - fresh * fresh);
                    dQ[k] = dN * kept[rest + 3 * size] * r * (1 - r);
                    dQ[k + size] = d * (run.before(states, run.h0, n, step, size, k) - fresh) * z * (1 - z);
                    dQ[k + 2 * size] = dN * r;
                    dP[row * run.gates + 2 * size + k] = dN;
                    dBefore[k] = d * z;
                }
            }
            for (int gate = 0; gate < (run.cell == RecurrentCell.GRU ? 2 : run.cell.gates); gate++) {
                dP[row * run.gates + gate * size + k] = dQ[k + gate * size];
            }
        }
    }

    /** dWᵣ = Σ dHᵀ u, where dH = dY and, of all steps but the last, dP W of the step after. */
    public static void backwardProjection(
            RecurrentTensors tensors, INDArray dY, INDArray dP, INDArray dProjection, boolean accumulate) {
        ReferenceRecurrence run = new ReferenceRecurrence(tensors, dP);
        double[] upstream = read(dY);
        double[] products = read(dP);
        double[] kept = read(tensors.kept);
        int width = run.gates + run.size;
        double[] sum = new double[run.state * run.size];
        for (int n = 0; n < run.samples; n++) {
            for (int step = 0; step < run.length; step++) {
                int row = run.row(n, step);
                for (int j = 0; j < run.state; j++) {
                    double dH = upstream[row * run.state + j];
                    for (int gate = 0; gate < run.gates && step + 1 < run.length; gate++) {
                        dH += products[run.row(n, step + 1) * run.gates + gate] * run.weight[gate * run.state + j];
                    }
                    for (int k = 0; k < run.size; k++) {
                        sum[j * run.size + k] += dH * kept[row * width + run.gates + k];
                    }
                }
            }
        }
        Operand.of(dProjection).write(sum, accumulate);
    }

    /** dW = Σ dQᵀ h; the tensors have the gradient of the weight where others have the weight. */
    public static void backwardWeight(RecurrentTensors tensors, INDArray dP, boolean accumulate) {
        ReferenceRecurrence run = new ReferenceRecurrence(tensors, dP);
        double[] states = read(tensors.y);
        double[] dQ = dQ(tensors.cell, tensors.kept, dP);
        double[] dW = new double[run.gates * run.state];
        for (int n = 0; n < run.samples; n++) {
            for (int step = 0; step < run.length; step++) {
                for (int j = 0; j < run.gates; j++) {
                    for (int k = 0; k < run.state; k++) {
                        dW[j * run.state + k] += dQ[run.row(n, step) * run.gates + j]
                                * run.before(states, run.h0, n, step, run.state, k);
                    }
                }
            }
        }
        Operand.of(tensors.weight).write(dW, accumulate);
    }

    public static void gruBackwardBias(INDArray kept, INDArray dP, INDArray dBias, boolean accumulate) {
        double[] dQ = dQ(RecurrentCell.GRU, kept, dP);
        double[] db = new double[Operand.of(dBias).size()];
        for (int i = 0; i < dQ.length; i++) {
            db[i % db.length] += dQ[i];
        }
        Operand.of(dBias).write(db, accumulate);
    }

    /** dP, and of the n of a GRU r dP. */
    private static double[] dQ(RecurrentCell cell, @Nullable INDArray kept, INDArray dP) {
        double[] dQ = read(dP);
        if (cell == RecurrentCell.GRU) {
            double[] rest = read(kept);
            int gates = Math.toIntExact(dP.size(2));
            int size = gates / cell.gates;
            for (int row = 0; row < dQ.length / gates; row++) {
                for (int k = 0; k < size; k++) {
                    dQ[row * gates + 2 * size + k] *= rest[row * (gates + size) + k];
                }
            }
        }
        return dQ;
    }
}
