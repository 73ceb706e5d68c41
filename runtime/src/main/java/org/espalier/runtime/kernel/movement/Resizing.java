package org.espalier.runtime.kernel.movement;

import org.espalier.inference.forward.ResizedAxis;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Images of another size, each element made of a few of x. */
public final class Resizing {
    private final ResizedAxis[] axes;

    private Resizing(ResizedAxis... axes) {
        this.axes = axes;
    }

    /** Along the last axes, by their ratios. */
    public static Resizing of(Operand x, Operand y, ResizedAxis.Rule rule, double... ratios) {
        int[] ofX = {x.depth, x.height / x.depth, x.width};
        int[] ofY = {y.depth, y.height / y.depth, y.width};
        return new Resizing(ResizedAxis.of(ofX, ofY, rule, ratios));
    }

    public void forward(INDArray xArray, INDArray yArray) {
        forEachPlane(Operand.of(xArray), Operand.of(yArray), (x, from, y, to) -> {
            double[] values = new double[x.height * x.width];
            x.get(from, values);
            y.put(to, ResizedAxis.forward(axes, values));
        });
    }

    public void backward(INDArray dYArray, INDArray dXArray) {
        forEachPlane(Operand.of(dXArray), Operand.of(dYArray), (dX, to, dY, from) -> {
            double[] values = new double[dY.height * dY.width];
            dY.get(from, values);
            dX.put(to, ResizedAxis.backward(axes, values));
        });
    }

    private interface Planes {
        void run(Operand x, int ofX, Operand y, int ofY);
    }

    /** Visits each channel of each sample, with where it begins in both. */
    private static void forEachPlane(Operand x, Operand y, Planes planes) {
        int small = x.height * x.width;
        int large = y.height * y.width;
        Channels.forEach(x.samples * x.channels, small + large, index -> {
            int n = index / x.channels;
            int c = index % x.channels;
            planes.run(x, n * x.sampleStride + c * small, y, n * y.sampleStride + c * large);
        });
    }
}
