package org.espalier.generator.emit;

import java.util.Optional;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;

/** Batch, instance, group and layer normalisation, with and without scale and shift. */
final class NormalizationEmitter {
    private final Operands operands;

    NormalizationEmitter(Operands operands) {
        this.operands = operands;
    }

    // Example:
    //
    // // norm = BatchNorm2d(8)  (tiny.net:7)
    // batchNorm(
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
    Emission batchNorm(Op.BatchNorm op) {
        return batchNorm(op, op.y()).with(operands.inPlace(op.x(), op.y()));
    }

    private Emission.Call batchNorm(Op.BatchNorm op, Value y) {
        return operands.call(
                "batchNorm",
                op.x(),
                op.weight(),
                op.bias(),
                op.runningMean(),
                op.runningVar(),
                op.mean(),
                op.inverseStd(),
                y,
                op.eps(),
                op.momentum(),
                Operands.TRAINING);
    }

    // Example:
    //
    // batchNormBackward(
    //         conv, normWeight, normMean, normInverseStd, dNorm, dConv, dNormWeight, dNormBias, training, accumulate);
    //
    Emission batchNormBackward(Op.BatchNormBackward op) {
        return batchNormBackward(op, op.dY(), op.dX()).with(operands.inPlace(op.dY(), op.dX()));
    }

    private Emission.Call batchNormBackward(Op.BatchNormBackward op, Value dY, Value dX) {
        return operands.call(
                "batchNormBackward",
                op.x(),
                op.weight(),
                op.mean(),
                op.inverseStd(),
                dY,
                dX,
                op.dWeight(),
                op.dBias(),
                Operands.TRAINING,
                accumulate(op.dWeight(), op.dBias()));
    }

    // Example:
    //
    // // norm = InstanceNorm2d(8)  (tiny.net:7)
    // instanceNorm2d(conv, normMean, normInverseStd, norm, 1e-5);
    //
    Emission instanceNorm2d(Op.InstanceNorm2d op) {
        return instanceNorm2d(op, op.y()).with(operands.inPlace(op.x(), op.y()));
    }

    private Emission.Call instanceNorm2d(Op.InstanceNorm2d op, Value y) {
        return operands.call("instanceNorm2d", op.x(), op.weight(), op.bias(), op.mean(), op.inverseStd(), y, op.eps());
    }

    // Example:
    //
    // instanceNorm2dBackward(conv, normMean, normInverseStd, dNorm, dConv);
    //
    Emission instanceNorm2dBackward(Op.InstanceNorm2dBackward op) {
        return instanceNorm2dBackward(op, op.dY(), op.dX()).with(operands.inPlace(op.dY(), op.dX()));
    }

    private Emission.Call instanceNorm2dBackward(Op.InstanceNorm2dBackward op, Value dY, Value dX) {
        return operands.call(
                "instanceNorm2dBackward",
                op.x(),
                op.weight(),
                op.mean(),
                op.inverseStd(),
                dY,
                dX,
                op.dWeight(),
                op.dBias(),
                accumulate(op.dWeight(), op.dBias()));
    }

    /** A normalisation that writes something else than its own result: what steps make of that. */
    Emission.Call forward(Op op, Value y) {
        if (op instanceof Op.BatchNorm norm) {
            return batchNorm(norm, y);
        } else if (op instanceof Op.InstanceNorm2d norm) {
            return instanceNorm2d(norm, y);
        }
        throw new IllegalArgumentException(op + " takes no steps");
    }

    /**
     * The gradient of a normalisation from something else than the gradient by its result: what steps make that of; and
     * to something else than the gradient by its input: what steps make of that.
     */
    Emission.Call backward(Op op, Value dY, Value dX) {
        if (op instanceof Op.BatchNormBackward norm) {
            return batchNormBackward(norm, dY, dX);
        } else if (op instanceof Op.InstanceNorm2dBackward norm) {
            return instanceNorm2dBackward(norm, dY, dX);
        }
        throw new IllegalArgumentException(op + " takes no steps");
    }

    // Example:
    //
    // // norm = GroupNorm(4, 8)  (tiny.net:7)
    // groupNorm(conv, normWeight, normBias, normMean, normInverseStd, norm, 1e-5);
    //
    Emission groupNorm(Op.GroupNorm op) {
        return operands.call(
                norm(op.affine()), op.x(), op.weight(), op.bias(), op.mean(), op.inverseStd(), op.y(), op.eps());
    }

    // Example:
    //
    // layerNormBackward(
    //         hidden, normWeight, normMean, normInverseStd, dNorm, dHidden, dNormWeight, dNormBias, accumulate);
    //
    Emission groupNormBackward(Op.GroupNormBackward op) {
        return operands.call(
                norm(op.affine()) + "Backward",
                op.x(),
                op.weight(),
                op.mean(),
                op.inverseStd(),
                op.dY(),
                op.dX(),
                op.dWeight(),
                op.dBias(),
                accumulate(op.dWeight(), op.dBias()));
    }

    private static String norm(Op.GroupNorm.Affine affine) {
        return affine == Op.GroupNorm.Affine.CHANNELS ? "groupNorm" : "layerNorm";
    }

    /** One flag for both; they are only ever written together. */
    private Optional<String> accumulate(Optional<Value> dWeight, Optional<Value> dBias) {
        dBias.ifPresent(operands::accumulate);
        return dWeight.map(operands::accumulate);
    }
}
