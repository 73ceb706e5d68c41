package org.espalier.runtime.kernel.recurrence;

import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.product.Gemm;
import org.jspecify.annotations.Nullable;

/**
 * Cells over time on floats; the formulas are {@link ReferenceRecurrence}'s. A step is one product for the whole batch
 * and one pass over the gates of each sample.
 */
public final class FloatRecurrence {
    private final Gemm gemm;
    private final RecurrentCell cell;
    private final Operand p;
    private final Operand weight;
    private final @Nullable Operand kept;
    private final Operand y;
    private final boolean reverse;
    private final int length;
    private final int size;
    private final int gates;

    /** Of p or dP, W or dW, and what is kept, if something is. */
    public FloatRecurrence(
            Gemm gemm,
            RecurrentCell cell,
            Operand p,
            Operand weight,
            @Nullable Operand kept,
            Operand y,
            boolean reverse) {
        this.gemm = gemm;
        this.cell = cell;
        this.p = p;
        this.weight = weight;
        this.kept = kept;
        this.y = y;
        this.reverse = reverse;
        this.gates = weight.samples;
        this.size = weight.sampleSize;
        this.length = y.sampleSize / size;
    }

    /** The place of a step in the sequence. */
    private int at(int step) {
        return reverse ? length - 1 - step : step;
    }

    private static long address(Operand operand, long element) {
        return ForeignMemory.at(operand.address, element);
    }

    /** Rows of {@code width} numbers at a place of the sequence, one of each sample. */
    private static int start(Operand operand, int sample, int place, int width) {
        return sample * operand.sampleStride + place * width;
    }

    private Operand kept() {
        Operand present = kept;
        if (present == null) {
            throw new IllegalStateException(cell + " keeps nothing");
        }
        return present;
    }

    public void forward(@Nullable Operand bias) {
        float[] b = new float[gates];
        if (bias != null) {
            bias.get(0, b, gates);
        }
        // The product is made where the gates of the step will be, or its state.
        Operand target = kept == null ? y : kept;
        int width = kept == null ? size : cell.kept * size;
        for (int step = 0; step < length; step++) {
            int place = at(step);
            int before = step == 0 ? -1 : at(step - 1);
            if (before >= 0) {
                gemm.multiply(
                        false,
                        true,
                        y.samples,
                        gates,
                        size,
                        address(y, (long) before * size),
                        y.sampleStride,
                        weight.address,
                        size,
                        0,
                        address(target, (long) place * width),
                        target.sampleStride);
            }
            Channels.forEach(y.samples, 4 * gates, n -> step(n, place, before, b));
        }
    }

    private void step(int n, int place, int before, float[] b) {
        Scratch scratch = Scratch.get();
        float[] products = scratch.plane(gates);
        float[] q = scratch.row(Math.max(gates, cell.kept * size));
        float[] h = scratch.lane(size);
        p.get(start(p, n, place, gates), products, gates);
        if (before < 0) {
            System.arraycopy(b, 0, q, 0, gates);
        } else {
            Operand target = kept == null ? y : kept;
            target.get(start(target, n, place, kept == null ? size : cell.kept * size), q, gates);
            FloatElementwise.add(q, b, gates);
        }
        switch (cell) {
            case RNN_TANH -> {
                FloatElementwise.add(q, products, size);
                FloatElementwise.tanh(q, size);
                y.put(start(y, n, place, size), q, size);
            }
            case RNN_RELU -> {
                for (int k = 0; k < size; k++) {
                    q[k] = Math.max(0, q[k] + products[k]);
                }
                y.put(start(y, n, place, size), q, size);
            }
            case LSTM -> lstm(n, place, before, products, q, h);
            case GRU -> gru(n, place, before, products, q, h);
        }
    }

