package org.espalier.runtime.kernel.recurrence;

import org.espalier.runtime.kernel.memory.Operand;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Cells over time in plain loops of double arithmetic. */
public final class ReferenceRecurrence {
    private final RecurrentCell cell;
    private final int samples;
    private final int length;
    private final int size;
    private final boolean reverse;

    private ReferenceRecurrence(RecurrentCell cell, INDArray y, boolean reverse) {
        this.cell = cell;
        this.samples = Math.toIntExact(y.size(0));
        this.length = Math.toIntExact(y.size(1));
        this.size = Math.toIntExact(y.size(2));
        this.reverse = reverse;
    }

    public static void forward(
            RecurrentCell cell,
            INDArray p,
            INDArray weight,
            @Nullable INDArray bias,
            @Nullable INDArray kept,
            INDArray y,
            boolean reverse) {
        ReferenceRecurrence run = new ReferenceRecurrence(cell, y, reverse);
        double[] values = Operand.of(p).read();
        double[] w = Operand.of(weight).read();
        double[] b = bias == null
                ? new double[cell.gates * run.size]
                : Operand.of(bias).read();
        double[] states = new double[run.samples * run.length * run.size];
        double[] rest = new double[states.length * cell.kept];
        for (int n = 0; n < run.samples; n++) {
            for (int step = 0; step < run.length; step++) {
                double[] q = b.clone();
                run.addProduct(w, states, run.before(n, step), q);
                run.step(values, q, states, rest, run.row(n, step), run.before(n, step));
            }
        }
        Operand.of(y).write(states);
        if (kept != null) {
            Operand.of(kept).write(rest);
        }
    }

    /** The row of a step, among all rows of all samples. */
    private int row(int n, int step) {
        return n * length + (reverse ? length - 1 - step : step);
    }

    /** The row of the step before; below 0 for the first. */
    private int before(int n, int step) {
        return step == 0 ? -1 : row(n, step - 1);
    }

    /** q += W h. */
    private void addProduct(double[] w, double[] states, int row, double[] q) {
        for (int j = 0; j < q.length && row >= 0; j++) {
            for (int k = 0; k < size; k++) {
                q[j] += w[j * size + k] * states[row * size + k];
            }
        }
    }

    private void step(double[] p, double[] q, double[] states, double[] kept, int row, int before) {
        for (int k = 0; k < size; k++) {
            int first = row * cell.gates * size + k;
            int rest = row * cell.kept * size + k;
            double h = before < 0 ? 0 : states[before * size + k];
            states[row * size + k] = switch (cell) {
                case RNN_TANH -> Math.tanh(p[first] + q[k]);
                case RNN_RELU -> Math.max(0, p[first] + q[k]);
                case LSTM -> {
                    double i = sigmoid(p[first] + q[k]);
                    double f = sigmoid(p[first + size] + q[k + size]);
                    double g = Math.tanh(p[first + 2 * size] + q[k + 2 * size]);
                    double o = sigmoid(p[first + 3 * size] + q[k + 3 * size]);
                    double c = i * g + (before < 0 ? 0 : f * kept[before * cell.kept * size + 4 * size + k]);
                    keep(kept, rest, i, f, g, o, c);
                    yield o * Math.tanh(c);
                }
                case GRU -> {
                    double r = sigmoid(p[first] + q[k]);
                    double z = sigmoid(p[first + size] + q[k + size]);
                    double n = Math.tanh(p[first + 2 * size] + r * q[k + 2 * size]);
                    keep(kept, rest, r, z, n, q[k + 2 * size]);
                    yield (1 - z) * n + z * h;
                }
            };
        }
    }

