package org.espalier.runtime.kernel.pooling;

import java.nio.IntBuffer;
import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Indices;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.window.Taps;
import org.espalier.runtime.kernel.window.Window;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The places that max pools take their elements from, each counted in its channel as if that lay in one line, and
 * elements that go back there.
 */
public final class PoolPlaces {
    private PoolPlaces() {}

    /** Finds the element within a channel that one of y is taken from. */
    private interface Choice {
        int of(double[] values, Operand x, Operand y, int element);
    }

    /** indices[n, c, …] = the place of the largest element of the window. */
    public static void ofWindows(INDArray x, INDArray indices, Window window) {
        Taps.requireInside(Operand.of(x), Operand.of(indices), window);
        find(x, indices, (values, from, to, element) -> ReferenceMaxPool.largest(values, from, to, element, window));
    }

    /** indices[n, c, …] = the place of the largest element of its part. */
    public static void ofParts(INDArray x, INDArray indices) {
        find(x, indices, AdaptiveMaxPoolKernel::largest);
    }

    private static void find(INDArray xArray, INDArray indices, Choice choice) {
        Operand x = Operand.of(xArray);
        Operand y = Operand.of(indices);
        int plane = x.height * x.width;
        Channels.forEach(x.samples * x.channels, plane, index -> {
            double[] values = new double[plane];
            double[] places = new double[y.height * y.width];
            x.get(start(x, index), values);
            for (int i = 0; i < places.length; i++) {
                places[i] = choice.of(values, x, y, i);
            }
            y.put(start(y, index), places);
        });
    }

    /** y[n, c, indices[n, c, i]] = x[n, c, i], and 0 elsewhere; of several at one place the last. */
    public static void unpool(INDArray xArray, INDArray indices, INDArray yArray) {
        Operand x = Operand.of(xArray);
        Operand y = Operand.of(yArray);
        PlaceReader places = places(indices, x, y);
        Channels.forEach(x.samples * x.channels, y.height * y.width, index -> {
            double[] small = new double[x.height * x.width];
            double[] large = new double[y.height * y.width];
            double[] to = new double[small.length];
            x.get(start(x, index), small);
            places.read(index, to);
            for (int i = 0; i < small.length; i++) {
                large[(int) to[i]] = small[i];
            }
            y.put(start(y, index), large);
        });
    }

    /** dX[n, c, i] = dY[n, c, indices[n, c, i]], or 0 if a later element went there. */
    public static void unpoolBackward(INDArray dYArray, INDArray indices, INDArray dXArray) {
        Operand dY = Operand.of(dYArray);
        Operand dX = Operand.of(dXArray);
        PlaceReader places = places(indices, dX, dY);
        Channels.forEach(dX.samples * dX.channels, dY.height * dY.width, index -> {
            double[] large = new double[dY.height * dY.width];
            double[] small = new double[dX.height * dX.width];
            double[] to = new double[small.length];
            int[] last = new int[large.length];
            Arrays.fill(last, -1);
            dY.get(start(dY, index), large);
            places.read(index, to);
            for (int i = 0; i < small.length; i++) {
                last[(int) to[i]] = i;
            }
            for (int i = 0; i < small.length; i++) {
                int place = (int) to[i];
                small[i] = last[place] == i ? large[place] : 0;
            }
            dX.put(start(dX, index), small);
        });
    }

    /** Reads the indices of a channel of one of the samples. */
    private interface PlaceReader {
        void read(int index, double[] places);
    }

    /** The indices of all samples, each a place in a channel of a larger array; they are checked ahead. */
    private static PlaceReader places(INDArray indices, Operand small, Operand large) {
        PlaceReader places = reader(indices);
        int count = large.height * large.width;
        double[] ofChannel = new double[small.height * small.width];
        for (int index = 0; index < small.samples * small.channels; index++) {
            places.read(index, ofChannel);
            for (double place : ofChannel) {
                if (!(place >= 0 && place < count) || place != Math.rint(place)) {
                    throw new IllegalArgumentException("an index of max unpooling is " + place
                            + ", but a channel has " + count + " places, from 0 to " + (count - 1)
                            + "; give it the indices that a max pool of such channels returned");
                }
            }
        }
        return places;
    }

    private static PlaceReader reader(INDArray indices) {
        if (indices.dataType() != DataType.INT32) {
            Operand numbers = Operand.of(indices);
            return (index, places) -> numbers.get(start(numbers, index), places);
        }
        return (index, places) -> {
            IntBuffer numbers = Indices.view(indices);
            for (int i = 0; i < places.length; i++) {
                places[i] = numbers.get(index * places.length + i);
            }
        };
    }

    private static int start(Operand operand, int index) {
        return index / operand.channels * operand.sampleStride
                + index % operand.channels * operand.height * operand.width;
    }
}