    private void lstm(int n, int place, int before, float[] products, float[] q, float[] h) {
        int width = cell.kept * size;
        FloatElementwise.add(q, products, gates);
        System.arraycopy(q, 2 * size, h, 0, size);
        FloatElementwise.tanh(h, size);
        FloatElementwise.sigmoid(q, gates);
        System.arraycopy(h, 0, q, 2 * size, size);
        if (before >= 0) {
            kept().get(start(kept(), n, before, width) + 4 * size, h, size);
        }
        for (int k = 0; k < size; k++) {
            float carried = before < 0 ? 0 : q[size + k] * h[k];
            q[4 * size + k] = carried + q[k] * q[2 * size + k];
        }
        kept().put(start(kept(), n, place, width), q, width);
        System.arraycopy(q, 4 * size, h, 0, size);
        FloatElementwise.tanh(h, size);
        for (int k = 0; k < size; k++) {
            h[k] *= q[3 * size + k];
        }
        y.put(start(y, n, place, size), h, size);
    }

    private void gru(int n, int place, int before, float[] products, float[] q, float[] h) {
        int width = cell.kept * size;
        System.arraycopy(q, 2 * size, q, 3 * size, size);
        FloatElementwise.add(q, products, 2 * size);
        FloatElementwise.sigmoid(q, 2 * size);
        for (int k = 0; k < size; k++) {
            h[k] = products[2 * size + k] + q[k] * q[3 * size + k];
        }
        FloatElementwise.tanh(h, size);
        System.arraycopy(h, 0, q, 2 * size, size);
        kept().put(start(kept(), n, place, width), q, width);
        if (before >= 0) {
            y.get(start(y, n, before, size), h, size);
        }
        for (int k = 0; k < size; k++) {
            float z = q[size + k];
            h[k] = (1 - z) * q[2 * size + k] + (before < 0 ? 0 : z * h[k]);
        }
        y.put(start(y, n, place, size), h, size);
    }

    public void backwardInput(Operand dY, Workspace workspace) {
        boolean gated = cell == RecurrentCell.GRU;
        if (gated) {
            workspace.reserve((long) y.samples * size);
        }
        // What goes to the step before past the product: c of LSTM, z h of GRU.
        float[] carried = new float[y.samples * size];
        for (int step = length - 1; step >= 0; step--) {
            int place = at(step);
            int before = step == 0 ? -1 : at(step - 1);
            boolean last = step == length - 1;
            if (!last) {
                backwardProduct(at(step + 1), place, gated, workspace);
            }
            Channels.forEach(y.samples, 4 * gates, n -> backwardStep(dY, n, place, before, last, carried, workspace));
        }
    }

    /** dQ W of the step after, in the place of this step's dP. */
    private void backwardProduct(int after, int place, boolean gated, Workspace workspace) {
        int rows = gated ? 2 * size : gates;
        long target = address(p, (long) place * gates);
        gemm.multiply(
                false,
                false,
                y.samples,
                size,
                rows,
                address(p, (long) after * gates),
                p.sampleStride,
                weight.address,
                size,
                0,
                target,
                p.sampleStride);
        if (gated) {
            long n = address(weight, (long) rows * size);
            gemm.multiply(
                    false,
                    false,
                    y.samples,
                    size,
                    size,
                    workspace.address(0),
                    size,
                    n,
                    size,
                    1,
                    target,
                    p.sampleStride);
        }
    }

    private void backwardStep(
            Operand dY, int n, int place, int before, boolean last, float[] carried, Workspace workspace) {
        Scratch scratch = Scratch.get();
        float[] d = scratch.lane(size);
        float[] gradient = scratch.plane(Math.max(gates, size));
        dY.get(start(dY, n, place, size), d, size);
        if (!last) {
            p.get(start(p, n, place, gates), gradient, size);
            FloatElementwise.add(d, gradient, size);
        }
        switch (cell) {
            case RNN_TANH -> {
                y.get(start(y, n, place, size), gradient, size);
                for (int k = 0; k < size; k++) {
                    gradient[k] = d[k] * (1 - gradient[k] * gradient[k]);
                }
            }
            case RNN_RELU -> {
                y.get(start(y, n, place, size), gradient, size);
                for (int k = 0; k < size; k++) {
                    gradient[k] = gradient[k] > 0 ? d[k] : 0;
                }
            }
            case LSTM -> lstmBackward(n, place, before, d, gradient, carried);
            case GRU -> gruBackward(n, place, before, d, gradient, carried, workspace);
        }
        p.put(start(p, n, place, gates), gradient, gates);
    }

