package org.espalier.runtime.kernel.normalization;

import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalization of parts of each sample: of groups of channels (group normalization) or of the last axes (layer
 * normalization). A part is contiguous: element i of a sample belongs to part i / size.
 *
 * <p>With μ and s = 1/√(σ² + ε) of the part, x̂ = (x − μ) s: y = γ x̂ + β; dγ = Σ dY x̂, dβ = Σ dY, and with d = γ dY,
 * dX = s (d − mean(d) − x̂ mean(d x̂)), means over the part.
 */
public final class GroupNormalization {
    private final Operand x;
    private final int size;
    private final int parts;

    /** The γ and β that element i of a sample has: i % count, or else i / repeat. */
    private final boolean perElement;

    private final int count;
    private final int repeat;
    private final double @Nullable [] gamma;

    private GroupNormalization(INDArray x, @Nullable INDArray gamma, boolean perElement, INDArray mean) {
        this.x = Operand.of(x);
        parts = Operand.of(mean).sampleSize;
        size = this.x.sampleSize / parts;
        this.perElement = perElement;
        this.gamma = read(gamma);
        count = perElement ? size : this.x.channels;
        repeat = perElement ? 1 : this.x.sampleSize / this.x.channels;
    }

    private static double @Nullable [] read(@Nullable INDArray array) {
        return array == null ? null : Operand.of(array).read();
    }

    private int parameter(int part, int i) {
        return perElement ? i : (part * size + i) / repeat;
    }

    /** A part of a sample on the heap: its elements, and where they came from. */
    private interface Part {
        void run(int index, double[] values);
    }

    /** Both precisions compute in doubles; floats are read and written part by part, on all cores. */
    private void forEachPart(Part part) {
        Channels.forEach(x.samples * parts, size, index -> part.run(index, read(x, index)));
    }

    private double[] read(Operand operand, int index) {
        double[] values = new double[size];
        operand.get(place(operand, index), values);
        return values;
    }

    private int place(Operand operand, int index) {
        return index / parts * operand.sampleStride + index % parts * size;
    }

    public static void forward(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            boolean perElement,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps) {
        new GroupNormalization(x, gamma, perElement, mean)
                .forward(read(beta), Operand.of(mean), Operand.of(inverseStd), Operand.of(y), eps);
    }

    private void forward(double @Nullable [] beta, Operand mean, Operand inverseStd, Operand y, double eps) {
        double[] mu = new double[x.samples * parts];
        double[] s = new double[mu.length];
        forEachPart((index, values) -> {
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            double average = sum / size;
            double squares = 0;
            for (double value : values) {
                squares += (value - average) * (value - average);
            }
            mu[index] = average;
            s[index] = 1 / Math.sqrt(squares / size + eps);
            for (int i = 0; i < size; i++) {
                int c = parameter(index % parts, i);
                double normal = (values[i] - average) * s[index];
                values[i] = normal * (gamma == null ? 1 : gamma[c]) + (beta == null ? 0 : beta[c]);
            }
            y.put(place(y, index), values);
        });
        mean.write(mu);
        inverseStd.write(s);
    }

    public static void backward(
            INDArray x,
            @Nullable INDArray gamma,
            boolean perElement,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean accumulate) {
        GroupNormalization norm = new GroupNormalization(x, gamma, perElement, mean);
        double[] mu = Operand.of(mean).read();
        double[] s = Operand.of(inverseStd).read();
        if (dGamma != null) {
            norm.parameters(mu, s, Operand.of(dY), Operand.of(dGamma), dBeta, accumulate);
        }
        norm.input(mu, s, Operand.of(dY), Operand.of(dX));
    }

    private void input(double[] mu, double[] s, Operand dY, Operand dX) {
        forEachPart((index, values) -> {
            double[] d = read(dY, index);
            double sum = 0;
            double sumOfProducts = 0;
            for (int i = 0; i < size; i++) {
                d[i] *= gamma == null ? 1 : gamma[parameter(index % parts, i)];
                values[i] = (values[i] - mu[index]) * s[index];
                sum += d[i];
                sumOfProducts += d[i] * values[i];
            }
            for (int i = 0; i < size; i++) {
                d[i] = s[index] * (d[i] - sum / size - values[i] * sumOfProducts / size);
            }
            dX.put(place(dX, index), d);
        });
    }

    /** One part after the other, so that sums have the same order in every run. */
    private void parameters(
            double[] mu, double[] s, Operand dY, Operand dGamma, @Nullable INDArray dBeta, boolean accumulate) {
        double[] scale = new double[count];
        double[] shift = new double[count];
        for (int index = 0; index < mu.length; index++) {
            double[] values = read(x, index);
            double[] d = read(dY, index);
            for (int i = 0; i < size; i++) {
                int c = parameter(index % parts, i);
                scale[c] += d[i] * (values[i] - mu[index]) * s[index];
                shift[c] += d[i];
            }
        }
        dGamma.write(scale, accumulate);
        if (dBeta != null) {
            Operand.of(dBeta).write(shift, accumulate);
        }
    }
}
