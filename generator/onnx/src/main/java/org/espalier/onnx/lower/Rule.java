package org.espalier.onnx.lower;

/** Lowering rule of an operator: translates its nodes into operations of the language. */
@FunctionalInterface
interface Rule {
    /** Adds operations to the lowering of a node, and says what its outputs are. */
    void lower(NodeLowering node) throws Unsupported;
}
