package org.espalier.inference;

import org.jspecify.annotations.Nullable;

/**
 * Operations of a forward pass, which generated classes call. Operands come first, then what is written, then
 * constants; images are [channels, height, width] behind the batch axis.
 */
public final class InferenceKernels {
    private InferenceKernels() {}

    /** The axes of a result along which the first axes of operands lie. */
    public static int[] axes(int... axes) {
        return axes;
    }

    /** Convolves sequences. */
    public static void conv1d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, ResultWork.of(bias, epilogues), y, window);
    }

    /** Convolves sequences, without a bias. */
    public static void conv1d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, ResultWork.of(null, epilogues), y, window);
    }

    /** Convolves sequences, transposed. */
    public static void convTranspose1d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, ResultWork.of(bias, epilogues), y, window);
    }

    /** Convolves sequences, transposed, without a bias. */
    public static void convTranspose1d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, ResultWork.of(null, epilogues), y, window);
    }

    /** Takes the largest element of each window of sequences. */
    public static void maxPool1d(FloatTensor x, FloatTensor y, Sliding window) {
        ForwardPools.max(x, y, window);
    }

    /** Takes the mean of each window of sequences. */
    public static void avgPool1d(FloatTensor x, FloatTensor y, Sliding window, boolean countsPadding) {
        ForwardPools.mean(x, y, window, countsPadding, 0);
    }

    /** Divides the sum of each window of sequences by a number. */
    public static void avgPool1d(FloatTensor x, FloatTensor y, Sliding window, int divisor) {
        ForwardPools.mean(x, y, window, true, divisor);
    }

    /** Takes the mean of each part of sequences. */
    public static void adaptiveAvgPool1d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MEAN);
    }

    /** Takes the largest element of each part of sequences. */
    public static void adaptiveMaxPool1d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MAX);
    }

    /** Puts zeros around sequences. */
    public static void zeroPad1d(FloatTensor x, FloatTensor y, int left, int right) {
        ForwardMovement.spread(x, y, 0, constant(left));
    }

    /** Puts a number around sequences. */
    public static void constantPad1d(FloatTensor x, FloatTensor y, int left, int right, double value) {
        ForwardMovement.spread(x, y, (float) value, constant(left));
    }

    /** Mirrors sequences at their edges. */
    public static void reflectionPad1d(FloatTensor x, FloatTensor y, int left, int right) {
        ForwardMovement.spread(x, y, 0, axes((i, pad, size) -> mirrored(i - pad, size), left));
    }

    /** Repeats the edges of sequences. */
    public static void replicationPad1d(FloatTensor x, FloatTensor y, int left, int right) {
        ForwardMovement.spread(x, y, 0, axes((i, pad, size) -> Math.max(0, Math.min(size - 1, i - pad)), left));
    }

    /** Repeats sequences. */
    public static void circularPad1d(FloatTensor x, FloatTensor y, int left, int right) {
        ForwardMovement.spread(x, y, 0, axes((i, pad, size) -> Math.floorMod(i - pad, size), left));
    }

    /** Convolves images. */
    public static void conv2d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, ResultWork.of(bias, epilogues), y, window);
    }

    /** Convolves images, without a bias. */
    public static void conv2d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, ResultWork.of(null, epilogues), y, window);
    }

    /** Convolves images, transposed. */
    public static void convTranspose2d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, ResultWork.of(bias, epilogues), y, window);
    }

    /** Convolves images, transposed, without a bias. */
    public static void convTranspose2d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, ResultWork.of(null, epilogues), y, window);
    }

    /** Takes the largest element of each window of images. */
    public static void maxPool2d(FloatTensor x, FloatTensor y, Sliding window) {
        ForwardPools.max(x, y, window);
    }

    /** Takes the mean of each window of images. */
    public static void avgPool2d(FloatTensor x, FloatTensor y, Sliding window, boolean countsPadding) {
        ForwardPools.mean(x, y, window, countsPadding, 0);
    }

    /** Divides the sum of each window of images by a number. */
    public static void avgPool2d(FloatTensor x, FloatTensor y, Sliding window, int divisor) {
        ForwardPools.mean(x, y, window, true, divisor);
    }

    /** Takes the mean of each part of images. */
    public static void adaptiveAvgPool2d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MEAN);
    }

    /** Takes the largest element of each part of images. */
    public static void adaptiveMaxPool2d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MAX);
    }

    /** Puts zeros around images. */
    public static void zeroPad2d(FloatTensor x, FloatTensor y, int top, int bottom, int left, int right) {
        ForwardMovement.spread(x, y, 0, constant(top, left));
    }

    /** Puts a number around images. */
    public static void constantPad2d(
            FloatTensor x, FloatTensor y, int top, int bottom, int left, int right, double value) {
        ForwardMovement.spread(x, y, (float) value, constant(top, left));
    }

    /** Mirrors images at their edges. */
    public static void reflectionPad2d(FloatTensor x, FloatTensor y, int top, int bottom, int left, int right) {
        ForwardMovement.spread(x, y, 0, axes((i, pad, size) -> mirrored(i - pad, size), top, left));
    }

    /** Repeats the edges of images. */
    public static void replicationPad2d(FloatTensor x, FloatTensor y, int top, int bottom, int left, int right) {
        ForwardMovement.spread(x, y, 0, axes((i, pad, size) -> Math.max(0, Math.min(size - 1, i - pad)), top, left));
    }

    /** Repeats images. */
    public static void circularPad2d(FloatTensor x, FloatTensor y, int top, int bottom, int left, int right) {
        ForwardMovement.spread(x, y, 0, axes((i, pad, size) -> Math.floorMod(i - pad, size), top, left));
    }

    /** Convolves volumes. */
    public static void conv3d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, ResultWork.of(bias, epilogues), y, window);
    }

    /** Convolves volumes, without a bias. */
    public static void conv3d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, ResultWork.of(null, epilogues), y, window);
    }

    /** Convolves volumes, transposed. */
    public static void convTranspose3d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, ResultWork.of(bias, epilogues), y, window);
    }

    /** Convolves volumes, transposed, without a bias. */
    public static void convTranspose3d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, ResultWork.of(null, epilogues), y, window);
    }

    /** Takes the largest element of each window of volumes. */
    public static void maxPool3d(FloatTensor x, FloatTensor y, Sliding window) {
        ForwardPools.max(x, y, window);
    }

    /** Takes the mean of each window of volumes. */
    public static void avgPool3d(FloatTensor x, FloatTensor y, Sliding window, boolean countsPadding) {
        ForwardPools.mean(x, y, window, countsPadding, 0);
    }

    /** Divides the sum of each window of volumes by a number. */
    public static void avgPool3d(FloatTensor x, FloatTensor y, Sliding window, int divisor) {
        ForwardPools.mean(x, y, window, true, divisor);
    }

    /** Takes the mean of each part of volumes. */
    public static void adaptiveAvgPool3d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MEAN);
    }

    /** Takes the largest element of each part of volumes. */
    public static void adaptiveMaxPool3d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MAX);
    }

    /** Puts zeros around volumes. */
    public static void zeroPad3d(
            FloatTensor x, FloatTensor y, int front, int back, int top, int bottom, int left, int right) {
        ForwardMovement.spread(x, y, 0, constant(front, top, left));
    }

    /** Puts a number around volumes. */
    public static void constantPad3d(
            FloatTensor x, FloatTensor y, int front, int back, int top, int bottom, int left, int right, double value) {
        ForwardMovement.spread(x, y, (float) value, constant(front, top, left));
    }

    /** Mirrors volumes at their edges. */
    public static void reflectionPad3d(
            FloatTensor x, FloatTensor y, int front, int back, int top, int bottom, int left, int right) {
        ForwardMovement.spread(x, y, 0, axes((i, pad, size) -> mirrored(i - pad, size), front, top, left));
    }

    /** Repeats the edges of volumes. */
    public static void replicationPad3d(
            FloatTensor x, FloatTensor y, int front, int back, int top, int bottom, int left, int right) {
        ForwardMovement.spread(
                x, y, 0, axes((i, pad, size) -> Math.max(0, Math.min(size - 1, i - pad)), front, top, left));
    }

    /** Repeats volumes. */
    public static void circularPad3d(
            FloatTensor x, FloatTensor y, int front, int back, int top, int bottom, int left, int right) {
        ForwardMovement.spread(x, y, 0, axes((i, pad, size) -> Math.floorMod(i - pad, size), front, top, left));
    }

    /** Repeats each element along the last axes. */
    public static void upsample(FloatTensor x, FloatTensor y, int... times) {
        ForwardMovement.spread(x, y, 0, axes((i, repeated, size) -> i / repeated, times));
    }

    /** Takes the element at ⌊ratio·i⌋ along the last axes. */
    public static void resizeNearest(FloatTensor x, FloatTensor y, double... ratios) {
        ForwardResize.forward(x, y, ratios, (ratio, i, size) -> ForwardResize.nearest(ratio * i, size));
    }

    /** Takes the element at ⌊ratio·(i + ½)⌋ along the last axes. */
    public static void resizeNearestExact(FloatTensor x, FloatTensor y, double... ratios) {
        ForwardResize.forward(x, y, ratios, (ratio, i, size) -> ForwardResize.nearest(ratio * (i + 0.5), size));
    }

    /** Draws lines between neighbours. */
    public static void resizeLinear(FloatTensor x, FloatTensor y, boolean align, double... ratios) {
        ForwardResize.forward(x, y, ratios, (ratio, i, size) -> ForwardResize.linear(ratio, i, size, align));
    }

    /** Draws cubic curves between neighbours. */
    public static void resizeCubic(FloatTensor x, FloatTensor y, boolean align, double... ratios) {
        ForwardResize.forward(x, y, ratios, (ratio, i, size) -> ForwardResize.cubic(ratio, i, size, align));
    }

    /** Computes y = x Wᵀ + b for each row. */
    public static void linear(FloatTensor x, FloatTensor weight, FloatTensor bias, FloatTensor y) {
        ForwardLinear.forward(x, weight, bias, y);
    }

    /** Computes y = x Wᵀ for each row. */
    public static void linear(FloatTensor x, FloatTensor weight, FloatTensor y) {
        ForwardLinear.forward(x, weight, null, y);
    }

    /** Multiplies matrices, either of which may lie transposed. */
    public static void matmul(FloatTensor a, FloatTensor b, FloatTensor y, boolean transposeA, boolean transposeB) {
        ForwardLinear.matmul(a, b, y, transposeA, transposeB);
    }

    /** Adds a tensor to a convolution. */
    public static ResultWork plus(FloatTensor tensor) {
        return new ResultWork(null, tensor, null);
    }

    private static ResultWork then(FloatCurve curve) {
        return new ResultWork(null, null, curve);
    }

    /** Applies relu to a convolution. */
    public static ResultWork relu() {
        return then(ActivationCurves::relu);
    }

    /** Applies tanh to a convolution. */
    public static ResultWork tanh() {
        return then(ActivationCurves::tanh);
    }

    /** Applies sigmoid to a convolution. */
    public static ResultWork sigmoid() {
        return then(ActivationCurves::sigmoid);
    }

    /** Applies silu to a convolution. */
    public static ResultWork silu() {
        return then(ActivationCurves::silu);
    }

    /** Applies gelu to a convolution. */
    public static ResultWork gelu() {
        return then(ActivationCurves::gelu);
    }

    /** Applies tanhGelu to a convolution. */
    public static ResultWork tanhGelu() {
        return then(ActivationCurves::tanhGelu);
    }

    /** Applies relu6 to a convolution. */
    public static ResultWork relu6() {
        return then(ActivationCurves.hardtanh(0, 6));
    }

    /** Applies hardtanh to a convolution. */
    public static ResultWork hardtanh(double min, double max) {
        return then(ActivationCurves.hardtanh((float) min, (float) max));
    }

    /** Applies leakyRelu to a convolution. */
    public static ResultWork leakyRelu(double slope) {
        return then(ActivationCurves.leakyRelu((float) slope));
    }

    /** Applies elu to a convolution. */
    public static ResultWork elu(double alpha) {
        return then(ActivationCurves.elu((float) alpha));
    }

    /** Applies softplus to a convolution. */
    public static ResultWork softplus(double beta, double threshold) {
        return then(ActivationCurves.softplus(beta, threshold));
    }

    /** Applies relu to each element. */
    public static void relu(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 2, ActivationCurves::relu);
    }

    /** Applies tanh to each element. */
    public static void tanh(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves::tanh);
    }

    /** Applies sigmoid to each element. */
    public static void sigmoid(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves::sigmoid);
    }

    /** Applies silu to each element. */
    public static void silu(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves::silu);
    }

    /** Applies gelu to each element. */
    public static void gelu(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves::gelu);
    }

    /** Applies tanhGelu to each element. */
    public static void tanhGelu(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves::tanhGelu);
    }

    /** Applies ReLU6 to each element. */
    public static void relu6(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 2, ActivationCurves.hardtanh(0, 6));
    }

    /** Limits each element. */
    public static void hardtanh(FloatTensor x, FloatTensor y, double min, double max) {
        ElementwiseLoops.map(x, y, 2, ActivationCurves.hardtanh((float) min, (float) max));
    }

    /** Multiplies elements below 0 by a slope. */
    public static void leakyRelu(FloatTensor x, FloatTensor y, double slope) {
        ElementwiseLoops.map(x, y, 2, ActivationCurves.leakyRelu((float) slope));
    }

    /** Applies ELU to each element. */
    public static void elu(FloatTensor x, FloatTensor y, double alpha) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves.elu((float) alpha));
    }

    /** Applies softplus to each element. */
    public static void softplus(FloatTensor x, FloatTensor y, double beta, double threshold) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves.softplus(beta, threshold));
    }

    /** Computes softmax along an axis. */
    public static void softmax(FloatTensor x, FloatTensor y, int axis) {
        ForwardReduction.softmax(x, y, axis, false);
    }

    /** Computes the logarithm of softmax along an axis. */
    public static void logSoftmax(FloatTensor x, FloatTensor y, int axis) {
        ForwardReduction.softmax(x, y, axis, true);
    }

    /** Computes softmax of scaled rows, of all keys or those up to the query. */
    public static void attentionWeights(FloatTensor x, FloatTensor y, double scale, boolean causal) {
        ForwardReduction.attentionWeights(x, y, (float) scale, causal);
    }

    /** Adds two tensors. */
    public static void add(FloatTensor a, FloatTensor b, FloatTensor sum) {
        ElementwiseLoops.forward(sum, new int[2], InferenceKernels::sum, a, b);
    }

    /** Applies a formula to the elements at each place of tensors of one shape. */
    public static void elementwise(FloatTensor x, FloatTensor y, InferenceFormula f, FloatTensor... others) {
        FloatTensor[] operands = new FloatTensor[others.length + 1];
        operands[0] = x;
        System.arraycopy(others, 0, operands, 1, others.length);
        ElementwiseLoops.forward(y, new int[operands.length], f, operands);
    }

    /** Applies a formula to the elements at each place of tensors that are repeated along y. */
    public static void elementwise(FloatTensor y, int[] axes, InferenceFormula f, FloatTensor... operands) {
        ElementwiseLoops.forward(y, axes, f, operands);
    }

    /** Computes the sum along the axes that y has one element along. */
    public static void reduceSum(FloatTensor x, FloatTensor y) {
        ForwardReduction.sum(x, y);
    }

    /** Computes the mean along the axes that y has one element along. */
    public static void reduceMean(FloatTensor x, FloatTensor y) {
        ForwardReduction.mean(x, y);
    }

    /** Computes the largest element along the axes that y has one element along. */
    public static void reduceMax(FloatTensor x, FloatTensor y) {
        ForwardReduction.max(x, y);
    }

    /** Computes the smallest element along the axes that y has one element along. */
    public static void reduceMin(FloatTensor x, FloatTensor y) {
        ForwardReduction.min(x, y);
    }

    /** Computes the product along the axes that y has one element along. */
    public static void reduceProduct(FloatTensor x, FloatTensor y) {
        ForwardReduction.product(x, y);
    }

    /** Computes the logarithm of the sum of exponentials along the axes that y has one element along. */
    public static void reduceLogSumExp(FloatTensor x, FloatTensor y) {
        ForwardReduction.logSumExp(x, y);
    }

    /** Computes the square root of the sum of squares along the axes that y has one element along. */
    public static void reduceNorm(FloatTensor x, FloatTensor y) {
        ForwardReduction.norm(x, y);
    }

    /** Puts parts one after the other along axis 1. */
    public static void concat(FloatTensor y, FloatTensor... parts) {
        concat(y, 1, parts);
    }

    /** Puts parts one after the other along an axis. */
    public static void concat(FloatTensor y, int axis, FloatTensor... parts) {
        int from = 0;
        for (FloatTensor part : parts) {
            ForwardMovement.part(y, part, axis, from, true);
            from += part.size(axis);
        }
    }

    /** Copies parts along an axis. */
    public static void slice(FloatTensor x, int axis, int[] from, FloatTensor... parts) {
        for (int i = 0; i < parts.length; i++) {
            ForwardMovement.part(x, parts[i], axis, from[i], false);
        }
    }

    /** Copies elements in their order. */
    public static void copy(FloatTensor from, FloatTensor to) {
        ForwardMovement.copy(from, to);
    }

    /** Puts axes in another order. */
    public static void permute(FloatTensor x, FloatTensor y, int... order) {
        ForwardMovement.permute(x, y, order);
    }

    /** Takes elements along an axis by whole numbers. */
    public static void indexSelect(FloatTensor x, IntTensor index, FloatTensor y, int axis) {
        ForwardMovement.indexSelect(x, index, y, axis);
    }

    /** Writes whole numbers as floating-point ones. */
    public static void toFloat(IntTensor x, FloatTensor y) {
        ForwardMovement.toFloat(x, y);
    }

    /** Takes an element along an axis for each place of an index. */
    public static void gather(FloatTensor x, IntTensor index, FloatTensor y, int axis) {
        ForwardMovement.gather(x, index, y, axis);
    }

    /** Takes a row of the weights for each whole number. */
    public static void embedding(IntTensor x, FloatTensor weight, FloatTensor y) {
        ForwardMovement.embedding(x, weight, y);
    }

    /** Runs an RNN. */
    public static void rnnTanh(FloatTensor p, FloatTensor weight, FloatTensor bias, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.RNN_TANH, p, weight, bias, null, null, null, y, null, reverse);
    }

    /** Runs an RNN, without a bias. */
    public static void rnnTanh(FloatTensor p, FloatTensor weight, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.RNN_TANH, p, weight, null, null, null, null, y, null, reverse);
    }

    /** Runs an RNN from a given state. */
    public static void rnnTanhFrom(
            FloatTensor p, FloatTensor weight, FloatTensor bias, FloatTensor h0, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.RNN_TANH, p, weight, bias, null, h0, null, y, null, reverse);
    }

    /** Runs an RNN from a given state, without a bias. */
    public static void rnnTanhFrom(FloatTensor p, FloatTensor weight, FloatTensor h0, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.RNN_TANH, p, weight, null, null, h0, null, y, null, reverse);
    }

    /** Runs an RNN of ReLU. */
    public static void rnnRelu(FloatTensor p, FloatTensor weight, FloatTensor bias, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.RNN_RELU, p, weight, bias, null, null, null, y, null, reverse);
    }

    /** Runs an RNN of ReLU, without a bias. */
    public static void rnnRelu(FloatTensor p, FloatTensor weight, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.RNN_RELU, p, weight, null, null, null, null, y, null, reverse);
    }

    /** Runs an RNN of ReLU from a given state. */
    public static void rnnReluFrom(
            FloatTensor p, FloatTensor weight, FloatTensor bias, FloatTensor h0, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.RNN_RELU, p, weight, bias, null, h0, null, y, null, reverse);
    }

    /** Runs an RNN of ReLU from a given state, without a bias. */
    public static void rnnReluFrom(FloatTensor p, FloatTensor weight, FloatTensor h0, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.RNN_RELU, p, weight, null, null, h0, null, y, null, reverse);
    }

    /** Runs an LSTM. */
    public static void lstm(
            FloatTensor p, FloatTensor weight, FloatTensor bias, FloatTensor y, FloatTensor cells, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.LSTM, p, weight, bias, null, null, null, y, cells, reverse);
    }

    /** Runs an LSTM, without a bias. */
    public static void lstm(FloatTensor p, FloatTensor weight, FloatTensor y, FloatTensor cells, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.LSTM, p, weight, null, null, null, null, y, cells, reverse);
    }

    /** Runs an LSTM from a given state. */
    public static void lstmFrom(
            FloatTensor p,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor h0,
            FloatTensor c0,
            FloatTensor y,
            FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.LSTM, p, weight, bias, null, h0, c0, y, cells, reverse);
    }

    /** Runs an LSTM from a given state, without a bias. */
    public static void lstmFrom(
            FloatTensor p,
            FloatTensor weight,
            FloatTensor h0,
            FloatTensor c0,
            FloatTensor y,
            FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.LSTM, p, weight, null, null, h0, c0, y, cells, reverse);
    }

    /** Runs an LSTM with projections. */
    public static void lstmProjected(
            FloatTensor p,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor projection,
            FloatTensor y,
            FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence.forward(
                ForwardRecurrence.Cell.LSTM, p, weight, bias, projection, null, null, y, cells, reverse);
    }

    /** Runs an LSTM with projections, without a bias. */
    public static void lstmProjected(
            FloatTensor p,
            FloatTensor weight,
            FloatTensor projection,
            FloatTensor y,
            FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence.forward(
                ForwardRecurrence.Cell.LSTM, p, weight, null, projection, null, null, y, cells, reverse);
    }

    /** Runs an LSTM with projections from a given state. */
    public static void lstmProjectedFrom(
            FloatTensor p,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor projection,
            FloatTensor h0,
            FloatTensor c0,
            FloatTensor y,
            FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.LSTM, p, weight, bias, projection, h0, c0, y, cells, reverse);
    }

    /** Runs an LSTM with projections from a given state, without a bias. */
    public static void lstmProjectedFrom(
            FloatTensor p,
            FloatTensor weight,
            FloatTensor projection,
            FloatTensor h0,
            FloatTensor c0,
            FloatTensor y,
            FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.LSTM, p, weight, null, projection, h0, c0, y, cells, reverse);
    }

    /** Runs a GRU. */
    public static void gru(FloatTensor p, FloatTensor weight, FloatTensor bias, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.GRU, p, weight, bias, null, null, null, y, null, reverse);
    }

    /** Runs a GRU, without a bias. */
    public static void gru(FloatTensor p, FloatTensor weight, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.GRU, p, weight, null, null, null, null, y, null, reverse);
    }

    /** Runs a GRU from a given state. */
    public static void gruFrom(
            FloatTensor p, FloatTensor weight, FloatTensor bias, FloatTensor h0, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.GRU, p, weight, bias, null, h0, null, y, null, reverse);
    }

    /** Runs a GRU from a given state, without a bias. */
    public static void gruFrom(FloatTensor p, FloatTensor weight, FloatTensor h0, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(ForwardRecurrence.Cell.GRU, p, weight, null, null, h0, null, y, null, reverse);
    }

    /** Normalizes each channel by the statistics of the whole batch. */
    public static void batchNorm(
            FloatTensor x,
            @Nullable FloatTensor gamma,
            @Nullable FloatTensor beta,
            FloatTensor mean,
            FloatTensor inverseStd,
            FloatTensor y,
            double eps) {
        ForwardNormalization.ofBatch(x, gamma, beta, y, eps);
    }

    /** Normalizes each channel of each sample. */
    public static void instanceNorm(
            FloatTensor x,
            @Nullable FloatTensor gamma,
            @Nullable FloatTensor beta,
            FloatTensor mean,
            FloatTensor inverseStd,
            FloatTensor y,
            double eps) {
        ForwardNormalization.ofChannels(x, gamma, beta, y, x.sizes[0], eps);
    }

    /** Normalizes groups of channels of each sample, as many as there are means. */
    public static void groupNorm(
            FloatTensor x,
            @Nullable FloatTensor gamma,
            @Nullable FloatTensor beta,
            FloatTensor mean,
            FloatTensor inverseStd,
            FloatTensor y,
            double eps) {
        ForwardNormalization.ofChannels(x, gamma, beta, y, mean.elements, eps);
    }

    /** Normalizes runs of the last elements of each sample, as many as there are means. */
    public static void layerNorm(
            FloatTensor x,
            @Nullable FloatTensor gamma,
            @Nullable FloatTensor beta,
            FloatTensor mean,
            FloatTensor inverseStd,
            FloatTensor y,
            double eps) {
        ForwardNormalization.ofElements(x, gamma, beta, y, x.elements / mean.elements, eps);
    }

    /** Finds the places of the largest elements of the windows of sequences. */
    public static void maxPool1dIndices(FloatTensor x, FloatTensor indices, Sliding window) {
        ForwardPools.places(x, indices, window);
    }

    /** Finds the places of the largest elements of the parts of sequences. */
    public static void adaptiveMaxPool1dIndices(FloatTensor x, FloatTensor indices) {
        ForwardPools.adaptive(x, indices, ForwardPools.Of.PLACE);
    }

    /** Finds the places of the largest elements of the windows of images. */
    public static void maxPool2dIndices(FloatTensor x, FloatTensor indices, Sliding window) {
        ForwardPools.places(x, indices, window);
    }

    /** Finds the places of the largest elements of the parts of images. */
    public static void adaptiveMaxPool2dIndices(FloatTensor x, FloatTensor indices) {
        ForwardPools.adaptive(x, indices, ForwardPools.Of.PLACE);
    }

    /** Finds the places of the largest elements of the windows of volumes. */
    public static void maxPool3dIndices(FloatTensor x, FloatTensor indices, Sliding window) {
        ForwardPools.places(x, indices, window);
    }

    /** Finds the places of the largest elements of the parts of volumes. */
    public static void adaptiveMaxPool3dIndices(FloatTensor x, FloatTensor indices) {
        ForwardPools.adaptive(x, indices, ForwardPools.Of.PLACE);
    }

    /** Puts elements at the places that max pooling took them from, and 0 elsewhere. */
    public static void maxUnpool(FloatTensor x, FloatTensor indices, FloatTensor y) {
        ForwardPools.unpool(x, (sample, element) -> (int) indices.data[indices.at(sample) + element], y);
    }

    /** Puts elements at places that are given as whole numbers, and 0 elsewhere. */
    public static void maxUnpool(FloatTensor x, IntTensor indices, FloatTensor y) {
        ForwardPools.unpool(x, (sample, element) -> indices.data[sample * x.elements + element], y);
    }

    /** The sign of a number, 0 of 0 and NaN of NaN. */
    public static float sign(float x) {
        return Math.signum(x);
    }

    /** The error function. */
    public static float erf(float x) {
        return (float) Normal.erf(x);
    }

    /** 1 above 0, 0 elsewhere, NaN for NaN. */
    public static float step(float x) {
        return Math.max(0, Math.signum(x));
    }

    private static void sum(float[][] operands, float[] y, int n) {
        float[] a = operands[0];
        float[] b = operands[1];
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i];
        }
    }

    /** Along an axis, which place of an image a place of the larger one is; below 0 for none. */
    private interface Place {
        int of(int i, int parameter, int size);
    }

    private static ForwardMovement.Axis[] axes(Place place, int... parameters) {
        ForwardMovement.Axis[] axes = new ForwardMovement.Axis[parameters.length];
        for (int a = 0; a < axes.length; a++) {
            int parameter = parameters[a];
            axes[a] = (i, size) -> place.of(i, parameter, size);
        }
        return axes;
    }

    private static ForwardMovement.Axis[] constant(int... before) {
        return axes((i, pad, size) -> i - pad < size ? i - pad : -1, before);
    }

    private static int mirrored(int place, int size) {
        int inside = Math.abs(place);
        return inside < size ? inside : 2 * (size - 1) - inside;
    }
}