    private void keep(double[] kept, int first, double... values) {
        for (int i = 0; i < values.length; i++) {
            kept[first + i * size] = values[i];
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    public static void backwardInput(
            RecurrentCell cell,
            INDArray weight,
            @Nullable INDArray kept,
            INDArray y,
            INDArray dY,
            INDArray dP,
            boolean reverse) {
        ReferenceRecurrence run = new ReferenceRecurrence(cell, y, reverse);
        double[] w = Operand.of(weight).read();
        double[] rest = kept == null ? new double[0] : Operand.of(kept).read();
        double[] states = Operand.of(y).read();
        double[] upstream = Operand.of(dY).read();
        double[] gradient = new double[states.length * cell.gates];
        for (int n = 0; n < run.samples; n++) {
            double[] dH = new double[run.size];
            double[] dC = new double[run.size];
            for (int step = run.length - 1; step >= 0; step--) {
                int row = run.row(n, step);
                for (int k = 0; k < run.size; k++) {
                    dH[k] += upstream[row * run.size + k];
                }
                double[] dQ = run.slopes(states, rest, dH, dC, gradient, row, run.before(n, step));
                for (int k = 0; k < run.size; k++) {
                    for (int j = 0; j < dQ.length; j++) {
                        dH[k] += dQ[j] * w[j * run.size + k];
                    }
                }
            }
        }
        Operand.of(dP).write(gradient);
    }

    /** dP of a step, and dQ; dH becomes what goes to the state before past W. */
    private double[] slopes(
            double[] states, double[] kept, double[] dH, double[] dC, double[] dP, int row, int before) {
        double[] dQ = new double[cell.gates * size];
        for (int k = 0; k < size; k++) {
            int rest = row * cell.kept * size + k;
            int first = row * cell.gates * size + k;
            double y = states[row * size + k];
            double d = dH[k];
            dH[k] = 0;
            switch (cell) {
                case RNN_TANH -> dQ[k] = d * (1 - y * y);
                case RNN_RELU -> dQ[k] = y > 0 ? d : 0;
                case LSTM -> {
                    double i = kept[rest];
                    double f = kept[rest + size];
                    double g = kept[rest + 2 * size];
                    double o = kept[rest + 3 * size];
                    double t = Math.tanh(kept[rest + 4 * size]);
                    double c = before < 0 ? 0 : kept[before * cell.kept * size + 4 * size + k];
                    double all = dC[k] + d * o * (1 - t * t);
                    dQ[k] = all * g * i * (1 - i);
                    dQ[k + size] = all * c * f * (1 - f);
                    dQ[k + 2 * size] = all * i * (1 - g * g);
                    dQ[k + 3 * size] = d * t * o * (1 - o);
                    dC[k] = all * f;
                }
                case GRU -> {
                    double r = kept[rest];
                    double z = kept[rest + size];
                    double n = kept[rest + 2 * size];
                    double h = before < 0 ? 0 : states[before * size + k];
                    double dN = d * (1 - z) * (1 - n * n);
                    dQ[k] = dN * kept[rest + 3 * size] * r * (1 - r);
                    dQ[k + size] = d * (h - n) * z * (1 - z);
                    dQ[k + 2 * size] = dN * r;
                    dP[first + 2 * size] = dN;
                    dH[k] = d * z;
                }
            }
            for (int gate = 0; gate < (cell == RecurrentCell.GRU ? 2 : cell.gates); gate++) {
                dP[first + gate * size] = dQ[k + gate * size];
            }
        }
        return dQ;
    }

    public static void backwardWeight(
            RecurrentCell cell,
            @Nullable INDArray kept,
            INDArray y,
            INDArray dP,
            INDArray dWeight,
            boolean reverse,
            boolean accumulate) {
        ReferenceRecurrence run = new ReferenceRecurrence(cell, y, reverse);
        double[] states = Operand.of(y).read();
        double[] dQ = dQ(cell, kept, dP);
        int gates = cell.gates * run.size;
        double[] dW = new double[gates * run.size];
        for (int n = 0; n < run.samples; n++) {
            for (int step = 1; step < run.length; step++) {
                int row = run.row(n, step);
                int before = run.before(n, step);
                for (int j = 0; j < gates; j++) {
                    for (int k = 0; k < run.size; k++) {
                        dW[j * run.size + k] += dQ[row * gates + j] * states[before * run.size + k];
                    }
                }
            }
        }
        Operand.of(dWeight).write(dW, accumulate);
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
        double[] dQ = Operand.of(dP).read();
        if (cell == RecurrentCell.GRU && kept != null) {
            double[] rest = Operand.of(kept).read();
            int gates = Math.toIntExact(dP.size(2));
            int size = gates / cell.gates;
            for (int row = 0; row < dQ.length / gates; row++) {
                for (int k = 0; k < size; k++) {
                    dQ[row * gates + 2 * size + k] *= rest[row * cell.kept * size + k];
                }
            }
        }
        return dQ;
    }
}
