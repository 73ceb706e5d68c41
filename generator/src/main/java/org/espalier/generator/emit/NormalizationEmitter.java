package org.espalier.generator.emit;

import java.util.Optional;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;

/** Batch and instance normalisation, with and without scale and shift. */
final class NormalizationEmitter {
    private final Operands operands;

    NormalizationEmitter(Operands operands) {
        this.operands = operands;
    }

    // Example:
    //
    // // norm = BatchNorm2d(8)  (tiny.net:7)
    // batchNorm2d(
    //         conv,
    //         normWeight,
    //         normBias,
    //         normRunningMean,
    //         normRunningVar,
    //         normMean,
    //         normInverseStd,
    //         norm,
    //         1e-5,
    //         0.1,
    //         training);
    //
    Emission batchNorm2d(Op.BatchNorm2d op) {
        return operands.call(
                        "batchNorm2d",
                        op.x(),
                        op.weight(),
                        op.bias(),
                        op.runningMean(),
                        op.runningVar(),
                        op.mean(),
                        op.inverseStd(),
                        op.y(),
                        op.eps(),
                        op.momentum(),
                        Operands.TRAINING)
                .with(operands.inPlace(op.x(), op.y()));
    }

    // Example:
    //
    // batchNorm2dBackward(
    //         conv, normWeight, normMean, normInverseStd, dNorm, dConv, dNormWeight, dNormBias, training, accumulate);
    //
    Emission batchNorm2dBackward(Op.BatchNorm2dBackward op) {
        return operands.call(
                        "batchNorm2dBackward",
                        op.x(),
                        op.weight(),
                        op.mean(),
                        op.inverseStd(),
                        op.dY(),
                        op.dX(),
                        op.dWeight(),
                        op.dBias(),
                        Operands.TRAINING,
                        accumulate(op.dWeight(), op.dBias()))
                .with(operands.inPlace(op.dY(), op.dX()));
    }

    // Example:
    //
    // // norm = InstanceNorm2d(8)  (tiny.net:7)
    // instanceNorm2d(conv, normMean, normInverseStd, norm, 1e-5);
    //
    Emission instanceNorm2d(Op.InstanceNorm2d op) {
        return operands.call(
                        "instanceNorm2d", op.x(), op.weight(), op.bias(), op.mean(), op.inverseStd(), op.y(), op.eps())
                .with(operands.inPlace(op.x(), op.y()));
    }

    // Example:
    //
    // instanceNorm2dBackward(conv, normMean, normInverseStd, dNorm, dConv);
    //
    Emission instanceNorm2dBackward(Op.InstanceNorm2dBackward op) {
        return operands.call(
                        "instanceNorm2dBackward",
                        op.x(),
                        op.weight(),
                        op.mean(),
                        op.inverseStd(),
                        op.dY(),
                        op.dX(),
                        op.dWeight(),
                        op.dBias(),
                        accumulate(op.dWeight(), op.dBias()))
                .with(operands.inPlace(op.dY(), op.dX()));
    }

    /** One flag for both; they are only ever written together. */
    private Optional<String> accumulate(Optional<Value> dWeight, Optional<Value> dBias) {
        dBias.ifPresent(operands::accumulate);
        return dWeight.map(operands::accumulate);
    }
}
