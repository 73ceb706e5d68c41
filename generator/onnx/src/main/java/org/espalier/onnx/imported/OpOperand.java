package org.espalier.onnx.imported;

import org.espalier.onnx.model.Constant;

/** Something that an operation reads. */
public sealed interface OpOperand permits OpOperand.Literal, OpOperand.Weight, Ref {
    /** A number in the text. */
    record Literal(double number) implements OpOperand {}

    /**
     * A parameter or buffer of a block. The same constant object is the same weight.
     *
     * @param numbers its numbers
     * @param name the name it should have
     */
    record Weight(Constant numbers, String name) implements OpOperand {
        /** Tells whether training changes it; a buffer stays as it is. */
        public boolean learned() {
            return numbers.learned();
        }
    }
}
