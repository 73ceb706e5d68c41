package org.espalier.generator.formula.pieces;

/** A reason why a formula of one variable cannot be followed downhill. */
public sealed interface Flaw {
    /** Returns the number at which the variable has the flaw. */
    double at();

    /** It has no value. */
    record Undefined(double at) implements Flaw {}

    /** Its value or its slope is infinite. */
    record Infinite(double at, boolean value) implements Flaw {}

    /** Its pieces do not meet. */
    record Jump(double at, double below, double above) implements Flaw {}
}
