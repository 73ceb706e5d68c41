package org.espalier.generator.ir.op;

/** The element-wise work of its neighbours that the kernel of an operation does on its way over memory. */
public enum Epilogues {
    /** None. */
    NONE,
    /** Work on its result. */
    AFTER,
    /** Work on what its result is made of, and on its result. */
    AROUND
}
