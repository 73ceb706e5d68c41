package org.espalier.inference.forward;

import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.jspecify.annotations.Nullable;

/** Normalization by the statistics of each sample. */
public final class ForwardNormalization {
    private ForwardNormalization() {}

    /** Parts of equal size, each normalized by itself; γ and β have one element for each channel of a sample. */
    public static void ofChannels(
            FloatTensor x,
            @Nullable FloatTensor gamma,
            @Nullable FloatTensor beta,
            FloatTensor y,
            int parts,
            double eps) {
        int part = x.elements / parts;
        int channels = x.sizes[0];
        int area = x.elements / channels;
        ParallelLoop.forEach(x.samples * parts, 8L * x.samples * x.elements, turn -> {
            int from = x.at(turn / parts) + turn % parts * part;
            int to = y.at(turn / parts) + turn % parts * part;
            double mean = mean(x.data(), from, part);
            double scale = 1 / Math.sqrt(variance(x.data(), from, part, mean) + eps);
            for (int i = 0; i < part; i += area) {
                int channel = turn % parts * (part / area) + i / area;
                double factor = gamma == null ? scale : scale * gamma.data()[gamma.offset + channel];
                double shift = (beta == null ? 0 : beta.data()[beta.offset + channel]) - mean * factor;
                affine(x.data(), from + i, y.data(), to + i, area, (float) factor, (float) shift);
            }
        });
    }

    /** Runs of the last elements, as many as γ would have, each normalized by itself; γ and β have one for each. */
    public static void ofElements(
            FloatTensor x,
            @Nullable FloatTensor gamma,
            @Nullable FloatTensor beta,
            FloatTensor y,
            int part,
            double eps) {
        int parts = x.elements / part;
        ParallelLoop.forEach(x.samples * parts, 8L * x.samples * x.elements, turn -> {
            int from = x.at(turn / parts) + turn % parts * part;
            int to = y.at(turn / parts) + turn % parts * part;
            double mean = mean(x.data(), from, part);
            float scale = (float) (1 / Math.sqrt(variance(x.data(), from, part, mean) + eps));
            float center = (float) mean;
            for (int i = 0; i < part; i++) {
                y.data()[to + i] = (x.data()[from + i] - center) * scale;
            }
            if (gamma != null) {
                multiply(y.data(), to, gamma.data(), gamma.offset, part);
            }
            if (beta != null) {
                add(y.data(), to, beta.data(), beta.offset, part);
            }
        });
    }

    /** Each channel normalized by its statistics over all samples. */
    public static void ofBatch(
            FloatTensor x, @Nullable FloatTensor gamma, @Nullable FloatTensor beta, FloatTensor y, double eps) {
        int channels = x.sizes[0];
        int area = x.elements / channels;
        ParallelLoop.forEach(channels, 8L * x.samples * x.elements, channel -> {
            double mean = 0;
            for (int n = 0; n < x.samples; n++) {
                mean += mean(x.data(), x.at(n) + channel * area, area) / x.samples;
            }
            double variance = 0;
            for (int n = 0; n < x.samples; n++) {
                variance += variance(x.data(), x.at(n) + channel * area, area, mean) / x.samples;
            }
            double factor = (gamma == null ? 1 : gamma.data()[gamma.offset + channel]) / Math.sqrt(variance + eps);
            double summand = (beta == null ? 0 : beta.data()[beta.offset + channel]) - mean * factor;
            for (int n = 0; n < x.samples; n++) {
                int at = channel * area;
                affine(x.data(), x.at(n) + at, y.data(), y.at(n) + at, area, (float) factor, (float) summand);
            }
        });
    }

    private static void affine(float[] x, int from, float[] y, int to, int n, float factor, float shift) {
        for (int i = 0; i < n; i++) {
            y[to + i] = factor * x[from + i] + shift;
        }
    }

    private static void multiply(float[] y, int to, float[] factors, int from, int n) {
        for (int i = 0; i < n; i++) {
            y[to + i] *= factors[from + i];
        }
    }

    private static void add(float[] y, int to, float[] summands, int from, int n) {
        for (int i = 0; i < n; i++) {
            y[to + i] += summands[from + i];
        }
    }

    private static double mean(float[] x, int from, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[from + i];
        }
        return sum / n;
    }

    private static double variance(float[] x, int from, int n, double mean) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double d = x[from + i] - mean;
            sum += d * d;
        }
        return sum / n;
    }
}
