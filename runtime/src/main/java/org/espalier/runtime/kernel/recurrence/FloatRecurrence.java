package org.espalier.runtime.kernel.recurrence;

import java.util.Arrays;
import org.espalier.inference.curve.ActivationCurves;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.product.Gemm;
import org.espalier.runtime.kernel.product.PackedMatrix;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cells over time on floats; the formulas are {@link ReferenceRecurrence}'s. A step is one product for several samples
 * and one pass over the gates of each. Threads share the samples, so that they meet once in a sequence and not once in
 * a step; a batch too small for that is divided within each step.
 */
public final class FloatRecurrence {
    /** Samples of a thread, below which its products are no faster than those of fewer. */
    private static final int SAMPLES_PER_THREAD = 4;

    /** Steps from which on the products of all take less time with a packed weight, its packing included. */
    private static final int MANY_STEPS = 4;

    /** Rows that are summed in float before they are added in double. */
    private static final int ROWS_IN_FLOAT = 32;

    private final Gemm gemm;
    private final RecurrentCell cell;
    private final boolean reverse;
    private final Operand p;
    private final Operand weight;
    private final @Nullable Operand bias;
    private final @Nullable Operand projection;
    private final @Nullable Operand h0;
    private final @Nullable Operand c0;
    private final @Nullable Operand kept;
    private final @Nullable Operand y;
    private final @Nullable Operand cells;
    private final int samples;
    private final int gates;
    private final int size;
    private final int state;
    private final int length;
    private final int width;
    private final int parts;

    /** Of p or dP, and the tensors that the pass needs. */
    public FloatRecurrence(Gemm gemm, RecurrentTensors tensors, INDArray p) {
        this.gemm = gemm;
        this.cell = tensors.cell;
        this.reverse = tensors.reverse;
        this.p = Operand.of(p);
        this.weight = Operand.of(tensors.weight);
        this.bias = orNull(tensors.bias);
        this.projection = orNull(tensors.projection);
        this.h0 = orNull(tensors.h0);
        this.c0 = orNull(tensors.c0);
        this.kept = orNull(tensors.kept);
        this.y = orNull(tensors.y);
        this.cells = orNull(tensors.cells);
        this.samples = this.p.samples;
        this.gates = weight.samples;
        this.size = gates / cell.gates;
        this.state = weight.sampleSize;
        this.length = this.p.sampleSize / gates;
        this.width = kept == null ? 0 : kept.sampleSize / length;
        boolean shared = gemm.isWorthCutting(samples * length, gates, state);
        this.parts = shared ? Math.max(1, Math.min(Parallel.THREADS, samples / SAMPLES_PER_THREAD)) : 1;
    }

    private static @Nullable Operand orNull(@Nullable INDArray array) {
        return array == null ? null : Operand.of(array);
    }

    /** A tensor that the cell has. */
    private static Operand present(@Nullable Operand operand) {
        if (operand == null) {
            throw new IllegalStateException("the cell was not given a tensor that it needs");
        }
        return operand;
    }

    /** The place of a step in the sequence; that of no step is none. */
    private int at(int step) {
        return step < 0 ? -1 : reverse ? length - 1 - step : step;
    }

    private static int start(Operand operand, int sample, int place, int rowSize) {
        return sample * operand.sampleStride + place * rowSize;
    }

    private static long address(Operand operand, int place, int rowSize) {
        return ForeignMemory.at(operand.address, (long) place * rowSize);
    }

    /** The samples that a thread works on, one after the other or, if they are all there are, again on all threads. */
    private final class Part {
        private final int first;
        private final int last;

        private Part(int index) {
            first = samples * index / parts;
            last = samples * (index + 1) / parts;
        }

        private void forEach(Channels.Channel sample) {
            if (parts == 1) {
                Channels.forEach(samples, 4 * gates, sample);
            } else {
                for (int n = first; n < last; n++) {
                    sample.run(n);
                }
            }
        }
    }