    private void lstmBackward(int n, int place, int before, float[] d, float[] gradient, float[] carried) {
        int width = cell.kept * size;
        float[] all = Scratch.get().row(width);
        float[] c = Scratch.get().planes(1, size)[0];
        kept().get(start(kept(), n, place, width), all, width);
        System.arraycopy(all, 4 * size, c, 0, size);
        FloatElementwise.tanh(c, size);
        for (int k = 0; k < size; k++) {
            float i = all[k];
            float f = all[size + k];
            float g = all[2 * size + k];
            float o = all[3 * size + k];
            float t = c[k];
            float dC = carried[n * size + k] + d[k] * o * (1 - t * t);
            gradient[k] = dC * g * i * (1 - i);
            gradient[size + k] = dC * f * (1 - f);
            gradient[2 * size + k] = dC * i * (1 - g * g);
            gradient[3 * size + k] = d[k] * t * o * (1 - o);
            carried[n * size + k] = dC * f;
        }
        if (before >= 0) {
            kept().get(start(kept(), n, before, width) + 4 * size, c, size);
        }
        for (int k = 0; k < size; k++) {
            gradient[size + k] *= before < 0 ? 0 : c[k];
        }
    }

    private void gruBackward(
            int n, int place, int before, float[] d, float[] gradient, float[] carried, Workspace workspace) {
        int width = cell.kept * size;
        float[] all = Scratch.get().row(width);
        kept().get(start(kept(), n, place, width), all, width);
        float[] h = gradient;
        if (before >= 0) {
            y.get(start(y, n, before, size), h, size);
        }
        for (int k = 0; k < size; k++) {
            float r = all[k];
            float z = all[size + k];
            float state = all[2 * size + k];
            float upstream = d[k] + carried[n * size + k];
            float difference = (before < 0 ? 0 : h[k]) - state;
            float dN = upstream * (1 - z) * (1 - state * state);
            gradient[k] = dN * all[3 * size + k] * r * (1 - r);
            gradient[size + k] = upstream * difference * z * (1 - z);
            gradient[2 * size + k] = dN;
            d[k] = dN * r;
            carried[n * size + k] = upstream * z;
        }
        workspace.reserve(0).put(n * size, d, 0, size);
    }

    /** Sample after sample: dQᵀ of the steps from the second on times the states before them. */
    public void backwardWeight(boolean accumulate, Workspace workspace) {
        boolean gated = cell == RecurrentCell.GRU;
        if (gated) {
            workspace.reserve((long) length * size);
        }
        int rows = gated ? 2 * size : gates;
        int first = reverse ? 0 : 1;
        int before = reverse ? 1 : 0;
        if (length == 1 && !accumulate) {
            weight.write(new double[weight.size()]);
        }
        for (int n = 0; n < y.samples && length > 1; n++) {
            float adds = accumulate || n > 0 ? 1 : 0;
            long states = address(y, start(y, n, before, size));
            gemm.multiply(
                    true,
                    false,
                    rows,
                    size,
                    length - 1,
                    address(p, start(p, n, first, gates)),
                    gates,
                    states,
                    size,
                    adds,
                    weight.address,
                    size);
            if (gated) {
                resetProducts(n, workspace);
                gemm.multiply(
                        true,
                        false,
                        size,
                        size,
                        length - 1,
                        workspace.address(first * size),
                        size,
                        states,
                        size,
                        adds,
                        address(weight, (long) rows * size),
                        size);
            }
        }
    }

    /** r dP of the n of a sample, in the workspace. */
    private void resetProducts(int n, Workspace workspace) {
        float[] dN = Scratch.get().plane(size);
        float[] r = Scratch.get().row(size);
        for (int place = 0; place < length; place++) {
            p.get(start(p, n, place, gates) + 2 * size, dN, size);
            kept().get(start(kept(), n, place, cell.kept * size), r, size);
            FloatElementwise.multiply(dN, r, size);
            workspace.reserve(0).put(place * size, dN, 0, size);
        }
    }
}
