package org.espalier.runtime.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The loops of {@link VectorTapSums}: four vectors of places at a time, or three taps, stay in registers. */
final class VectorTapLoops {
    private static final VectorSpecies<Float> SPECIES = VectorMemory.SPECIES;
    private static final int LANES = SPECIES.length();

    /** Places whose products are added as floats before they are added as doubles. */
    private static final int STRETCH = 256 * LANES;

    private VectorTapLoops() {}

    static void add(float[] from, int[] at, float[] weights, int first, float[] to, int count) {
        int t = 0;
        for (; t <= count - 4 * LANES; t += 4 * LANES) {
            FloatVector s0 = FloatVector.fromArray(SPECIES, to, t);
            FloatVector s1 = FloatVector.fromArray(SPECIES, to, t + LANES);
            FloatVector s2 = FloatVector.fromArray(SPECIES, to, t + 2 * LANES);
            FloatVector s3 = FloatVector.fromArray(SPECIES, to, t + 3 * LANES);
            for (int k = 0; k < at.length; k++) {
                FloatVector w = FloatVector.broadcast(SPECIES, weights[first + k]);
                int place = at[k] + t;
                s0 = w.fma(FloatVector.fromArray(SPECIES, from, place), s0);
                s1 = w.fma(FloatVector.fromArray(SPECIES, from, place + LANES), s1);
                s2 = w.fma(FloatVector.fromArray(SPECIES, from, place + 2 * LANES), s2);
                s3 = w.fma(FloatVector.fromArray(SPECIES, from, place + 3 * LANES), s3);
            }
            s0.intoArray(to, t);
            s1.intoArray(to, t + LANES);
            s2.intoArray(to, t + 2 * LANES);
            s3.intoArray(to, t + 3 * LANES);
        }
        for (; t < count; t += LANES) {
            FloatVector sum = FloatVector.fromArray(SPECIES, to, t);
            for (int k = 0; k < at.length; k++) {
                FloatVector w = FloatVector.broadcast(SPECIES, weights[first + k]);
                sum = w.fma(FloatVector.fromArray(SPECIES, from, at[k] + t), sum);
            }
            sum.intoArray(to, t);
        }
    }

    static void addProducts(float[] from, int[] at, float[] with, int count, double[] sums, int first) {
        float[] lanes = new float[LANES];
        for (int start = 0; start < count; start += STRETCH) {
            int end = Math.min(count, start + STRETCH);
            int k = 0;
            for (; k < at.length - 2; k += 3) {
                FloatVector s0 = FloatVector.zero(SPECIES);
                FloatVector s1 = s0;
                FloatVector s2 = s0;
                int a0 = at[k];
                int a1 = at[k + 1];
                int a2 = at[k + 2];
                for (int t = start; t < end; t += LANES) {
                    FloatVector g = FloatVector.fromArray(SPECIES, with, t);
                    s0 = g.fma(FloatVector.fromArray(SPECIES, from, a0 + t), s0);
                    s1 = g.fma(FloatVector.fromArray(SPECIES, from, a1 + t), s1);
                    s2 = g.fma(FloatVector.fromArray(SPECIES, from, a2 + t), s2);
                }
                sums[first + k] += sum(s0, lanes);
                sums[first + k + 1] += sum(s1, lanes);
                sums[first + k + 2] += sum(s2, lanes);
            }
            for (; k < at.length; k++) {
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int t = start; t < end; t += LANES) {
                    FloatVector g = FloatVector.fromArray(SPECIES, with, t);
                    sum = g.fma(FloatVector.fromArray(SPECIES, from, at[k] + t), sum);
                }
                sums[first + k] += sum(sum, lanes);
            }
        }
    }

    /** The sum of a vector in the order of its elements; that of the API may be any, and another once compiled. */
    private static double sum(FloatVector vector, float[] lanes) {
        vector.intoArray(lanes, 0);
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }
}
