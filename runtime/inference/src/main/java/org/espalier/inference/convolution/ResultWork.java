package org.espalier.inference.convolution;

import java.util.Arrays;
import org.espalier.inference.curve.FloatCurve;
import org.espalier.inference.tensor.FloatTensor;
import org.jspecify.annotations.Nullable;

/**
 * Work on a convolution on its way to memory: y = f(product + bias + plus), each of which may be absent.
 *
 * @param bias an element for each channel
 * @param plus a tensor of the product's shape
 * @param curve f
 */
public record ResultWork(
        @Nullable FloatTensor bias,
        @Nullable FloatTensor plus,
        @Nullable FloatCurve curve) {
    /** The same work, for channels with a bias. */
    static ResultWork of(@Nullable FloatTensor bias, ResultWork... steps) {
        FloatTensor plus = null;
        FloatCurve curve = null;
        for (ResultWork step : steps) {
            plus = step.plus == null ? plus : step.plus;
            curve = step.curve == null ? curve : step.curve;
        }
        return new ResultWork(bias, plus, curve);
    }

    /** Begins the sums, which the product is added to. */
    void before(Strip strip, float[] c, int step) {
        if (bias == null) {
            Arrays.fill(c, 0, strip.channels() * strip.pitch(), 0);
        } else {
            strip.fill(c, bias);
        }
        if (plus != null) {
            strip.add(c, plus, step);
        }
    }

    /** Applies the function to the sums. */
    void after(Strip strip, float[] c) {
        if (curve != null) {
            curve.apply(c, strip.channels() * strip.pitch());
        }
    }
}
