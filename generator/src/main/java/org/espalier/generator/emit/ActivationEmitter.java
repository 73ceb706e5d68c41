package org.espalier.generator.emit;

import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;

/** Element-wise functions. Their backwards read the result, not the argument, so that either may work in place. */
final class ActivationEmitter {
    private final Operands operands;

    ActivationEmitter(Operands operands) {
        this.operands = operands;
    }

    // Example:
    //
    // // relu = ReLU()  (tiny.net:8)
    // relu(norm, relu); // in place
    //
    Emission relu(Op.Relu op) {
        return forward("relu", op.x(), op.y());
    }

    // Example:
    //
    // reluBackward(relu, dRelu, dNorm); // in place
    //
    Emission reluBackward(Op.ReluBackward op) {
        return backward("reluBackward", op.y(), op.dY(), op.dX());
    }

    // Example:
    //
    // // downrelu = LeakyReLU(0.2)  (unet.net:9)
    // leakyRelu(down, downrelu, 0.2);
    //
    Emission leakyRelu(Op.LeakyRelu op) {
        return operands.call("leakyRelu", op.x(), op.y(), op.slope()).with(operands.inPlace(op.x(), op.y()));
    }

    // Example:
    //
    // leakyReluBackward(downrelu, dDownrelu, dDown, 0.2);
    //
    Emission leakyReluBackward(Op.LeakyReluBackward op) {
        return operands.call("leakyReluBackward", op.y(), op.dY(), op.dX(), op.slope())
                .with(operands.inPlace(op.dY(), op.dX()));
    }

    Emission tanh(Op.Tanh op) {
        return forward("tanh", op.x(), op.y());
    }

    Emission tanhBackward(Op.TanhBackward op) {
        return backward("tanhBackward", op.y(), op.dY(), op.dX());
    }

    Emission sigmoid(Op.Sigmoid op) {
        return forward("sigmoid", op.x(), op.y());
    }

    Emission sigmoidBackward(Op.SigmoidBackward op) {
        return backward("sigmoidBackward", op.y(), op.dY(), op.dX());
    }

    // Example:
    //
    // tanh(up, painted); // in place
    //
    private Emission forward(String kernel, Value x, Value y) {
        return operands.call(kernel, x, y).with(operands.inPlace(x, y));
    }

    // Example:
    //
    // tanhBackward(painted, dPainted, dUp); // in place
    //
    private Emission backward(String kernel, Value y, Value dY, Value dX) {
        return operands.call(kernel, y, dY, dX).with(operands.inPlace(dY, dX));
    }
}
