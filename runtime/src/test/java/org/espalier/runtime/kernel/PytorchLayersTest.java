package org.espalier.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.loss.Losses;
import org.espalier.runtime.kernel.window.Window;
import org.espalier.runtime.pytorch.LayerCase;
import org.espalier.runtime.pytorch.PytorchFixtures;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Every kernel gives what PyTorch gives, forward and backward, in single and in double precision. */
class PytorchLayersTest {
    /**
     * Fixtures were computed in double precision and rounded to single, 6e-8; the rest is for the kernels' own rounding
     * and for small differences of large numbers in normalizations.
     */
    private static final double TOLERANCE = 1e-6;

    /** Inputs are multiples of 1/8, whose products and sums are exact in single precision. */
    private static final double EXACT = 0;

    private final Workspace workspace = new Workspace();

    @AfterEach
    void closeWorkspace() {
        workspace.close();
    }

    private static Stream<Arguments> both(String fixture) {
        return PytorchFixtures.layers(fixture).stream()
                .flatMap(layer -> Stream.of(DataType.FLOAT, DataType.DOUBLE).map(type -> Arguments.of(layer, type)));
    }

    static Stream<Arguments> convolutions() {
        return both("conv2d");
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void conv2d(LayerCase layer, DataType type) {
        INDArray x = layer.array("x", type);
        INDArray weight = layer.array("weight", type);
        INDArray dY = layer.array("dY", type);
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        INDArray dWeight = layer.blank("weight", type);
        if (layer.has("bias")) {
            Kernels.conv2d(x, weight, layer.array("bias", type), y, window(layer), workspace);
            INDArray dBias = layer.blank("bias", type);
            Kernels.channelBiasBackward(dY, dBias, false);
            assertSame(layer, "dBias", dBias, EXACT);
        } else {
            Kernels.conv2d(x, weight, y, window(layer), workspace);
        }
        Kernels.conv2dBackwardInput(dY, weight, dX, window(layer), workspace);
        Kernels.conv2dBackwardWeight(x, dY, dWeight, window(layer), false, workspace);
        assertSame(layer, "y", y, EXACT);
        assertSame(layer, "dX", dX, EXACT);
        assertSame(layer, "dWeight", dWeight, EXACT);
        Kernels.conv2dBackwardWeight(x, dY, dWeight, window(layer), true, workspace);
        assertSame(layer, "dWeight", dWeight.mul(0.5), EXACT);
    }

    static Stream<Arguments> transposedConvolutions() {
        return both("conv-transpose2d");
    }

    @ParameterizedTest
    @MethodSource("transposedConvolutions")
    void convTranspose2d(LayerCase layer, DataType type) {
        INDArray x = layer.array("x", type);
        INDArray weight = layer.array("weight", type);
        INDArray dY = layer.array("dY", type);
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        INDArray dWeight = layer.blank("weight", type);
        if (layer.has("bias")) {
            Kernels.convTranspose2d(x, weight, layer.array("bias", type), y, window(layer), workspace);
            INDArray dBias = layer.blank("bias", type);
            Kernels.channelBiasBackward(dY, dBias, false);
            assertSame(layer, "dBias", dBias, EXACT);
        } else {
            Kernels.convTranspose2d(x, weight, y, window(layer), workspace);
        }
        Kernels.convTranspose2dBackwardInput(dY, weight, dX, window(layer), workspace);
        Kernels.convTranspose2dBackwardWeight(x, dY, dWeight, window(layer), false, workspace);
        assertSame(layer, "y", y, EXACT);
        assertSame(layer, "dX", dX, EXACT);
        assertSame(layer, "dWeight", dWeight, EXACT);
        Kernels.convTranspose2dBackwardWeight(x, dY, dWeight, window(layer), true, workspace);
        assertSame(layer, "dWeight", dWeight.mul(0.5), EXACT);
    }

    static Stream<Arguments> linears() {
        return both("linear");
    }

    @ParameterizedTest
    @MethodSource("linears")
    void linear(LayerCase layer, DataType type) {
        INDArray x = layer.array("x", type);
        INDArray weight = layer.array("weight", type);
        INDArray dY = layer.array("dY", type);
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        INDArray dWeight = layer.blank("weight", type);
        if (layer.has("bias")) {
            Kernels.linear(x, weight, layer.array("bias", type), y);
            INDArray dBias = layer.blank("bias", type);
            Kernels.linearBackwardBias(dY, dBias, false);
            assertSame(layer, "dBias", dBias, EXACT);
        } else {
            Kernels.linear(x, weight, y);
        }
        Kernels.linearBackwardInput(dY, weight, dX);
        Kernels.linearBackwardWeight(x, dY, dWeight, false);
        assertSame(layer, "y", y, EXACT);
        assertSame(layer, "dX", dX, EXACT);
        assertSame(layer, "dWeight", dWeight, EXACT);
    }

    static Stream<Arguments> batchNorms() {
        return both("batch-norm2d");
    }

    @ParameterizedTest
    @MethodSource("batchNorms")
    void batchNorm(LayerCase layer, DataType type) {
        double eps = layer.number("eps", 1e-5);
        double momentum = layer.number("momentum", 0.1);
        boolean training = layer.number("training", 0) == 1;
        INDArray x = layer.array("x", type);
        INDArray dY = layer.array("dY", type);
        INDArray runningMean = layer.array("runningMean", type);
        INDArray runningVar = layer.array("runningVar", type);
        INDArray mean = layer.blank("runningMean", type);
        INDArray inverseStd = layer.blank("runningVar", type);
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        if (layer.has("weight")) {
            INDArray gamma = layer.array("weight", type);
            INDArray beta = layer.array("bias", type);
            INDArray dGamma = layer.blank("weight", type);
            INDArray dBeta = layer.blank("bias", type);
            Normalizations.batchNorm(
                    x, gamma, beta, runningMean, runningVar, mean, inverseStd, y, eps, momentum, training);
            Normalizations.batchNormBackward(x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, training, false);
            assertSame(layer, "dWeight", dGamma, TOLERANCE);
            assertSame(layer, "dBias", dBeta, EXACT);
        } else {
            Normalizations.batchNorm(
                    x, null, null, runningMean, runningVar, mean, inverseStd, y, eps, momentum, training);
            Normalizations.batchNormBackward(x, null, mean, inverseStd, dY, dX, null, null, training, false);
        }
        assertSame(layer, "y", y, TOLERANCE);
        assertSame(layer, "dX", dX, TOLERANCE);
        assertSame(layer, "runningMeanAfter", runningMean, TOLERANCE);
        assertSame(layer, "runningVarAfter", runningVar, TOLERANCE);
    }

    static Stream<Arguments> instanceNorms() {
        return both("instance-norm2d");
    }

    @ParameterizedTest
    @MethodSource("instanceNorms")
    void instanceNorm2d(LayerCase layer, DataType type) {
        double eps = layer.number("eps", 1e-5);
        INDArray x = layer.array("x", type);
        INDArray dY = layer.array("dY", type);
        INDArray mean = x.mean(2, 3).assign(-12345);
        INDArray inverseStd = mean.dup('c');
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        if (layer.has("weight")) {
            INDArray gamma = layer.array("weight", type);
            INDArray dGamma = layer.blank("weight", type);
            INDArray dBeta = layer.blank("bias", type);
            Normalizations.instanceNorm(x, gamma, layer.array("bias", type), mean, inverseStd, y, eps);
            Normalizations.instanceNormBackward(x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, true, false);
            assertSame(layer, "dWeight", dGamma, TOLERANCE);
            assertSame(layer, "dBias", dBeta, EXACT);
        } else {
            Normalizations.instanceNorm(x, null, null, mean, inverseStd, y, eps);
            Normalizations.instanceNormBackward(x, null, mean, inverseStd, dY, dX, null, null, true, false);
        }
        assertSame(layer, "y", y, TOLERANCE);
        assertSame(layer, "dX", dX, TOLERANCE);
    }

    static Stream<Arguments> maxPools() {
        return both("max-pool2d");
    }

    @ParameterizedTest
    @MethodSource("maxPools")
    void maxPool2d(LayerCase layer, DataType type) {
        INDArray x = layer.array("x", type);
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        Kernels.maxPool2d(x, y, window(layer));
        Kernels.maxPool2dBackward(x, layer.array("dY", type), dX, window(layer));
        assertSame(layer, "y", y, EXACT);
        assertSame(layer, "dX", dX, EXACT);
    }

    static Stream<Arguments> averagePools() {
        return both("average-pool2d");
    }

    @ParameterizedTest
    @MethodSource("averagePools")
    void averagePool2d(LayerCase layer, DataType type) {
        INDArray x = layer.array("x", type);
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        if (layer.number("adaptive", 0) == 1) {
            Kernels.adaptiveAvgPool2d(x, y);
            Kernels.adaptiveAvgPool2dBackward(layer.array("dY", type), dX);
        } else {
            boolean countsPadding = !"false".equals(layer.words().get("count_include_pad"));
            Kernels.avgPool2d(x, y, window(layer), countsPadding);
            Kernels.avgPool2dBackward(layer.array("dY", type), dX, window(layer), countsPadding);
        }
        assertSame(layer, "y", y, TOLERANCE);
        assertSame(layer, "dX", dX, TOLERANCE);
    }

    static Stream<Arguments> spreads() {
        return both("spread2d");
    }

    @ParameterizedTest
    @MethodSource("spreads")
    void upsamplingAndPadding(LayerCase layer, DataType type) {
        INDArray x = layer.array("x", type);
        INDArray dY = layer.array("dY", type);
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        int left = (int) layer.number("left", 0);
        int right = (int) layer.number("right", 0);
        int top = (int) layer.number("top", 0);
        int bottom = (int) layer.number("bottom", 0);
        switch (layer.name()) {
            case "upsample" -> {
                Kernels.upsample(x, y, top, left);
                Kernels.upsampleBackward(dY, dX, top, left);
            }
            case "zero" -> {
                Kernels.zeroPad2d(x, y, top, bottom, left, right);
                Kernels.zeroPad2dBackward(dY, dX, top, bottom, left, right);
            }
            case "reflection" -> {
                Kernels.reflectionPad2d(x, y, top, bottom, left, right);
                Kernels.reflectionPad2dBackward(dY, dX, top, bottom, left, right);
            }
            default -> {
                Kernels.replicationPad2d(x, y, top, bottom, left, right);
                Kernels.replicationPad2dBackward(dY, dX, top, bottom, left, right);
            }
        }
        assertSame(layer, "y", y, EXACT);
        assertSame(layer, "dX", dX, EXACT);
    }

    static Stream<Arguments> sampleNorms() {
        return both("sample-norm");
    }

    @ParameterizedTest
    @MethodSource("sampleNorms")
    void groupAndLayerNorm(LayerCase layer, DataType type) {
        double eps = layer.number("eps", 1e-5);
        INDArray x = layer.array("x", type);
        INDArray dY = layer.array("dY", type);
        INDArray mean = Nd4j.create(type, x.size(0), (long) layer.number("groups", 1));
        INDArray inverseStd = mean.dup('c');
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        if (!layer.has("weight")) {
            Normalizations.groupNorm(x, null, null, mean, inverseStd, y, eps);
            Normalizations.groupNormBackward(x, null, mean, inverseStd, dY, dX, null, null, false);
        } else {
            INDArray gamma = layer.array("weight", type);
            INDArray beta = layer.array("bias", type);
            INDArray dGamma = layer.blank("weight", type);
            INDArray dBeta = layer.blank("bias", type);
            if (layer.number("layer", 0) == 1) {
                Normalizations.layerNorm(x, gamma, beta, mean, inverseStd, y, eps);
                Normalizations.layerNormBackward(x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, false);
            } else {
                Normalizations.groupNorm(x, gamma, beta, mean, inverseStd, y, eps);
                Normalizations.groupNormBackward(x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, false);
            }
            assertSame(layer, "dWeight", dGamma, TOLERANCE);
            assertSame(layer, "dBias", dBeta, EXACT);
        }
        assertSame(layer, "y", y, TOLERANCE);
        assertSame(layer, "dX", dX, TOLERANCE);
    }

    static Stream<Arguments> softmaxes() {
        return both("softmax");
    }

    @ParameterizedTest
    @MethodSource("softmaxes")
    void softmax(LayerCase layer, DataType type) {
        INDArray x = layer.array("x", type);
        INDArray dY = layer.array("dY", type);
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        int axis = (int) layer.number("dim", 1);
        if (layer.name().equals("softmax")) {
            Activations.softmax(x, y, axis);
            Activations.softmaxBackward(y, dY, dX, axis);
        } else {
            Activations.logSoftmax(x, y, axis);
            Activations.logSoftmaxBackward(y, dY, dX, axis);
        }
        assertSame(layer, "y", y, TOLERANCE);
        assertSame(layer, "dX", dX, TOLERANCE);
    }

    static Stream<Arguments> activations() {
        return both("activations");
    }

    @ParameterizedTest
    @MethodSource("activations")
    void activation(LayerCase layer, DataType type) {
        INDArray x = layer.array("x", type);
        INDArray dY = layer.array("dY", type);
        INDArray y = layer.blank("y", type);
        INDArray dX = layer.blank("x", type);
        double slope = layer.number("negative_slope", 0.01);
        switch (layer.name()) {
            case "relu" -> {
                Activations.relu(x, y);
                Activations.reluBackward(y, dY, dX);
            }
            case "leaky_relu" -> {
                Activations.leakyRelu(x, y, slope);
                Activations.leakyReluBackward(y, dY, dX, slope);
            }
            case "tanh" -> {
                Activations.tanh(x, y);
                Activations.tanhBackward(y, dY, dX);
            }
            case "sigmoid" -> {
                Activations.sigmoid(x, y);
                Activations.sigmoidBackward(y, dY, dX);
            }
            case "relu6" -> {
                Activations.relu6(x, y);
                Activations.relu6Backward(y, dY, dX);
            }
            case "elu" -> {
                Activations.elu(x, y, layer.number("alpha", 1));
                Activations.eluBackward(y, dY, dX, layer.number("alpha", 1));
            }
            case "silu" -> {
                Activations.silu(x, y);
                Activations.siluBackward(x, dY, dX);
            }
            case "gelu" -> {
                Activations.gelu(x, y);
                Activations.geluBackward(x, dY, dX);
            }
            case "tanh_gelu" -> {
                Activations.tanhGelu(x, y);
                Activations.tanhGeluBackward(x, dY, dX);
            }
            case "softplus" -> {
                double beta = layer.number("beta", 1);
                double threshold = layer.number("threshold", 20);
                Activations.softplus(x, y, beta, threshold);
                Activations.softplusBackward(x, dY, dX, beta, threshold);
            }
            case "hardtanh" -> {
                double min = layer.number("min", -1);
                double max = layer.number("max", 1);
                Activations.hardtanh(x, y, min, max);
                Activations.hardtanhBackward(y, dY, dX, min, max);
            }
            default -> throw new IllegalArgumentException("no activation " + layer.name());
        }
        assertSame(layer, "y", y, TOLERANCE);
        assertSame(layer, "dX", dX, TOLERANCE);
    }

    static Stream<Arguments> losses() {
        return both("losses");
    }

    @ParameterizedTest
    @MethodSource("losses")
    void loss(LayerCase layer, DataType type) {
        INDArray prediction = layer.array("prediction", type);
        INDArray dPrediction = layer.blank("prediction", type);
        double scale = layer.number("scale", 1);
        double loss = switch (layer.name()) {
            case "l1_loss" -> Losses.l1Loss(prediction, layer.array("target", type), scale, dPrediction);
            case "mse_loss" -> Losses.mseLoss(prediction, layer.array("target", type), scale, dPrediction);
            case "cross_entropy_loss" ->
                Losses.crossEntropyLoss(prediction, layer.array("target", DataType.INT32), scale, dPrediction);
            case "smooth_l1_loss" ->
                Losses.smoothL1Loss(
                        prediction, layer.array("target", type), layer.number("beta", 1), scale, dPrediction);
            case "huber_loss" ->
                Losses.huberLoss(prediction, layer.array("target", type), layer.number("delta", 1), scale, dPrediction);
            case "bce_loss" -> Losses.bceLoss(prediction, layer.array("target", type), scale, dPrediction);
            case "bce_with_logits_loss" ->
                Losses.bceWithLogitsLoss(prediction, layer.array("target", type), scale, dPrediction);
            case "nll_loss" -> Losses.nllLoss(prediction, layer.array("target", DataType.INT32), scale, dPrediction);
            default -> throw new IllegalArgumentException("no loss " + layer.name());
        };
        assertThat(Math.abs(loss - layer.result()))
                .as("loss is %s, in PyTorch %s", loss, layer.result())
                .isLessThanOrEqualTo(TOLERANCE * Math.abs(layer.result()));
        assertSame(layer, "dPrediction", dPrediction, TOLERANCE);
    }

    private static Window window(LayerCase layer) {
        int[] pairs = Stream.of("kernel_size", "stride", "padding", "dilation", "output_padding")
                .flatMap(name -> {
                    double otherwise = List.of("stride", "dilation").contains(name) ? 1 : 0;
                    return Stream.of(layer.number(name + "[0]", otherwise), layer.number(name + "[1]", otherwise));
                })
                .mapToInt(Double::intValue)
                .toArray();
        return Window.kernel(pairs[0], pairs[1])
                .stride(pairs[2], pairs[3])
                .padding(pairs[4], pairs[5])
                .dilation(pairs[6], pairs[7])
                .outputPadding(pairs[8], pairs[9]);
    }

    /** The tolerance is relative to the tensor's largest element. */
    private static void assertSame(LayerCase layer, String tensor, INDArray actual, double tolerance) {
        float[] expected = layer.tensors().get(tensor).values();
        double[] values = actual.dup('c').data().asDouble();
        assertThat(values).as(tensor).hasSameSizeAs(expected);
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < values.length; i++) {
            assertThat(Math.abs(values[i] - expected[i]))
                    .as(
                            "%s[%d] is %s, in PyTorch %s; all: %s",
                            tensor, i, values[i], expected[i], Arrays.toString(values))
                    .isLessThanOrEqualTo(tolerance * largest);
        }
    }
}
