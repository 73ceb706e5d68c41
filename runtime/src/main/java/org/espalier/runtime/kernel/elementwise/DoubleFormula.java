package org.espalier.runtime.kernel.elementwise;

/** A formula as a loop over elements, on doubles. */
@FunctionalInterface
public interface DoubleFormula {
    /**
     * Computes the first {@code n} elements of {@code y} from those at the same places of the operands.
     *
     * @param operands in the order of the formula's variables
     * @param y the result, which may be the array of an operand
     */
    void apply(double[][] operands, double[] y, int n);
}