    /** The right factor B or Bᵀ, [k, n], of the products of all steps. */
    private final class Factor {
        private final boolean transposed;
        private final int n;
        private final int k;
        private final long b;
        private final int ldb;
        private final @Nullable PackedMatrix packed;

        private Factor(boolean transposed, int n, int k, long b, int ldb) {
            this.transposed = transposed;
            this.n = n;
            this.k = k;
            this.b = b;
            this.ldb = ldb;
            boolean alone = parts > 1 || (Parallel.THREADS == 1 && samples >= SAMPLES_PER_THREAD);
            packed = alone && length >= MANY_STEPS ? gemm.pack(transposed, n, k, b, ldb) : null;
        }

        /** C = A B or A Bᵀ for the rows that are samples of a part, or C += that. */
        private void multiply(Part part, long a, int lda, float adds, long c, int ldc) {
            int first = part.first;
            int last = part.last;
            if (packed != null) {
                long from = ForeignMemory.at(a, (long) first * lda);
                packed.multiply(last - first, from, lda, adds, ForeignMemory.at(c, (long) first * ldc), ldc);
            } else if (parts == 1) {
                gemm.multiply(false, transposed, samples, n, k, a, lda, b, ldb, adds, c, ldc);
            } else {
                gemm.multiplyTile(false, transposed, first, last, 0, n, k, a, lda, b, ldb, adds, c, ldc);
            }
        }
    }

    public void forward() {
        float[] b = new float[gates];
        if (bias != null) {
            bias.get(0, b, gates);
        }
        Factor recurrent = new Factor(true, gates, state, weight.address, state);
        Factor projected = projection == null ? null : new Factor(true, state, size, projection.address, size);
        Parallel.forEach(parts, index -> forward(new Part(index), b, recurrent, projected));
    }

    private void forward(Part part, float[] b, Factor recurrent, @Nullable Factor projected) {
        Operand states = present(y);
        // The product is made where the gates of the step will be, or its state.
        Operand target = kept == null ? states : kept;
        int targetWidth = kept == null ? state : width;
        for (int step = 0; step < length; step++) {
            int place = at(step);
            int before = at(step - 1);
            long made = address(target, place, targetWidth);
            if (before >= 0) {
                long h = address(states, before, state);
                recurrent.multiply(part, h, states.sampleStride, 0, made, target.sampleStride);
            } else if (h0 != null) {
                recurrent.multiply(part, h0.address, h0.sampleStride, 0, made, target.sampleStride);
            }
            boolean multiplied = before >= 0 || h0 != null;
            part.forEach(n -> step(n, place, before, multiplied, b));
            if (projected != null) {
                long h = ForeignMemory.at(made, gates);
                projected.multiply(part, h, target.sampleStride, 0, address(states, place, state), states.sampleStride);
            }
        }
    }

    private void step(int n, int place, int before, boolean multiplied, float[] b) {
        Scratch scratch = Scratch.get();
        float[] products = scratch.plane(gates);
        float[] q = scratch.row(Math.max(gates, width));
        float[] h = scratch.lane(size);
        p.get(start(p, n, place, gates), products, gates);
        if (multiplied) {
            Operand target = kept == null ? present(y) : kept;
            target.get(start(target, n, place, kept == null ? state : width), q, gates);
            FloatElementwise.add(q, b, gates);
        } else {
            System.arraycopy(b, 0, q, 0, gates);
        }
        switch (cell) {
            case RNN_TANH -> {
                FloatElementwise.add(q, products, size);
                ActivationCurves.tanh(q, 0, size);
                present(y).put(start(present(y), n, place, size), q, size);
            }
            case RNN_RELU -> {
                FloatElementwise.add(q, products, size);
                ActivationCurves.relu(q, size);
                present(y).put(start(present(y), n, place, size), q, size);
            }
            case LSTM -> lstm(n, place, before, products, q, h);
            case GRU -> gru(n, place, before, products, q, h);
        }
    }

