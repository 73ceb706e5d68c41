package org.espalier.onnx.step;

import org.espalier.onnx.model.Constant;

/** Something that a step reads. */
public sealed interface StepOperand permits StepOperand.Literal, StepOperand.Weight, Ref {
    /** A number in the text. */
    record Literal(double number) implements StepOperand {}

    /**
     * A parameter or buffer of a block. The same constant object is the same weight.
     *
     * @param numbers its numbers
     * @param name the name it should have
     */
    record Weight(Constant numbers, String name) implements StepOperand {
        /** Tells whether training changes it; a buffer stays as it is. */
        public boolean learned() {
            return numbers.learned();
        }
    }
}
