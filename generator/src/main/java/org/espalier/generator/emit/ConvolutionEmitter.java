package org.espalier.generator.emit;

import java.util.List;
import org.espalier.generator.ir.Op;

/** Convolutions, transposed convolutions and the bias of both. */
final class ConvolutionEmitter {
    private final Operands operands;

    ConvolutionEmitter(Operands operands) {
        this.operands = operands;
    }

    // Example:
    //
    // // conv = Conv2d(1, 8, 4, stride=2, padding=1)  (tiny.net:6)
    // // [batch, 1, 28, 28] -> [batch, 8, 14, 14]
    // conv2d(image, convWeight, convBias, conv, KERNEL_4_STRIDE_2_PADDING_1, workspace);
    //
    Emission conv2d(Op.Conv2d op) {
        return operands.call("conv2d", op.x(), op.weight(), op.bias(), op.y(), op.window(), Operands.WORKSPACE)
                .with(Operands.shapes(op.x(), op.y()));
    }

    // Example:
    //
    // // [batch, 8, 14, 14] -> [batch, 1, 28, 28]
    // conv2dBackwardInput(dConv, convWeight, dImage, KERNEL_4_STRIDE_2_PADDING_1, workspace);
    //
    Emission conv2dBackwardInput(Op.Conv2dBackwardInput op) {
        return operands.call("conv2dBackwardInput", op.dY(), op.weight(), op.dX(), op.window(), Operands.WORKSPACE)
                .with(Operands.shapes(op.dY(), op.dX()));
    }

    // Example:
    //
    // // [batch, 1, 28, 28], [batch, 8, 14, 14] -> [8, 1, 4, 4]
    // conv2dBackwardWeight(image, dConv, dConvWeight, KERNEL_4_STRIDE_2_PADDING_1, accumulate, workspace);
    //
    Emission conv2dBackwardWeight(Op.Conv2dBackwardWeight op) {
        return operands.call(
                        "conv2dBackwardWeight",
                        op.x(),
                        op.dY(),
                        op.dWeight(),
                        op.window(),
                        operands.accumulate(op.dWeight()),
                        Operands.WORKSPACE)
                .with(Operands.shapes(List.of(op.x(), op.dY()), op.dWeight()));
    }

    // Example:
    //
    // // up = ConvTranspose2d(64, 3, 4, stride=2, padding=1)  (unet.net:20)
    // // [batch, 64, 32, 32] -> [batch, 3, 64, 64]
    // convTranspose2d(relu, upWeight, upBias, up, KERNEL_4_STRIDE_2_PADDING_1, workspace);
    //
    Emission convTranspose2d(Op.ConvTranspose2d op) {
        return operands.call("convTranspose2d", op.x(), op.weight(), op.bias(), op.y(), op.window(), Operands.WORKSPACE)
                .with(Operands.shapes(op.x(), op.y()));
    }

    // Example:
    //
    // // [batch, 3, 64, 64] -> [batch, 64, 32, 32]
    // convTranspose2dBackwardInput(dUp, upWeight, dRelu, KERNEL_4_STRIDE_2_PADDING_1, workspace);
    //
    Emission convTranspose2dBackwardInput(Op.ConvTranspose2dBackwardInput op) {
        return operands.call(
                        "convTranspose2dBackwardInput", op.dY(), op.weight(), op.dX(), op.window(), Operands.WORKSPACE)
                .with(Operands.shapes(op.dY(), op.dX()));
    }

    // Example:
    //
    // // [batch, 64, 32, 32], [batch, 3, 64, 64] -> [64, 3, 4, 4]
    // convTranspose2dBackwardWeight(relu, dUp, dUpWeight, KERNEL_4_STRIDE_2_PADDING_1, accumulate, workspace);
    //
    Emission convTranspose2dBackwardWeight(Op.ConvTranspose2dBackwardWeight op) {
        return operands.call(
                        "convTranspose2dBackwardWeight",
                        op.x(),
                        op.dY(),
                        op.dWeight(),
                        op.window(),
                        operands.accumulate(op.dWeight()),
                        Operands.WORKSPACE)
                .with(Operands.shapes(List.of(op.x(), op.dY()), op.dWeight()));
    }

    // Example:
    //
    // channelBiasBackward(dConv, dConvBias, accumulate); // [batch, 8, 14, 14] -> [8]
    //
    Emission channelBiasBackward(Op.ChannelBiasBackward op) {
        return operands.call("channelBiasBackward", op.dY(), op.dBias(), operands.accumulate(op.dBias()))
                .with(Operands.shapes(op.dY(), op.dBias()));
    }
}
