package org.espalier.onnx.lower;

import java.util.List;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.espalier.onnx.step.Ref;

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

    /** One that a node should have made that is not supported. What reads it is not reported again. */
    record Missing() implements LoweredTensor {}
}
