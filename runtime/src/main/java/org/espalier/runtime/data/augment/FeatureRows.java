package org.espalier.runtime.data.augment;

import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.storage.Shapes;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The numbers of inputs {@code [batch, features, …]} by row and feature; of a copy, if they have gaps. */
final class FeatureRows {
    private final INDArray inputs;
    private final int features;
    private final int each;

    FeatureRows(INDArray inputs) {
        if (inputs.rank() < 2 || (inputs.dataType() != DataType.FLOAT && inputs.dataType() != DataType.DOUBLE)) {
            throw new IllegalArgumentException("expected inputs [batch, features, …], FLOAT or DOUBLE, to normalize, "
                    + "found " + Arrays.toString(inputs.shape()) + " " + inputs.dataType());
        }
        this.inputs = Shapes.isContiguous(inputs) ? inputs : NdArrays.detachedCopy(inputs);
        this.features = Math.toIntExact(inputs.size(1));
        this.each = Math.toIntExact(inputs.length() / inputs.size(0) / inputs.size(1));
    }

    /** A number of a feature, and the one that takes its place. */
    @FunctionalInterface
    interface Change {
        double of(double value, long row, int feature);
    }

    /** A number of a feature. */
    @FunctionalInterface
    interface Sight {
        void of(double value, long row, int feature);
    }

    int features() {
        return features;
    }

    /** Sees every number, row by row, and writes what comes back. */
    void change(Change change) {
        double[] row = new double[features * each];
        for (long i = 0; i < inputs.size(0); i++) {
            long start = inputs.offset() + i * row.length;
            read(start, row);
            for (int place = 0; place < row.length; place++) {
                row[place] = change.of(row[place], i, place / each);
            }
            write(start, row);
        }
    }

    /** Sees every number, row by row. */
    void see(Sight sight) {
        double[] row = new double[features * each];
        for (long i = 0; i < inputs.size(0); i++) {
            read(inputs.offset() + i * row.length, row);
            for (int place = 0; place < row.length; place++) {
                sight.of(row[place], i, place / each);
            }
        }
    }

    private void read(long start, double[] row) {
        if (inputs.dataType() == DataType.FLOAT) {
            float[] floats = new float[row.length];
            new FloatPointer(inputs.data().pointer()).position(start).get(floats);
            Arrays.setAll(row, place -> floats[place]);
        } else {
            new DoublePointer(inputs.data().pointer()).position(start).get(row);
        }
    }

    private void write(long start, double[] row) {
        if (inputs.dataType() == DataType.FLOAT) {
            float[] floats = new float[row.length];
            for (int place = 0; place < floats.length; place++) {
                floats[place] = (float) row[place];
            }
            new FloatPointer(inputs.data().pointer()).position(start).put(floats);
        } else {
            new DoublePointer(inputs.data().pointer()).position(start).put(row);
        }
    }
}
