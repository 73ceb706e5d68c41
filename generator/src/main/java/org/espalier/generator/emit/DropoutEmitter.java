package org.espalier.generator.emit;

import org.espalier.generator.ir.Op;

/** Dropout. */
final class DropoutEmitter {
    private final Operands operands;

    DropoutEmitter(Operands operands) {
        this.operands = operands;
    }

    // Example:
    //
    // // dropout = Dropout(0.5)  (unet.net:30)
    // dropout(norm, dropoutMask, dropout, 0.5, training, random); // in place
    //
    Emission dropout(Op.Dropout op) {
        String kernel = op.ofChannels() ? "dropout2d" : "dropout";
        return operands.call(kernel, op.x(), op.mask(), op.y(), op.p(), Operands.TRAINING, Operands.RANDOM)
                .with(operands.inPlace(op.x(), op.y()));
    }

    // Example:
    //
    // dropout(dropoutMask, 0.5, training, random)
    //
    Emission.Call step(Op.Dropout op) {
        return operands.call("dropout", op.mask(), op.p(), Operands.TRAINING, Operands.RANDOM);
    }

    // Example:
    //
    // dropoutBackward(dropoutMask, training)
    //
    Emission.Call step(Op.DropoutBackward op) {
        return operands.call("dropoutBackward", op.mask(), Operands.TRAINING);
    }

    // Example:
    //
    // dropoutBackward(dropoutMask, dDropout, dNorm, training); // in place
    //
    Emission dropoutBackward(Op.DropoutBackward op) {
        boolean ofChannels = !op.mask().shape().equals(op.dY().shape());
        String kernel = ofChannels ? "dropout2dBackward" : "dropoutBackward";
        return operands.call(kernel, op.mask(), op.dY(), op.dX(), Operands.TRAINING)
                .with(operands.inPlace(op.dY(), op.dX()));
    }
}
