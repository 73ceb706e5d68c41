package org.espalier.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.loss.Losses;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.kernel.window.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * In double precision, each backward kernel gives the derivative of Σ y·dY as central differences of its forward kernel
 * do.
 */
class GradientTest {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-6;

    private final DrawnArrays draw = new DrawnArrays(1, DataType.DOUBLE);
    private final Workspace workspace = new Workspace();

    static Stream<Window> windows() {
        return Stream.of(
                Window.kernel(4, 4).stride(2, 2).padding(1, 1),
                Window.kernel(3, 3).padding(1, 1),
                Window.kernel(2, 3).stride(3, 1).padding(0, 2).dilation(2, 1),
                Window.kernel(1, 1));
    }

    @ParameterizedTest
    @MethodSource("windows")
    void convolutions(Window window) {
        INDArray x = draw.activation(2, 3, 8, 6);
        INDArray W = draw.parameter(2, 3, window.kernelHeight(), window.kernelWidth());
        INDArray b = draw.parameter(2);
        INDArray y = draw.blank(2, 2, rows(8, window), columns(6, window));
        INDArray dY = draw.activation(y.shape());
        Runnable forward = () -> Kernels.conv2d(x, W, b, y, window, workspace);
        agrees(x, y, dY, forward, dX -> Kernels.conv2dBackwardInput(dY, W, dX, window, workspace));
        agrees(W, y, dY, forward, dW -> Kernels.conv2dBackwardWeight(x, dY, dW, window, false, workspace));
        agrees(b, y, dY, forward, db -> Kernels.channelBiasBackward(dY, db, false));
    }

