package org.espalier.runtime.storage;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Single numbers of an array without gaps, in 'c' order; many times faster than the array's own methods. */
public interface Numbers {
    /** One number. */
    double get(long index);

    /** Sets one number, rounded to the array's precision. */
    void put(long index, double value);

    /** Of a FLOAT or DOUBLE array. */
    static Numbers of(INDArray array) {
        return array.dataType() == DataType.FLOAT
                ? new Floats(new FloatPointer(array.data().pointer()).getPointer(array.offset()))
                : new Doubles(new DoublePointer(array.data().pointer()).getPointer(array.offset()));
    }

    /** In single precision. */
    record Floats(FloatPointer numbers) implements Numbers {
        @Override
        public double get(long index) {
            return numbers.get(index);
        }

        @Override
        public void put(long index, double value) {
            numbers.put(index, (float) value);
        }
    }

    /** In double precision. */
    record Doubles(DoublePointer numbers) implements Numbers {
        @Override
        public double get(long index) {
            return numbers.get(index);
        }

        @Override
        public void put(long index, double value) {
            numbers.put(index, value);
        }
    }
}
