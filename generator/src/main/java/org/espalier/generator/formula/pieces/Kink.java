package org.espalier.generator.formula.pieces;

/**
 * Kink of a formula: a number at which the slopes from both sides differ.
 *
 * @param at the number
 * @param below the slope that the derivative comes to from below
 * @param above the slope from above
 */
public record Kink(double at, double below, double above) {
    /**
     * The subgradient of least magnitude: the number nearest to 0 that lies between the slopes, which is Clarke's
     * generalized derivative of least norm.
     */
    public double subgradient() {
        double least = Math.min(below, above);
        double greatest = Math.max(below, above);
        return Math.max(least, Math.min(greatest, 0));
    }
}
