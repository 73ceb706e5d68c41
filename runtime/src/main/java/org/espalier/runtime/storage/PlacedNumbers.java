package org.espalier.runtime.storage;

import org.espalier.runtime.kernel.elementwise.DoubleFormula;

/** Numbers computed from the places of elements along the axes of a shape. */
public final class PlacedNumbers {
    private static final int BLOCK = 4096;

    private PlacedNumbers() {}

    /** Takes the elements one after the other. */
    @FunctionalInterface
    public interface Sink {
        /** Takes one, and its number in 'c' order. */
        void put(long index, double value);
    }

    /** Computes the elements in 'c' order; the formula's operands are the places along each axis. */
    public static void compute(DoubleFormula values, Sink sink, long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        double[][] places = new double[shape.length][BLOCK];
        double[] block = new double[BLOCK];
        for (long start = 0; start < count; start += BLOCK) {
            int length = (int) Math.min(BLOCK, count - start);
            long inner = 1;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                for (int i = 0; i < length; i++) {
                    places[axis][i] = (start + i) / inner % shape[axis];
                }
                inner *= shape[axis];
            }
            values.apply(places, block, length);
            for (int i = 0; i < length; i++) {
                sink.put(start + i, block[i]);
            }
        }
    }
}
