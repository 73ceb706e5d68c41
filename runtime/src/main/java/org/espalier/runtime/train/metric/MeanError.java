package org.espalier.runtime.train.metric;

import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A mean over all numbers of the outputs of what each is off its target by, and what follows from that. */
public final class MeanError implements Metric {
    private final Kind kind;
    private final double peak;
    private double sum;
    private long count;

    private enum Kind {
        MAE,
        MSE,
        PSNR
    }

    private MeanError(Kind kind, double peak) {
        this.kind = kind;
        this.peak = peak;
    }

    /** The mean absolute error. */
    public static MeanError mae() {
        return new MeanError(Kind.MAE, 1);
    }

    /** The mean squared error. */
    public static MeanError mse() {
        return new MeanError(Kind.MSE, 1);
    }

    /**
     * The peak signal-to-noise ratio in decibels, 10 log₁₀(peak² / mean squared error), of all numbers together.
     *
     * @param peak the range of the numbers: 1 for pixels from 0 to 1, 2 for those from −1 to 1
     * @throws IllegalArgumentException if that is not above 0
     */
    public static MeanError psnr(double peak) {
        if (!(peak > 0)) {
            throw new IllegalArgumentException("peak must be above 0, but is " + peak);
        }
        return new MeanError(Kind.PSNR, peak);
    }

    @Override
    public String name() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean higherIsBetter() {
        return kind == Kind.PSNR;
    }

    @Override
    public void reset() {
        sum = 0;
        count = 0;
    }

    @Override
    public void add(INDArray output, INDArray target) {
        Elements.requireSame(this, output, target);
        double[] outputs = Elements.of(output);
        double[] targets = Elements.of(target);
        for (int i = 0; i < outputs.length; i++) {
            double error = outputs[i] - targets[i];
            sum += kind == Kind.MAE ? Math.abs(error) : error * error;
        }
        count += outputs.length;
    }

    @Override
    public double value() {
        double mean = sum / (double) count;
        return kind == Kind.PSNR ? 10 * Math.log10(peak * peak / mean) : mean;
    }
}
