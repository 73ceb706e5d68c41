package org.espalier.runtime.kernel.elementwise;

/** A formula as a loop over elements, on floats. Generated classes have one for each formula of their layers. */
@FunctionalInterface
public interface FloatFormula {
    /**
     * Computes the first {@code n} elements of {@code y} from those at the same places of the operands.
     *
     * @param operands in the order of the formula's variables
     * @param y the result, which may be the array of an operand
     */
    void apply(float[][] operands, float[] y, int n);
}
