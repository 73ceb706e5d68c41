package org.espalier.onnx.lower;

/** Says nodes of an operator in the words of the language. */
@FunctionalInterface
interface Rule {
    /** Adds steps to the lowering of a node, and says what its outputs are. */
    void lower(NodeLowering node) throws Unsupported;
}
