package org.espalier.inference.curve;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of elements by the Vector API, in one pass each: to the bit those of the loops of {@link FastExponential}
 * and {@link ActivationCurves}, by the same operations in the same order. They do as many elements as whole vectors
 * hold, and return how many these are.
 */
final class VectorCurves {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private VectorCurves() {}

    /** values = exp(values). */
    static int exp(float[] values, int n) {
        int end = SPECIES.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            exp(FloatVector.fromArray(SPECIES, values, i)).intoArray(values, i);
        }
        return end;
    }

    private static FloatVector limited(FloatVector x, float most) {
        return x.blend(most, x.compare(VectorOperators.GT, most));
    }

    private static FloatVector exp(FloatVector of) {
        FloatVector most = limited(of, FastExponential.MOST);
        FloatVector x = most.blend(FastExponential.LEAST, most.compare(VectorOperators.LT, FastExponential.LEAST));
        FloatVector k = x.mul(FastExponential.LOG2_E).add(FastExponential.WHOLE).sub(FastExponential.WHOLE);
        FloatVector r = x.sub(k.mul(FastExponential.LN2_HIGH)).sub(k.mul(FastExponential.LN2_LOW));
        FloatVector rest = r.mul(FastExponential.TERM6)
                .add(FastExponential.TERM5)
                .mul(r)
                .add(FastExponential.TERM4)
                .mul(r)
                .add(FastExponential.TERM3)
                .mul(r)
                .add(FastExponential.TERM2);
        FloatVector limited = limited(k, FastExponential.MOST_EXPONENT);
        FloatVector power = r.mul(r).mul(rest).add(r).add(1).mul(k.sub(limited).add(1));
        FloatVector scale = limited.add(FastExponential.WHOLE)
                .reinterpretAsInts()
                .add(FastExponential.BIAS)
                .lanewise(VectorOperators.LSHL, FastExponential.EXPONENT)
                .reinterpretAsFloats();
        return power.mul(scale).sub(FastExponential.LEAST_RESULT);
    }
}