    private void lstm(int n, int place, int before, float[] products, float[] q, float[] h) {
        Operand memory = present(cells);
        float[] c = Scratch.get().planes(2, size)[0];
        FloatElementwise.add(q, products, gates);
        ActivationCurves.gate(q, 0, 2 * size);
        ActivationCurves.tanh(q, 2 * size, 3 * size);
        ActivationCurves.gate(q, 3 * size, gates);
        earlier(memory, c0, n, before, size, c);
        for (int k = 0; k < size; k++) {
            c[k] = q[size + k] * c[k] + q[k] * q[2 * size + k];
        }
        memory.put(start(memory, n, place, size), c, size);
        System.arraycopy(c, 0, h, 0, size);
        ActivationCurves.tanh(h, 0, size);
        for (int k = 0; k < size; k++) {
            h[k] *= q[3 * size + k];
        }
        Operand all = present(kept);
        all.put(start(all, n, place, width), q, gates);
        if (projection == null) {
            present(y).put(start(present(y), n, place, size), h, size);
        } else {
            all.put(start(all, n, place, width) + gates, h, size);
        }
    }

    private void gru(int n, int place, int before, float[] products, float[] q, float[] h) {
        Operand states = present(y);
        System.arraycopy(q, 2 * size, q, 3 * size, size);
        FloatElementwise.add(q, products, 2 * size);
        ActivationCurves.gate(q, 0, 2 * size);
        for (int k = 0; k < size; k++) {
            q[2 * size + k] = products[2 * size + k] + q[k] * q[3 * size + k];
        }
        ActivationCurves.tanh(q, 2 * size, 3 * size);
        present(kept).put(start(present(kept), n, place, width), q, width);
        earlier(states, h0, n, before, size, h);
        for (int k = 0; k < size; k++) {
            float z = q[size + k];
            h[k] = (1 - z) * q[2 * size + k] + z * h[k];
        }
        states.put(start(states, n, place, size), h, size);
    }

    /** The row of a sample at the step before, which for the first one is the initial row, or zeros. */
    private static void earlier(
            Operand sequence, @Nullable Operand initial, int n, int before, int rowSize, float[] row) {
        if (before >= 0) {
            sequence.get(start(sequence, n, before, rowSize), row, rowSize);
        } else if (initial != null) {
            initial.get(start(initial, n, 0, rowSize), row, rowSize);
        } else {
            Arrays.fill(row, 0, rowSize, 0);
        }
    }

    /** dP, and the gradients by the initial states where they are given. */
    public void backwardInput(RecurrentGradients gradients, Workspace workspace) {
        Operand dY = Operand.of(gradients.dY());
        Operand dCells = orNull(gradients.dCells());
        Operand dH0 = orNull(gradients.dH0());
        Operand dC0 = orNull(gradients.dC0());
        if (cell == RecurrentCell.GRU) {
            workspace.reserve((long) samples * size);
        }
        boolean gated = cell == RecurrentCell.GRU;
        int rows = gated ? 2 * size : gates;
        Factor recurrent = new Factor(false, state, rows, weight.address, state);
        long rest = ForeignMemory.at(weight.address, (long) rows * state);
        Factor candidate = gated ? new Factor(false, state, size, rest, state) : null;
        Factor projected = projection == null ? null : new Factor(false, size, state, projection.address, size);
        Factors factors = new Factors(recurrent, candidate, projected);
        Parallel.forEach(parts, index -> backwardInput(new Part(index), factors, dY, dCells, dH0, dC0, workspace));
    }

    /**
     * The weights that gradients are multiplied by.
     *
     * @param recurrent W, of GRU the rows of its first two gates
     * @param candidate the rows of GRU's third gate
     * @param projected the projection of LSTM
     */
    private record Factors(
            Factor recurrent,
            @Nullable Factor candidate,
            @Nullable Factor projected) {}

