package org.espalier.inference.forward;

import org.espalier.inference.convolution.Volume;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;

/** Images of another size, each element made of a few of x. */
public final class ForwardResize {
    private ForwardResize() {}

    /** Writes each element of y as a mix of those of x around its place, along the last axes. */
    public static void forward(FloatTensor x, FloatTensor y, ResizedAxis.Rule rule, double... ratios) {
        Volume in = Volume.of(x);
        Volume out = Volume.of(y);
        int[] ofX = {in.depth(), in.height(), in.width()};
        int[] ofY = {out.depth(), out.height(), out.width()};
        ResizedAxis[] axes = ResizedAxis.of(ofX, ofY, rule, ratios);
        int channels = y.elements / out.size();
        ParallelLoop.forEach(y.samples * channels, 16L * y.samples * y.elements, turn -> {
            int from = x.at(turn / channels) + turn % channels * in.size();
            double[] values = new double[in.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = x.data()[from + i];
            }
            double[] mixed = ResizedAxis.forward(axes, values);
            int to = y.at(turn / channels) + turn % channels * out.size();
            for (int i = 0; i < mixed.length; i++) {
                y.data()[to + i] = (float) mixed[i];
            }
        });
    }
}