    @ParameterizedTest
    @MethodSource("windows")
    void transposedConvolutions(Window window) {
        INDArray x = draw.activation(2, 3, rows(8, window), columns(6, window));
        INDArray W = draw.parameter(3, 2, window.kernelHeight(), window.kernelWidth());
        INDArray b = draw.parameter(2);
        INDArray y = draw.blank(2, 2, 8, 6);
        INDArray dY = draw.activation(y.shape());
        Runnable forward = () -> Kernels.convTranspose2d(x, W, b, y, window, workspace);
        agrees(x, y, dY, forward, dX -> Kernels.convTranspose2dBackwardInput(dY, W, dX, window, workspace));
        agrees(W, y, dY, forward, dW -> Kernels.convTranspose2dBackwardWeight(x, dY, dW, window, false, workspace));
        agrees(b, y, dY, forward, db -> Kernels.channelBiasBackward(dY, db, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "4, 7", "2, 3, 2"})
    void linear(String rows) {
        long[] inputs =
                Stream.of((rows + ", 5").split(", ")).mapToLong(Long::parseLong).toArray();
        long[] outputs =
                Stream.of((rows + ", 3").split(", ")).mapToLong(Long::parseLong).toArray();
        INDArray x = draw.activation(inputs);
        INDArray W = draw.parameter(3, 5);
        INDArray b = draw.parameter(3);
        INDArray y = draw.blank(outputs);
        INDArray dY = draw.activation(outputs);
        Runnable forward = () -> Kernels.linear(x, W, b, y);
        agrees(x, y, dY, forward, dX -> Kernels.linearBackwardInput(dY, W, dX));
        agrees(W, y, dY, forward, dW -> Kernels.linearBackwardWeight(x, dY, dW, false));
        agrees(b, y, dY, forward, db -> Kernels.linearBackwardBias(dY, db, false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void batchNorm(boolean training) {
        INDArray x = draw.activation(3, 2, 3, 2);
        INDArray gamma = draw.parameter(2);
        INDArray beta = draw.parameter(2);
        INDArray mean = draw.parameter(2);
        INDArray inverseStd = draw.parameter(2);
        INDArray y = draw.blank(x.shape());
        INDArray dY = draw.activation(x.shape());
        INDArray other = draw.parameter(2);
        INDArray same = draw.parameter(2);
        INDArray runningMean = draw.parameter(2);
        INDArray runningVar = draw.parameter(2).addi(1.5);
        Runnable forward = () -> Normalizations.batchNorm(
                x, gamma, beta, runningMean, runningVar, mean, inverseStd, y, 1e-3, 0.0, training);
        agrees(
                x,
                y,
                dY,
                forward,
                dX -> Normalizations.batchNormBackward(
                        x, gamma, mean, inverseStd, dY, dX, other, same, training, false));
        agrees(
                x,
                y,
                dY,
                forward,
                dX -> Normalizations.batchNormBackward(
                        x, gamma, mean, inverseStd, dY, dX, null, null, training, false));
        agrees(
                gamma,
                y,
                dY,
                forward,
                dGamma -> Normalizations.batchNormBackward(
                        x, gamma, mean, inverseStd, dY, draw.blank(x.shape()), dGamma, other, training, false));
        agrees(
                beta,
                y,
                dY,
                forward,
                dBeta -> Normalizations.batchNormBackward(
                        x, gamma, mean, inverseStd, dY, draw.blank(x.shape()), other, dBeta, training, false));
        Runnable plain = () -> Normalizations.batchNorm(
                x, null, null, runningMean, runningVar, mean, inverseStd, y, 1e-3, 0.0, training);
        agrees(
                x,
                y,
                dY,
                plain,
                dX -> Normalizations.batchNormBackward(x, null, mean, inverseStd, dY, dX, null, null, training, false));
    }

    @Test
    void instanceNorm() {
        INDArray x = draw.activation(3, 2, 3, 2);
        INDArray gamma = draw.parameter(2);
        INDArray beta = draw.parameter(2);
        INDArray mean = draw.parameter(3, 2);
        INDArray inverseStd = draw.parameter(3, 2);
        INDArray y = draw.blank(x.shape());
        INDArray dY = draw.activation(x.shape());
        INDArray other = draw.parameter(2);
        Runnable forward = () -> Normalizations.instanceNorm(x, gamma, beta, mean, inverseStd, y, 1e-3);
        agrees(
                x,
                y,
                dY,
                forward,
                dX -> Normalizations.instanceNormBackward(x, gamma, mean, inverseStd, dY, dX, null, null, true, false));
        agrees(
                gamma,
                y,
                dY,
                forward,
                dGamma -> Normalizations.instanceNormBackward(
                        x, gamma, mean, inverseStd, dY, draw.blank(x.shape()), dGamma, other, true, false));
        agrees(
                beta,
                y,
                dY,
                forward,
                dBeta -> Normalizations.instanceNormBackward(
                        x, gamma, mean, inverseStd, dY, draw.blank(x.shape()), other, dBeta, true, false));
        Runnable plain = () -> Normalizations.instanceNorm(x, null, null, mean, inverseStd, y, 1e-3);
        agrees(
                x,
                y,
                dY,
                plain,
                dX -> Normalizations.instanceNormBackward(x, null, mean, inverseStd, dY, dX, null, null, true, false));
    }

    @Test
    void maxPool() {
        Window window = Window.kernel(3, 2).stride(2, 2).padding(1, 0);
        INDArray x = draw.activation(2, 3, 6, 5);
        INDArray y = draw.blank(2, 3, rows(6, window), columns(5, window));
        INDArray dY = draw.activation(y.shape());
        agrees(x, y, dY, () -> Kernels.maxPool2d(x, y, window), dX -> Kernels.maxPool2dBackward(x, dY, dX, window));
    }

    @Test
    void activations() {
        INDArray x = draw.activation(2, 3, 4, 5);
        INDArray y = draw.blank(x.shape());
        INDArray dY = draw.activation(x.shape());
        agrees(x, y, dY, () -> Activations.relu(x, y), dX -> Activations.reluBackward(y, dY, dX));
        agrees(x, y, dY, () -> Activations.leakyRelu(x, y, 0.2), dX -> Activations.leakyReluBackward(y, dY, dX, 0.2));
        agrees(x, y, dY, () -> Activations.leakyRelu(x, y, 1.7), dX -> Activations.leakyReluBackward(y, dY, dX, 1.7));
        agrees(x, y, dY, () -> Activations.tanh(x, y), dX -> Activations.tanhBackward(y, dY, dX));
        agrees(x, y, dY, () -> Activations.sigmoid(x, y), dX -> Activations.sigmoidBackward(y, dY, dX));
    }

    @Test
    void curves() {
        INDArray x = draw.activation(2, 3, 4, 5).muli(3);
        INDArray y = draw.blank(x.shape());
        INDArray dY = draw.activation(x.shape());
        agrees(x, y, dY, () -> Activations.elu(x, y, 0.7), dX -> Activations.eluBackward(y, dY, dX, 0.7));
        agrees(x, y, dY, () -> Activations.silu(x, y), dX -> Activations.siluBackward(x, dY, dX));
        agrees(x, y, dY, () -> Activations.gelu(x, y), dX -> Activations.geluBackward(x, dY, dX));
        agrees(x, y, dY, () -> Activations.tanhGelu(x, y), dX -> Activations.tanhGeluBackward(x, dY, dX));
        agrees(x, y, dY, () -> Activations.softplus(x, y, 2, 20), dX -> Activations.softplusBackward(x, dY, dX, 2, 20));
        agrees(x, y, dY, () -> Activations.hardtanh(x, y, -1, 2), dX -> Activations.hardtanhBackward(y, dY, dX, -1, 2));
        agrees(x, y, dY, () -> Activations.relu6(x, y), dX -> Activations.relu6Backward(y, dY, dX));
        for (int axis = 1; axis < x.rank(); axis++) {
            int dim = axis;
            agrees(x, y, dY, () -> Activations.softmax(x, y, dim), dX -> Activations.softmaxBackward(y, dY, dX, dim));
            agrees(
                    x,
                    y,
                    dY,
                    () -> Activations.logSoftmax(x, y, dim),
                    dX -> Activations.logSoftmaxBackward(y, dY, dX, dim));
        }
    }

    @Test
    void averagePools() {
        Window window = Window.kernel(3, 2).stride(2, 2).padding(1, 0);
        INDArray x = draw.activation(2, 3, 6, 5);
        INDArray y = draw.blank(2, 3, rows(6, window), columns(5, window));
        INDArray dY = draw.activation(y.shape());
        for (boolean counts : new boolean[] {true, false}) {
            agrees(
                    x,
                    y,
                    dY,
                    () -> Kernels.avgPool2d(x, y, window, counts),
                    dX -> Kernels.avgPool2dBackward(dY, dX, window, counts));
        }
        INDArray parts = draw.blank(2, 3, 4, 2);
        INDArray dParts = draw.activation(parts.shape());
        agrees(
                x,
                parts,
                dParts,
                () -> Kernels.adaptiveAvgPool2d(x, parts),
                dX -> Kernels.adaptiveAvgPool2dBackward(dParts, dX));
    }

    @Test
    void upsamplingAndPadding() {
        INDArray x = draw.activation(2, 3, 3, 4);
        INDArray y = draw.blank(2, 3, 6, 12);
        INDArray dY = draw.activation(y.shape());
        agrees(x, y, dY, () -> Kernels.upsample(x, y, 2, 3), dX -> Kernels.upsampleBackward(dY, dX, 2, 3));
        INDArray padded = draw.blank(2, 3, 6, 7);
        INDArray dPadded = draw.activation(padded.shape());
        agrees(
                x,
                padded,
                dPadded,
                () -> Kernels.zeroPad2d(x, padded, 1, 2, 3, 0),
                dX -> Kernels.zeroPad2dBackward(dPadded, dX, 1, 2, 3, 0));
        agrees(
                x,
                padded,
                dPadded,
                () -> Kernels.reflectionPad2d(x, padded, 1, 2, 3, 0),
                dX -> Kernels.reflectionPad2dBackward(dPadded, dX, 1, 2, 3, 0));
        agrees(
                x,
                padded,
                dPadded,
                () -> Kernels.replicationPad2d(x, padded, 1, 2, 3, 0),
                dX -> Kernels.replicationPad2dBackward(dPadded, dX, 1, 2, 3, 0));
    }

    @Test
    void groupNorm() {
        INDArray x = draw.activation(3, 4, 3, 2);
        INDArray gamma = draw.parameter(4);
        INDArray beta = draw.parameter(4);
        INDArray mean = draw.parameter(3, 2);
        INDArray inverseStd = draw.parameter(3, 2);
        INDArray y = draw.blank(x.shape());
        INDArray dY = draw.activation(x.shape());
        INDArray other = draw.parameter(4);
        Runnable forward = () -> Normalizations.groupNorm(x, gamma, beta, mean, inverseStd, y, 1e-3);
        agrees(
                x,
                y,
                dY,
                forward,
                dX -> Normalizations.groupNormBackward(x, gamma, mean, inverseStd, dY, dX, null, null, false));
        agrees(
                gamma,
                y,
                dY,
                forward,
                dGamma -> Normalizations.groupNormBackward(
                        x, gamma, mean, inverseStd, dY, draw.blank(x.shape()), dGamma, other, false));
        agrees(
                beta,
                y,
                dY,
                forward,
                dBeta -> Normalizations.groupNormBackward(
                        x, gamma, mean, inverseStd, dY, draw.blank(x.shape()), other, dBeta, false));
        Runnable plain = () -> Normalizations.groupNorm(x, null, null, mean, inverseStd, y, 1e-3);
        agrees(
                x,
                y,
                dY,
                plain,
                dX -> Normalizations.groupNormBackward(x, null, mean, inverseStd, dY, dX, null, null, false));
    }

    @Test
    void layerNorm() {
        INDArray x = draw.activation(3, 2, 3, 4);
        INDArray gamma = draw.parameter(3, 4);
        INDArray beta = draw.parameter(3, 4);
        INDArray mean = draw.parameter(3, 2);
        INDArray inverseStd = draw.parameter(3, 2);
        INDArray y = draw.blank(x.shape());
        INDArray dY = draw.activation(x.shape());
        INDArray other = draw.parameter(3, 4);
        Runnable forward = () -> Normalizations.layerNorm(x, gamma, beta, mean, inverseStd, y, 1e-3);
        agrees(
                x,
                y,
                dY,
                forward,
                dX -> Normalizations.layerNormBackward(x, gamma, mean, inverseStd, dY, dX, null, null, false));
        agrees(
                beta,
                y,
                dY,
                forward,
                dBeta -> Normalizations.layerNormBackward(
                        x, gamma, mean, inverseStd, dY, draw.blank(x.shape()), other, dBeta, false));
        Runnable withoutBias = () -> Normalizations.layerNorm(x, gamma, null, mean, inverseStd, y, 1e-3);
        agrees(
                gamma,
                y,
                dY,
                withoutBias,
                dGamma -> Normalizations.layerNormBackward(
                        x, gamma, mean, inverseStd, dY, draw.blank(x.shape()), dGamma, null, false));
        Runnable plain = () -> Normalizations.layerNorm(x, null, null, mean, inverseStd, y, 1e-3);
        agrees(
                x,
                y,
                dY,
                plain,
                dX -> Normalizations.layerNormBackward(x, null, mean, inverseStd, dY, dX, null, null, false));
    }

    @Test
    void channelDropout() {
        INDArray x = draw.activation(2, 3, 4, 5);
        INDArray y = draw.blank(x.shape());
        INDArray dY = draw.activation(x.shape());
        INDArray mask = draw.parameter(2, 3);
        Runnable forward = () -> Kernels.dropout2d(x, mask, y, 0.4, true, new RandomStream(3));
        agrees(x, y, dY, forward, dX -> Kernels.dropout2dBackward(mask, dY, dX, true));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void dropout(boolean training) {
        INDArray x = draw.activation(2, 3, 4, 5);
        INDArray y = draw.blank(x.shape());
        INDArray dY = draw.activation(x.shape());
        INDArray mask = draw.parameter(x.shape());
        // The same stream each time, so that the mask does not change with x.
        Runnable forward = () -> Kernels.dropout(x, mask, y, 0.4, training, new RandomStream(3));
        agrees(x, y, dY, forward, dX -> Kernels.dropoutBackward(mask, dY, dX, training));
    }

    @Test
    void sumsAndConcatenations() {
        INDArray a = draw.activation(2, 3, 2, 2);
        INDArray b = draw.activation(2, 2, 2, 2);
        INDArray y = draw.blank(2, 5, 2, 2);
        INDArray dY = draw.activation(2, 5, 2, 2);
        agrees(b, y, dY, () -> Kernels.concat(y, a, b), dB -> Kernels.concatBackward(dY, dB, 3));
        INDArray c = draw.activation(2, 5, 2, 2);
        INDArray d = draw.activation(2, 5, 2, 2);
        agrees(c, y, dY, () -> Kernels.add(c, d, y), dC -> Kernels.copy(dY, dC));
    }

    @Test
    void losses() {
        INDArray prediction = draw.activation(3, 4, 2, 2);
        INDArray target = draw.activation(3, 4, 2, 2);
        INDArray unused = draw.blank(prediction.shape());
        lossAgrees(
                prediction,
                () -> Losses.l1Loss(prediction, target, 100, unused),
                dP -> Losses.l1Loss(prediction, target, 100, dP));
        lossAgrees(
                prediction,
                () -> Losses.mseLoss(prediction, target, 0.5, unused),
                dP -> Losses.mseLoss(prediction, target, 0.5, dP));
        lossAgrees(
                prediction,
                () -> Losses.smoothL1Loss(prediction, target, 0.4, 2, unused),
                dP -> Losses.smoothL1Loss(prediction, target, 0.4, 2, dP));
        lossAgrees(
                prediction,
                () -> Losses.huberLoss(prediction, target, 0.4, 2, unused),
                dP -> Losses.huberLoss(prediction, target, 0.4, 2, dP));
        lossAgrees(
                prediction,
                () -> Losses.bceWithLogitsLoss(prediction, target, 2, unused),
                dP -> Losses.bceWithLogitsLoss(prediction, target, 2, dP));
        INDArray probabilities = draw.activation(3, 4, 2, 2).muli(0.4).addi(0.5);
        INDArray shares = draw.activation(3, 4, 2, 2).muli(0.4).addi(0.5);
        lossAgrees(
                probabilities,
                () -> Losses.bceLoss(probabilities, shares, 2, unused),
                dP -> Losses.bceLoss(probabilities, shares, 2, dP));
        INDArray logits = draw.activation(4, 3);
        INDArray labels = Nd4j.createFromArray(2, 0, 1, 1);
        INDArray unusedLogits = draw.blank(4, 3);
        lossAgrees(
                logits,
                () -> Losses.nllLoss(logits, labels, 2, unusedLogits),
                dZ -> Losses.nllLoss(logits, labels, 2, dZ));
        lossAgrees(
                logits,
                () -> Losses.crossEntropyLoss(logits, labels, 2, unusedLogits),
                dZ -> Losses.crossEntropyLoss(logits, labels, 2, dZ));
    }

    private void agrees(INDArray variable, INDArray y, INDArray dY, Runnable forward, Consumer<INDArray> backward) {
        DoubleSupplier sum = () -> {
            forward.run();
            return y.mul(dY).sumNumber().doubleValue();
        };
        lossAgrees(variable, sum, gradient -> {
            forward.run();
            backward.accept(gradient);
        });
    }

    private void lossAgrees(INDArray variable, DoubleSupplier loss, Consumer<INDArray> gradientOf) {
        INDArray gradient = Nd4j.create(DataType.DOUBLE, variable.shape());
        gradientOf.accept(gradient);
        for (long i = 0; i < variable.length(); i++) {
            double value = variable.getDouble(i);
            variable.putScalar(i, value + STEP);
            double above = loss.getAsDouble();
            variable.putScalar(i, value - STEP);
            double below = loss.getAsDouble();
            variable.putScalar(i, value);
            double expected = (above - below) / (2 * STEP);
            assertThat(gradient.getDouble(i))
                    .as("element %d", i)
                    .isCloseTo(
                            expected, org.assertj.core.data.Offset.offset(TOLERANCE * Math.max(1, Math.abs(expected))));
        }
    }

    private static int rows(int size, Window window) {
        return (size + 2 * window.paddingHeight() - window.dilationHeight() * (window.kernelHeight() - 1) - 1)
                        / window.strideHeight()
                + 1;
    }

    private static int columns(int size, Window window) {
        return (size + 2 * window.paddingWidth() - window.dilationWidth() * (window.kernelWidth() - 1) - 1)
                        / window.strideWidth()
                + 1;
    }
}