    private void backwardInput(
            Part part,
            Factors factors,
            Operand dY,
            @Nullable Operand dCells,
            @Nullable Operand dH0,
            @Nullable Operand dC0,
            Workspace workspace) {
        // What goes to the step before past the product: c of LSTM, z h of GRU.
        float[] carried = new float[(part.last - part.first) * size];
        for (int step = length - 1; step >= 0; step--) {
            int place = at(step);
            int before = at(step - 1);
            boolean last = step == length - 1;
            long made = address(p, place, gates);
            if (!last) {
                backwardProduct(part, factors, at(step + 1), made, p.sampleStride, workspace);
            }
            Factor projected = factors.projected();
            if (projected == null) {
                part.forEach(n -> {
                    arrived(dY, n, place, last);
                    backwardStep(dCells, n, place, before, carried, (n - part.first) * size, workspace);
                });
            } else {
                part.forEach(n -> arrived(dY, n, place, last));
                projected.multiply(part, made, p.sampleStride, 0, ForeignMemory.at(made, size), p.sampleStride);
                part.forEach(n -> backwardStep(dCells, n, place, before, carried, (n - part.first) * size, workspace));
            }
        }
        if (dH0 != null) {
            backwardProduct(part, factors, at(0), dH0.address, dH0.sampleStride, workspace);
        }
        Operand rest = cell == RecurrentCell.GRU ? dH0 : dC0;
        if (rest != null) {
            part.forEach(n -> backwardCarried(rest, n, carried, (n - part.first) * size));
        }
    }

    /** dQ W of a step, where the gradient of the state before it is wanted. */
    private void backwardProduct(Part part, Factors factors, int place, long target, int stride, Workspace workspace) {
        factors.recurrent().multiply(part, address(p, place, gates), p.sampleStride, 0, target, stride);
        Factor candidate = factors.candidate();
        if (candidate != null) {
            candidate.multiply(part, workspace.address(0), size, 1, target, stride);
        }
    }

    /** The gradient by a state: that of y, and that of the step after, which is where it goes. */
    private void arrived(Operand dY, int n, int place, boolean last) {
        float[] d = Scratch.get().lane(state);
        int from = start(p, n, place, gates);
        dY.get(start(dY, n, place, state), d, state);
        if (!last) {
            float[] product = Scratch.get().row(state);
            p.get(from, product, state);
            FloatElementwise.add(d, product, state);
        }
        p.put(from, d, state);
    }

    private void backwardStep(
            @Nullable Operand dCells, int n, int place, int before, float[] carried, int at, Workspace workspace) {
        Scratch scratch = Scratch.get();
        float[] d = scratch.lane(size);
        float[] gradient = scratch.plane(gates);
        int from = start(p, n, place, gates);
        p.get(projection == null ? from : from + size, d, size);
        switch (cell) {
            case RNN_TANH -> {
                present(y).get(start(present(y), n, place, size), gradient, size);
                for (int k = 0; k < size; k++) {
                    gradient[k] = d[k] * (1 - gradient[k] * gradient[k]);
                }
            }
            case RNN_RELU -> {
                present(y).get(start(present(y), n, place, size), gradient, size);
                for (int k = 0; k < size; k++) {
                    gradient[k] = gradient[k] > 0 ? d[k] : 0;
                }
            }
            case LSTM -> lstmBackward(dCells, n, place, before, d, gradient, carried, at);
            case GRU -> gruBackward(n, place, before, d, gradient, carried, at, workspace);
        }
        p.put(from, gradient, gates);
    }

