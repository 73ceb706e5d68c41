package org.espalier.generator.interpreter;

import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.recurrent.Cell;
import org.espalier.generator.layer.recurrent.Recurrence;
import org.espalier.generator.layer.recurrent.RecurrenceBackward;

/** Cells over time by their formulas, one sample after the other. */
final class InterpretedCells {
    private final Function<Value, Tensor> tensors;
    private final Cell cell;
    private final boolean reverse;
    private final int samples;
    private final int length;
    private final int gates;
    private final int size;
    private final int state;
    private final Tensor p;
    private final Tensor w;

    /** A cell with its products or the gradients by them, and its weight or the gradient by that. */
    InterpretedCells(Function<Value, Tensor> tensors, Cell cell, Value p, Value weight, boolean reverse) {
        this.tensors = tensors;
        this.cell = cell;
        this.reverse = reverse;
        this.p = tensors.apply(p);
        this.w = tensors.apply(weight);
        this.samples = this.p.samples;
        this.length = p.shape().axis(1);
        this.gates = p.shape().last();
        this.size = gates / cell.gates();
        this.state = weight.shape().last();
    }

    private int place(int step) {
        return reverse ? length - 1 - step : step;
    }

    /** An element of a sequence at a step, or of the initial row before the first one, or 0. */
    private double at(Tensor sequence, Optional<Value> initial, int n, int step, int row, int k) {
        return step >= 0
                ? sequence.get(n, place(step) * row + k)
                : initial.map(value -> tensors.apply(value).get(n, k)).orElse(0.0);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    void forward(Recurrence op) {
        Tensor y = tensors.apply(op.y());
        for (int n = 0; n < samples; n++) {
            for (int step = 0; step < length; step++) {
                double[] u = new double[size];
                for (int k = 0; k < size; k++) {
                    u[k] = element(op, n, step, k);
                }
                for (int j = 0; j < state; j++) {
                    double h = op.projection().isPresent() ? 0 : u[j];
                    for (int k = 0; k < size && op.projection().isPresent(); k++) {
                        h += tensors.apply(op.projection().get()).get(0, j * size + k) * u[k];
                    }
                    y.set(n, place(step) * state + j, h);
                }
            }
        }
    }

    private double element(Recurrence op, int n, int step, int k) {
        Tensor y = tensors.apply(op.y());
        double[] given = new double[cell.gates()];
        double[] product = new double[cell.gates()];
        for (int gate = 0; gate < given.length; gate++) {
            int row = gate * size + k;
            given[gate] = p.get(n, place(step) * gates + row);
            product[gate] = op.bias().map(b -> tensors.apply(b).get(0, row)).orElse(0.0);
            for (int j = 0; j < state; j++) {
                product[gate] += w.get(0, row * state + j) * at(y, op.h0(), n, step - 1, state, j);
            }
        }
        switch (cell) {
            case RNN_TANH:
                return Math.tanh(given[0] + product[0]);
            case RNN_RELU:
                return Math.max(0, given[0] + product[0]);
            case LSTM:
                Tensor cells = tensors.apply(op.cells().orElseThrow());
                double i = sigmoid(given[0] + product[0]);
                double f = sigmoid(given[1] + product[1]);
                double g = Math.tanh(given[2] + product[2]);
                double o = sigmoid(given[3] + product[3]);
                double c = f * at(cells, op.c0(), n, step - 1, size, k) + i * g;
                cells.set(n, place(step) * size + k, c);
                keep(op, n, step, k, i, f, g, o, o * Math.tanh(c));
                return o * Math.tanh(c);
            case GRU:
                double r = sigmoid(given[0] + product[0]);
                double z = sigmoid(given[1] + product[1]);
                double fresh = Math.tanh(given[2] + r * product[2]);
                keep(op, n, step, k, r, z, fresh, product[2]);
                return (1 - z) * fresh + z * at(y, op.h0(), n, step - 1, state, k);
            default:
                throw new IllegalArgumentException("no formula for " + cell);
        }
    }

    private void keep(Recurrence op, int n, int step, int k, double... values) {
        Value kept = op.kept().orElseThrow();
        int width = kept.shape().last();
        for (int i = 0; i * size < width; i++) {
            tensors.apply(kept).set(n, place(step) * width + i * size + k, values[i]);
        }
    }

    /** The derivative by p of Σ dY y + Σ dC c, by the chain rule over the steps from the last on. */
    void backwardInput(RecurrenceBackward.Input op) {
        for (int n = 0; n < samples; n++) {
            double[] dH = new double[state];
            double[] dC = new double[size];
            for (int step = length - 1; step >= 0; step--) {
                dH = backward(op, n, step, dH, dC);
            }
            for (int k = 0; k < state && op.dH0().isPresent(); k++) {
                tensors.apply(op.dH0().get()).set(n, k, dH[k]);
            }
            for (int k = 0; k < size && op.dC0().isPresent(); k++) {
                tensors.apply(op.dC0().get()).set(n, k, dC[k]);
            }
        }
    }

    private double[] backward(RecurrenceBackward.Input op, int n, int step, double[] dH, double[] dC) {
        Tensor sequence = tensors.apply(op.sequence());
        double[] before = new double[state];
        double[] dQ = new double[gates];
        for (int k = 0; k < state; k++) {
            dH[k] += tensors.apply(op.dY()).get(n, place(step) * state + k);
        }
        for (int k = 0; k < size; k++) {
            double upstream = op.projection().isPresent() ? 0 : dH[k];
            for (int j = 0; j < state && op.projection().isPresent(); j++) {
                upstream += dH[j] * tensors.apply(op.projection().get()).get(0, j * size + k);
            }
            double now = at(sequence, Optional.empty(), n, step, size, k);
            double past = at(sequence, op.initial(), n, step - 1, size, k);
            double[] slopes;
            switch (cell) {
                case RNN_TANH -> slopes = new double[] {upstream * (1 - now * now)};
                case RNN_RELU -> slopes = new double[] {now > 0 ? upstream : 0};
                case LSTM -> {
                    double i = kept(op, n, step, k);
                    double f = kept(op, n, step, k + size);
                    double g = kept(op, n, step, k + 2 * size);
                    double o = kept(op, n, step, k + 3 * size);
                    double t = Math.tanh(now);
                    double given = op.dCells().isPresent()
                            ? tensors.apply(op.dCells().get()).get(n, place(step) * size + k)
                            : 0;
                    double all = dC[k] + given + upstream * o * (1 - t * t);
                    dC[k] = all * f;
                    slopes = new double[] {
                        all * g * i * (1 - i),
                        all * past * f * (1 - f),
                        all * i * (1 - g * g),
                        upstream * t * o * (1 - o)
                    };
                }
                case GRU -> {
                    double r = kept(op, n, step, k);
                    double z = kept(op, n, step, k + size);
                    double fresh = kept(op, n, step, k + 2 * size);
                    double dN = upstream * (1 - z) * (1 - fresh * fresh);
                    before[k] = upstream * z;
                    slopes = new double[] {
                        dN * kept(op, n, step, k + 3 * size) * r * (1 - r), upstream * (past - fresh) * z * (1 - z), dN
                    };
                    dQ[2 * size + k] = dN * r;
                }
                default -> throw new IllegalArgumentException("no formula for " + cell);
            }
            for (int gate = 0; gate < slopes.length; gate++) {
                p.set(n, place(step) * gates + gate * size + k, slopes[gate]);
                dQ[gate * size + k] = cell == Cell.GRU && gate == 2 ? dQ[gate * size + k] : slopes[gate];
            }
        }
        for (int k = 0; k < state; k++) {
            for (int j = 0; j < gates; j++) {
                before[k] += dQ[j] * w.get(0, j * state + k);
            }
        }
        return before;
    }

    private double kept(RecurrenceBackward.Input op, int n, int step, int at) {
        Value kept = op.kept().orElseThrow();
        return tensors.apply(kept).get(n, place(step) * kept.shape().last() + at);
    }

    /** dQ of an element of dP: of the n of a GRU, r dP. */
    private static double dQ(Optional<Tensor> kept, Tensor dP, int n, int place, int j) {
        int gates = dP.shape.last();
        int size = gates / Cell.GRU.gates();
        double slope = dP.get(n, place * gates + j);
        return kept.isPresent() && j >= 2 * size
                ? slope * kept.get().get(n, place * Cell.GRU.kept() * size + j - 2 * size)
                : slope;
    }

    void backwardWeight(RecurrenceBackward.Weight op, Tensor dW) {
        Optional<Tensor> kept = op.kept().map(tensors);
        Tensor y = tensors.apply(op.y());
        for (int n = 0; n < samples; n++) {
            for (int step = 0; step < length; step++) {
                for (int j = 0; j < gates; j++) {
                    double slope = dQ(kept, p, n, place(step), j);
                    for (int k = 0; k < state; k++) {
                        dW.add(0, j * state + k, slope * at(y, op.h0(), n, step - 1, state, k));
                    }
                }
            }
        }
    }

    static void backwardBias(Tensor kept, Tensor dP, Tensor db) {
        int gates = dP.shape.last();
        for (int n = 0; n < dP.samples; n++) {
            for (int at = 0; at < dP.elements; at++) {
                db.add(0, at % gates, dQ(Optional.of(kept), dP, n, at / gates, at % gates));
            }
        }
    }

    void backwardProjection(RecurrenceBackward.Projection op, Tensor dR) {
        Tensor kept = tensors.apply(op.kept());
        for (int n = 0; n < samples; n++) {
            for (int step = 0; step < length; step++) {
                for (int j = 0; j < state; j++) {
                    double dH = tensors.apply(op.dY()).get(n, place(step) * state + j);
                    for (int gate = 0; gate < gates && step + 1 < length; gate++) {
                        dH += p.get(n, place(step + 1) * gates + gate) * w.get(0, gate * state + j);
                    }
                    for (int k = 0; k < size; k++) {
                        dR.add(0, j * size + k, dH * kept.get(n, (place(step) * 5 + 4) * size + k));
                    }
                }
            }
        }
    }
}
