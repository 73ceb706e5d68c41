package org.espalier.generator.emit;

import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;

/** Fully connected layers. The remarks are the matrix products, ' for transposed. */
final class LinearEmitter {
    private final Operands operands;

    LinearEmitter(Operands operands) {
        this.operands = operands;
    }

    // Example:
    //
    // // hidden = Linear(784, 256)  (digits.net:6)
    // linear(image, hiddenWeight, hiddenBias, hidden); // [batch, 784] x [256, 784]' + [256] -> [batch, 256]
    //
    Emission linear(Op.Linear op) {
        String bias = op.bias().map(value -> " + " + value.shape()).orElse("");
        return operands.call("linear", op.x(), op.weight(), op.bias(), op.y())
                .with(product(shape(op.x()), shape(op.weight()) + "'" + bias, op.y()));
    }

    // Example:
    //
    // linearBackwardInput(dHidden, hiddenWeight, dImage); // [batch, 256] x [256, 784] -> [batch, 784]
    //
    Emission linearBackwardInput(Op.LinearBackwardInput op) {
        return operands.call("linearBackwardInput", op.dY(), op.weight(), op.dX())
                .with(product(shape(op.dY()), shape(op.weight()), op.dX()));
    }

    // Example:
    //
    // linearBackwardWeight(image, dHidden, dHiddenWeight, accumulate); // [batch, 256]' x [batch, 784] -> [256, 784]
    //
    Emission linearBackwardWeight(Op.LinearBackwardWeight op) {
        return operands.call("linearBackwardWeight", op.x(), op.dY(), op.dWeight(), operands.accumulate(op.dWeight()))
                .with(product(shape(op.dY()) + "'", shape(op.x()), op.dWeight()));
    }

    // Example:
    //
    // linearBackwardBias(dHidden, dHiddenBias, accumulate); // [batch, 256] -> [256]
    //
    Emission linearBackwardBias(Op.LinearBackwardBias op) {
        return operands.call("linearBackwardBias", op.dY(), op.dBias(), operands.accumulate(op.dBias()))
                .with(Operands.shapes(op.dY(), op.dBias()));
    }

    private static String shape(Value value) {
        return value.shape().toString();
    }

    private static String product(String left, String right, Value result) {
        return left + " x " + right + " -> " + result.shape();
    }
}