    private void lstmBackward(
            @Nullable Operand dCells,
            int n,
            int place,
            int before,
            float[] d,
            float[] gradient,
            float[] carried,
            int at) {
        Operand memory = present(cells);
        float[] all = Scratch.get().row(gates);
        float[][] rows = Scratch.get().planes(2, size);
        float[] t = rows[0];
        float[] dC = rows[1];
        present(kept).get(start(present(kept), n, place, width), all, gates);
        if (dCells == null) {
            System.arraycopy(carried, at, dC, 0, size);
        } else {
            dCells.get(start(dCells, n, place, size), dC, size);
            for (int k = 0; k < size; k++) {
                dC[k] += carried[at + k];
            }
        }
        memory.get(start(memory, n, place, size), t, size);
        ActivationCurves.tanh(t, 0, size);
        for (int k = 0; k < size; k++) {
            float o = all[3 * size + k];
            gradient[3 * size + k] = d[k] * t[k] * o * (1 - o);
            dC[k] += d[k] * o * (1 - t[k] * t[k]);
        }
        float[] c = t;
        earlier(memory, c0, n, before, size, c);
        for (int k = 0; k < size; k++) {
            float i = all[k];
            float f = all[size + k];
            float g = all[2 * size + k];
            gradient[k] = dC[k] * g * i * (1 - i);
            gradient[size + k] = dC[k] * c[k] * f * (1 - f);
            gradient[2 * size + k] = dC[k] * i * (1 - g * g);
            carried[at + k] = dC[k] * f;
        }
    }

    private void gruBackward(
            int n, int place, int before, float[] d, float[] gradient, float[] carried, int at, Workspace workspace) {
        float[] all = Scratch.get().row(width);
        float[] h = Scratch.get().planes(2, size)[0];
        present(kept).get(start(present(kept), n, place, width), all, width);
        earlier(present(y), h0, n, before, size, h);
        for (int k = 0; k < size; k++) {
            float r = all[k];
            float z = all[size + k];
            float fresh = all[2 * size + k];
            float upstream = d[k] + carried[at + k];
            float dN = upstream * (1 - z) * (1 - fresh * fresh);
            gradient[k] = dN * all[3 * size + k] * r * (1 - r);
            gradient[size + k] = upstream * (h[k] - fresh) * z * (1 - z);
            gradient[2 * size + k] = dN;
            d[k] = dN * r;
            carried[at + k] = upstream * z;
        }
        workspace.reserve(0).put(n * size, d, 0, size);
    }

    /** Adds what the first step carries past the product: all that dC₀ is, and a part of dH₀. */
    private void backwardCarried(Operand gradient, int n, float[] carried, int at) {
        float[] row = Scratch.get().lane(size);
        int from = start(gradient, n, 0, size);
        if (cell == RecurrentCell.GRU) {
            gradient.get(from, row, size);
            for (int k = 0; k < size; k++) {
                row[k] += carried[at + k];
            }
        } else {
            System.arraycopy(carried, at, row, 0, size);
        }
        gradient.put(from, row, size);
    }

    /** db = Σ dQ over the steps, dQ being dP, and r dP of n; a few rows at a time in float, and these in double. */
    public static void gruBackwardBias(Operand kept, Operand dP, Operand dBias, boolean accumulate) {
        int gates = dBias.size();
        int size = gates / RecurrentCell.GRU.gates;
        int width = gates + size;
        int rows = dP.size() / gates;
        int length = rows / Math.max(1, dP.samples);
        float[] row = Scratch.get().plane(gates);
        float[] r = Scratch.get().row(size);
        float[] part = new float[gates];
        double[] sum = new double[gates];
        for (int index = 0; index < rows; index++) {
            dP.get(start(dP, index / length, index % length, gates), row, gates);
            kept.get(start(kept, index / length, index % length, width), r, size);
            for (int k = 0; k < size; k++) {
                row[2 * size + k] *= r[k];
            }
            FloatElementwise.add(part, row, gates);
            if (index % ROWS_IN_FLOAT == ROWS_IN_FLOAT - 1 || index == rows - 1) {
                for (int k = 0; k < gates; k++) {
                    sum[k] += part[k];
                    part[k] = 0;
                }
            }
        }
        dBias.write(sum, accumulate);
    }

