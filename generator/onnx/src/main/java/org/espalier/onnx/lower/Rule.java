package org.espalier.onnx.lower;

/** Lowering rule of an operator: translates its nodes into steps of the language. */
@FunctionalInterface
interface Rule {
    /** Adds steps to the lowering of a node, and says what its outputs are. */
    void lower(NodeLowering node) throws Unsupported;
}
