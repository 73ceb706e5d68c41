package org.espalier.onnx.lower;

import java.util.List;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;

/** A lowered value of the model. */
sealed interface LoweredTensor {
    /** One whose numbers depend on no input. */
    record Known(Constant constant) implements LoweredTensor {}

    /** One that the network computes or is given. */
    record Value(Ref ref, Form form) implements LoweredTensor {
        int rank() {
            return form.rank();
        }

        List<Long> sizes() {
            return form.sizes();
        }

        ElementKind kind() {
            return form.kind();
        }
    }

    /**
     * One whose first axis is the batch and everything in front of it.
     *
     * @param value the same elements with these axes apart
     */
    record Rows(Value value) implements LoweredTensor {}

    /**
     * Places of elements in the vector of all samples: the number of a sample times the stride, and offsets.
     *
     * @param stride the distance from a sample to the next
     * @param offsets the same for each sample; its axis of the batch has the size 1
     * @param batch the axis of the batch
     */
    record Places(long stride, Constant offsets, int batch) implements LoweredTensor {}

    /** One that a node should have made that is not supported. What reads it is not reported again. */
    record Missing() implements LoweredTensor {}
}