    /**
     * dWᵣ = Σ dHᵀ u over the steps, dH being dY and what comes of the step after, u the state before its projection.
     */
    public void backwardProjection(Operand dY, Operand dProjection, boolean accumulate, Workspace workspace) {
        Operand all = present(kept);
        int count = samples * length;
        workspace.reserve((long) count * (state + size));
        long arrived = workspace.address(0);
        long projected = workspace.address(count * state);
        Channels.forEach(samples, length * (state + size), n -> {
            float[] row = Scratch.get().lane(size);
            for (int place = 0; place < length; place++) {
                all.get(start(all, n, place, width) + gates, row, size);
                workspace.reserve(0).put(count * state + (n * length + place) * size, row, 0, size);
                dY.get(start(dY, n, place, state), row, state);
                workspace.reserve(0).put((n * length + place) * state, row, 0, state);
            }
        });
        int first = reverse ? 1 : 0;
        int after = reverse ? 0 : 1;
        for (int n = 0; n < samples && length > 1; n++) {
            gemm.multiply(
                    false,
                    false,
                    length - 1,
                    state,
                    gates,
                    ForeignMemory.at(p.address, start(p, n, after, gates)),
                    gates,
                    weight.address,
                    state,
                    1,
                    ForeignMemory.at(arrived, (long) (n * length + first) * state),
                    state);
        }
        gemm.multiply(
                true,
                false,
                state,
                size,
                count,
                arrived,
                state,
                projected,
                size,
                accumulate ? 1 : 0,
                dProjection.address,
                size);
    }

    /** dW = Σ dQᵀ h over the steps, h being the state before: one product for all of them. */
    public void backwardWeight(boolean accumulate, Workspace workspace) {
        boolean gated = cell == RecurrentCell.GRU;
        int count = samples * length;
        workspace.reserve((long) count * (gated ? state + size : state));
        Channels.forEach(samples, length * (state + size), n -> {
            statesBefore(n, workspace);
            if (gated) {
                resetProducts(n, count * state, workspace);
            }
        });
        int rows = gated ? 2 * size : gates;
        boolean together = p.isContiguous();
        for (int n = 0; n < (together ? 1 : samples); n++) {
            weightProduct(
                    rows,
                    together ? count : length,
                    ForeignMemory.at(p.address, start(p, n, 0, gates)),
                    gates,
                    workspace.address(n * length * state),
                    weight.address,
                    accumulate || n > 0);
        }
        if (gated) {
            long n = ForeignMemory.at(weight.address, (long) rows * state);
            weightProduct(size, count, workspace.address(count * state), size, workspace.address(0), n, accumulate);
        }
    }

    private void weightProduct(int rows, int count, long dQ, int stride, long h, long dW, boolean adds) {
        gemm.multiply(true, false, rows, state, count, dQ, stride, h, state, adds ? 1 : 0, dW, state);
    }

    /** The states before each step of a sample, in the workspace. */
    private void statesBefore(int n, Workspace workspace) {
        float[] h = Scratch.get().lane(state);
        for (int step = 0; step < length; step++) {
            earlier(present(y), h0, n, at(step - 1), state, h);
            workspace.reserve(0).put((n * length + at(step)) * state, h, 0, state);
        }
    }

    /** r dP of the n of a sample, in the workspace from a place on. */
    private void resetProducts(int n, int from, Workspace workspace) {
        float[] dN = Scratch.get().plane(size);
        float[] r = Scratch.get().row(size);
        for (int place = 0; place < length; place++) {
            p.get(start(p, n, place, gates) + 2 * size, dN, size);
            present(kept).get(start(present(kept), n, place, width), r, size);
            FloatElementwise.multiply(dN, r, size);
            workspace.reserve(0).put(from + (n * length + place) * size, dN, 0, size);
        }
    }
}
