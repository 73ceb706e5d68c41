package org.espalier.generator.emit;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.ir.ActivationFunction;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;

/** Element-wise functions, which may work in place, and softmax. */
final class ActivationEmitter {
    private final Operands operands;

    ActivationEmitter(Operands operands) {
        this.operands = operands;
    }

    // Example:
    //
    // // downrelu = LeakyReLU(0.2)  (unet.net:9)
    // leakyRelu(down, downrelu, 0.2); // in place
    //
    Emission activation(Op.Activation op) {
        return call("", op.function(), op.x(), op.y()).with(operands.inPlace(op.x(), op.y()));
    }

    // Example:
    //
    // leakyReluBackward(downrelu, dDownrelu, dDown, 0.2); // in place
    //
    Emission activationBackward(Op.ActivationBackward op) {
        return call("Backward", op.function(), op.known(), op.dY(), op.dX()).with(operands.inPlace(op.dY(), op.dX()));
    }

    // Example:
    //
    // leakyRelu(0.2)
    //
    Emission.Call step(Op.Activation op) {
        return call("", op.function());
    }

    // Example:
    //
    // leakyReluBackward(downrelu, 0.2)
    //
    Emission.Call step(Op.ActivationBackward op) {
        return call("Backward", op.function(), op.known());
    }

    private Emission.Call call(String suffix, ActivationFunction function, Value... values) {
        List<Object> arguments = new ArrayList<>(List.of(values));
        arguments.addAll(function.constants());
        String kernel = Identifiers.camelCase(function.kind().text());
        return operands.activation(kernel + suffix, arguments.toArray());
    }

    // Example:
    //
    // // Softmax(dim=1)  (digits.net:9)
    // softmax(logits, softmax1);
    //
    Emission softmax(Op.Softmax op) {
        return operands.activation(op.log() ? "logSoftmax" : "softmax", op.x(), op.y());
    }

    // Example:
    //
    // softmaxBackward(softmax1, dSoftmax1, dLogits);
    //
    Emission softmaxBackward(Op.SoftmaxBackward op) {
        return operands.activation(op.log() ? "logSoftmaxBackward" : "softmaxBackward", op.y(), op.dY(), op.dX());
    }
}
