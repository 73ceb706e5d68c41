package org.espalier.inference;

import org.jspecify.annotations.Nullable;

/**
 * Operations of a forward pass, which generated classes call. Operands come first, then what is written, then
 * constants; images are [channels, height, width] behind the batch axis.
 */
public final class Kernels {
    private Kernels() {}

    /** The axes of a result along which the first axes of operands lie. */
    public static int[] axes(int... axes) {
        return axes;
    }

    /** Convolves sequences. */
    public static void conv1d(Tensor x, Tensor weight, Tensor bias, Tensor y, Window window) {
        Convolution.forward(x, weight, bias, y, window);
    }

    /** Convolves sequences, without a bias. */
    public static void conv1d(Tensor x, Tensor weight, Tensor y, Window window) {
        Convolution.forward(x, weight, null, y, window);
    }

    /** Convolves sequences, transposed. */
    public static void convTranspose1d(Tensor x, Tensor weight, Tensor bias, Tensor y, Window window) {
        TransposedConvolution.forward(x, weight, bias, y, window);
    }

    /** Convolves sequences, transposed, without a bias. */
    public static void convTranspose1d(Tensor x, Tensor weight, Tensor y, Window window) {
        TransposedConvolution.forward(x, weight, null, y, window);
    }

    /** Takes the largest element of each window of sequences. */
    public static void maxPool1d(Tensor x, Tensor y, Window window) {
        Pools.max(x, y, window);
    }

    /** Takes the mean of each window of sequences. */
    public static void avgPool1d(Tensor x, Tensor y, Window window, boolean countsPadding) {
        Pools.mean(x, y, window, countsPadding, 0);
    }

    /** Divides the sum of each window of sequences by a number. */
    public static void avgPool1d(Tensor x, Tensor y, Window window, int divisor) {
        Pools.mean(x, y, window, true, divisor);
    }

    /** Takes the mean of each part of sequences. */
    public static void adaptiveAvgPool1d(Tensor x, Tensor y) {
        Pools.adaptive(x, y, Pools.Of.MEAN);
    }

    /** Takes the largest element of each part of sequences. */
    public static void adaptiveMaxPool1d(Tensor x, Tensor y) {
        Pools.adaptive(x, y, Pools.Of.MAX);
    }

    /** Puts zeros around sequences. */
    public static void zeroPad1d(Tensor x, Tensor y, int left, int right) {
        Movement.spread(x, y, 0, constant(left));
    }

    /** Puts a number around sequences. */
    public static void constantPad1d(Tensor x, Tensor y, int left, int right, double value) {
        Movement.spread(x, y, (float) value, constant(left));
    }

    /** Mirrors sequences at their edges. */
    public static void reflectionPad1d(Tensor x, Tensor y, int left, int right) {
        Movement.spread(x, y, 0, axes((i, pad, size) -> mirrored(i - pad, size), left));
    }

    /** Repeats the edges of sequences. */
    public static void replicationPad1d(Tensor x, Tensor y, int left, int right) {
        Movement.spread(x, y, 0, axes((i, pad, size) -> Math.max(0, Math.min(size - 1, i - pad)), left));
    }

    /** Repeats sequences. */
    public static void circularPad1d(Tensor x, Tensor y, int left, int right) {
        Movement.spread(x, y, 0, axes((i, pad, size) -> Math.floorMod(i - pad, size), left));
    }

    /** Convolves images. */
    public static void conv2d(Tensor x, Tensor weight, Tensor bias, Tensor y, Window window) {
        Convolution.forward(x, weight, bias, y, window);
    }

    /** Convolves images, without a bias. */
    public static void conv2d(Tensor x, Tensor weight, Tensor y, Window window) {
        Convolution.forward(x, weight, null, y, window);
    }

    /** Convolves images, transposed. */
    public static void convTranspose2d(Tensor x, Tensor weight, Tensor bias, Tensor y, Window window) {
        TransposedConvolution.forward(x, weight, bias, y, window);
    }

    /** Convolves images, transposed, without a bias. */
    public static void convTranspose2d(Tensor x, Tensor weight, Tensor y, Window window) {
        TransposedConvolution.forward(x, weight, null, y, window);
    }

    /** Takes the largest element of each window of images. */
    public static void maxPool2d(Tensor x, Tensor y, Window window) {
        Pools.max(x, y, window);
    }

    /** Takes the mean of each window of images. */
    public static void avgPool2d(Tensor x, Tensor y, Window window, boolean countsPadding) {
        Pools.mean(x, y, window, countsPadding, 0);
    }

    /** Divides the sum of each window of images by a number. */
    public static void avgPool2d(Tensor x, Tensor y, Window window, int divisor) {
        Pools.mean(x, y, window, true, divisor);
    }

    /** Takes the mean of each part of images. */
    public static void adaptiveAvgPool2d(Tensor x, Tensor y) {
        Pools.adaptive(x, y, Pools.Of.MEAN);
    }

    /** Takes the largest element of each part of images. */
    public static void adaptiveMaxPool2d(Tensor x, Tensor y) {
        Pools.adaptive(x, y, Pools.Of.MAX);
    }

    /** Puts zeros around images. */
    public static void zeroPad2d(Tensor x, Tensor y, int top, int bottom, int left, int right) {
        Movement.spread(x, y, 0, constant(top, left));
    }

    /** Puts a number around images. */
    public static void constantPad2d(Tensor x, Tensor y, int top, int bottom, int left, int right, double value) {
        Movement.spread(x, y, (float) value, constant(top, left));
    }

    /** Mirrors images at their edges. */
    public static void reflectionPad2d(Tensor x, Tensor y, int top, int bottom, int left, int right) {
        Movement.spread(x, y, 0, axes((i, pad, size) -> mirrored(i - pad, size), top, left));
    }

    /** Repeats the edges of images. */
    public static void replicationPad2d(Tensor x, Tensor y, int top, int bottom, int left, int right) {
        Movement.spread(x, y, 0, axes((i, pad, size) -> Math.max(0, Math.min(size - 1, i - pad)), top, left));
    }

    /** Repeats images. */
    public static void circularPad2d(Tensor x, Tensor y, int top, int bottom, int left, int right) {
        Movement.spread(x, y, 0, axes((i, pad, size) -> Math.floorMod(i - pad, size), top, left));
    }

    /** Convolves volumes. */
    public static void conv3d(Tensor x, Tensor weight, Tensor bias, Tensor y, Window window) {
        Convolution.forward(x, weight, bias, y, window);
    }

    /** Convolves volumes, without a bias. */
    public static void conv3d(Tensor x, Tensor weight, Tensor y, Window window) {
        Convolution.forward(x, weight, null, y, window);
    }

    /** Convolves volumes, transposed. */
    public static void convTranspose3d(Tensor x, Tensor weight, Tensor bias, Tensor y, Window window) {
        TransposedConvolution.forward(x, weight, bias, y, window);
    }

    /** Convolves volumes, transposed, without a bias. */
    public static void convTranspose3d(Tensor x, Tensor weight, Tensor y, Window window) {
        TransposedConvolution.forward(x, weight, null, y, window);
    }

    /** Takes the largest element of each window of volumes. */
    public static void maxPool3d(Tensor x, Tensor y, Window window) {
        Pools.max(x, y, window);
    }

    /** Takes the mean of each window of volumes. */
    public static void avgPool3d(Tensor x, Tensor y, Window window, boolean countsPadding) {
        Pools.mean(x, y, window, countsPadding, 0);
    }

    /** Divides the sum of each window of volumes by a number. */
    public static void avgPool3d(Tensor x, Tensor y, Window window, int divisor) {
        Pools.mean(x, y, window, true, divisor);
    }

    /** Takes the mean of each part of volumes. */
    public static void adaptiveAvgPool3d(Tensor x, Tensor y) {
        Pools.adaptive(x, y, Pools.Of.MEAN);
    }

    /** Takes the largest element of each part of volumes. */
    public static void adaptiveMaxPool3d(Tensor x, Tensor y) {
        Pools.adaptive(x, y, Pools.Of.MAX);
    }

    /** Puts zeros around volumes. */
    public static void zeroPad3d(Tensor x, Tensor y, int front, int back, int top, int bottom, int left, int right) {
        Movement.spread(x, y, 0, constant(front, top, left));
    }

    /** Puts a number around volumes. */
    public static void constantPad3d(
            Tensor x, Tensor y, int front, int back, int top, int bottom, int left, int right, double value) {
        Movement.spread(x, y, (float) value, constant(front, top, left));
    }

    /** Mirrors volumes at their edges. */
    public static void reflectionPad3d(
            Tensor x, Tensor y, int front, int back, int top, int bottom, int left, int right) {
        Movement.spread(x, y, 0, axes((i, pad, size) -> mirrored(i - pad, size), front, top, left));
    }

    /** Repeats the edges of volumes. */
    public static void replicationPad3d(
            Tensor x, Tensor y, int front, int back, int top, int bottom, int left, int right) {
        Movement.spread(x, y, 0, axes((i, pad, size) -> Math.max(0, Math.min(size - 1, i - pad)), front, top, left));
    }

    /** Repeats volumes. */
    public static void circularPad3d(
            Tensor x, Tensor y, int front, int back, int top, int bottom, int left, int right) {
        Movement.spread(x, y, 0, axes((i, pad, size) -> Math.floorMod(i - pad, size), front, top, left));
    }

    /** Repeats each element along the last axes. */
    public static void upsample(Tensor x, Tensor y, int... times) {
        Movement.spread(x, y, 0, axes((i, repeated, size) -> i / repeated, times));
    }

    /** Takes the element at ⌊ratio·i⌋ along the last axes. */
    public static void resizeNearest(Tensor x, Tensor y, double... ratios) {
        Resizing.forward(x, y, ratios, (ratio, i, size) -> Resizing.nearest(ratio * i, size));
    }

    /** Takes the element at ⌊ratio·(i + ½)⌋ along the last axes. */
    public static void resizeNearestExact(Tensor x, Tensor y, double... ratios) {
        Resizing.forward(x, y, ratios, (ratio, i, size) -> Resizing.nearest(ratio * (i + 0.5), size));
    }

    /** Draws lines between neighbours. */
    public static void resizeLinear(Tensor x, Tensor y, boolean align, double... ratios) {
        Resizing.forward(x, y, ratios, (ratio, i, size) -> Resizing.linear(ratio, i, size, align));
    }

    /** Draws cubic curves between neighbours. */
    public static void resizeCubic(Tensor x, Tensor y, boolean align, double... ratios) {
        Resizing.forward(x, y, ratios, (ratio, i, size) -> Resizing.cubic(ratio, i, size, align));
    }

    /** Computes y = x Wᵀ + b for each row. */
    public static void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        Linear.forward(x, weight, bias, y);
    }

    /** Computes y = x Wᵀ for each row. */
    public static void linear(Tensor x, Tensor weight, Tensor y) {
        Linear.forward(x, weight, null, y);
    }

    /** Multiplies matrices, either of which may lie transposed. */
    public static void matmul(Tensor a, Tensor b, Tensor y, boolean transposeA, boolean transposeB) {
        Linear.matmul(a, b, y, transposeA, transposeB);
    }

    /** Applies relu to each element. */
    public static void relu(Tensor x, Tensor y) {
        Elementwise.map(x, y, 2, Curves::relu);
    }

    /** Applies tanh to each element. */
    public static void tanh(Tensor x, Tensor y) {
        Elementwise.map(x, y, 16, Curves::tanh);
    }

    /** Applies sigmoid to each element. */
    public static void sigmoid(Tensor x, Tensor y) {
        Elementwise.map(x, y, 16, Curves::sigmoid);
    }

    /** Applies silu to each element. */
    public static void silu(Tensor x, Tensor y) {
        Elementwise.map(x, y, 16, Curves::silu);
    }

    /** Applies gelu to each element. */
    public static void gelu(Tensor x, Tensor y) {
        Elementwise.map(x, y, 16, Curves::gelu);
    }

    /** Applies tanhGelu to each element. */
    public static void tanhGelu(Tensor x, Tensor y) {
        Elementwise.map(x, y, 16, Curves::tanhGelu);
    }

    /** Applies ReLU6 to each element. */
    public static void relu6(Tensor x, Tensor y) {
        Elementwise.map(x, y, 2, Curves.hardtanh(0, 6));
    }

    /** Limits each element. */
    public static void hardtanh(Tensor x, Tensor y, double min, double max) {
        Elementwise.map(x, y, 2, Curves.hardtanh((float) min, (float) max));
    }

    /** Multiplies elements below 0 by a slope. */
    public static void leakyRelu(Tensor x, Tensor y, double slope) {
        Elementwise.map(x, y, 2, Curves.leakyRelu((float) slope));
    }

    /** Applies ELU to each element. */
    public static void elu(Tensor x, Tensor y, double alpha) {
        Elementwise.map(x, y, 16, Curves.elu((float) alpha));
    }

    /** Applies softplus to each element. */
    public static void softplus(Tensor x, Tensor y, double beta, double threshold) {
        Elementwise.map(x, y, 16, Curves.softplus((float) beta, (float) threshold));
    }

    /** Computes softmax along an axis. */
    public static void softmax(Tensor x, Tensor y, int axis) {
        Reduction.softmax(x, y, axis, false);
    }

    /** Computes the logarithm of softmax along an axis. */
    public static void logSoftmax(Tensor x, Tensor y, int axis) {
        Reduction.softmax(x, y, axis, true);
    }

    /** Computes softmax of scaled rows, of all keys or those up to the query. */
    public static void attentionWeights(Tensor x, Tensor y, double scale, boolean causal) {
        Reduction.attentionWeights(x, y, (float) scale, causal);
    }

    /** Adds two tensors. */
    public static void add(Tensor a, Tensor b, Tensor sum) {
        Elementwise.forward(sum, new int[2], Kernels::sum, a, b);
    }

    /** Applies a formula to the elements at each place of tensors of one shape. */
    public static void elementwise(Tensor x, Tensor y, Formula f, Tensor... others) {
        Tensor[] operands = new Tensor[others.length + 1];
        operands[0] = x;
        System.arraycopy(others, 0, operands, 1, others.length);
        Elementwise.forward(y, new int[operands.length], f, operands);
    }

    /** Applies a formula to the elements at each place of tensors that are repeated along y. */
    public static void elementwise(Tensor y, int[] axes, Formula f, Tensor... operands) {
        Elementwise.forward(y, axes, f, operands);
    }

    /** Computes the sum along the axes that y has one element along. */
    public static void reduceSum(Tensor x, Tensor y) {
        Reduction.sum(x, y);
    }

    /** Computes the mean along the axes that y has one element along. */
    public static void reduceMean(Tensor x, Tensor y) {
        Reduction.mean(x, y);
    }

    /** Computes the largest element along the axes that y has one element along. */
    public static void reduceMax(Tensor x, Tensor y) {
        Reduction.max(x, y);
    }

    /** Computes the smallest element along the axes that y has one element along. */
    public static void reduceMin(Tensor x, Tensor y) {
        Reduction.min(x, y);
    }

    /** Computes the product along the axes that y has one element along. */
    public static void reduceProduct(Tensor x, Tensor y) {
        Reduction.product(x, y);
    }

    /** Computes the logarithm of the sum of exponentials along the axes that y has one element along. */
    public static void reduceLogSumExp(Tensor x, Tensor y) {
        Reduction.logSumExp(x, y);
    }

    /** Computes the square root of the sum of squares along the axes that y has one element along. */
    public static void reduceNorm(Tensor x, Tensor y) {
        Reduction.norm(x, y);
    }

    /** Puts parts one after the other along axis 1. */
    public static void concat(Tensor y, Tensor... parts) {
        concat(y, 1, parts);
    }

    /** Puts parts one after the other along an axis. */
    public static void concat(Tensor y, int axis, Tensor... parts) {
        int from = 0;
        for (Tensor part : parts) {
            Movement.part(y, part, axis, from, true);
            from += part.size(axis);
        }
    }

    /** Copies parts along an axis. */
    public static void slice(Tensor x, int axis, int[] from, Tensor... parts) {
        for (int i = 0; i < parts.length; i++) {
            Movement.part(x, parts[i], axis, from[i], false);
        }
    }

    /** Copies elements in their order. */
    public static void copy(Tensor from, Tensor to) {
        Movement.copy(from, to);
    }

    /** Puts axes in another order. */
    public static void permute(Tensor x, Tensor y, int... order) {
        Movement.permute(x, y, order);
    }

    /** Takes elements along an axis by whole numbers. */
    public static void indexSelect(Tensor x, Indices index, Tensor y, int axis) {
        Movement.indexSelect(x, index, y, axis);
    }

    /** Takes an element along an axis for each place of an index. */
    public static void gather(Tensor x, Indices index, Tensor y, int axis) {
        Movement.gather(x, index, y, axis);
    }

    /** Takes a row of the weights for each whole number. */
    public static void embedding(Indices x, Tensor weight, Tensor y) {
        Movement.embedding(x, weight, y);
    }

    /** Runs an RNN. */
    public static void rnnTanh(Tensor p, Tensor weight, Tensor bias, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.RNN_TANH, p, weight, bias, null, null, null, y, null, reverse);
    }

    /** Runs an RNN, without a bias. */
    public static void rnnTanh(Tensor p, Tensor weight, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.RNN_TANH, p, weight, null, null, null, null, y, null, reverse);
    }

    /** Runs an RNN from a given state. */
    public static void rnnTanhFrom(Tensor p, Tensor weight, Tensor bias, Tensor h0, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.RNN_TANH, p, weight, bias, null, h0, null, y, null, reverse);
    }

    /** Runs an RNN from a given state, without a bias. */
    public static void rnnTanhFrom(Tensor p, Tensor weight, Tensor h0, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.RNN_TANH, p, weight, null, null, h0, null, y, null, reverse);
    }

    /** Runs an RNN of ReLU. */
    public static void rnnRelu(Tensor p, Tensor weight, Tensor bias, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.RNN_RELU, p, weight, bias, null, null, null, y, null, reverse);
    }

    /** Runs an RNN of ReLU, without a bias. */
    public static void rnnRelu(Tensor p, Tensor weight, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.RNN_RELU, p, weight, null, null, null, null, y, null, reverse);
    }

    /** Runs an RNN of ReLU from a given state. */
    public static void rnnReluFrom(Tensor p, Tensor weight, Tensor bias, Tensor h0, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.RNN_RELU, p, weight, bias, null, h0, null, y, null, reverse);
    }

    /** Runs an RNN of ReLU from a given state, without a bias. */
    public static void rnnReluFrom(Tensor p, Tensor weight, Tensor h0, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.RNN_RELU, p, weight, null, null, h0, null, y, null, reverse);
    }

    /** Runs an LSTM. */
    public static void lstm(Tensor p, Tensor weight, Tensor bias, Tensor y, Tensor cells, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.LSTM, p, weight, bias, null, null, null, y, cells, reverse);
    }

    /** Runs an LSTM, without a bias. */
    public static void lstm(Tensor p, Tensor weight, Tensor y, Tensor cells, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.LSTM, p, weight, null, null, null, null, y, cells, reverse);
    }

    /** Runs an LSTM from a given state. */
    public static void lstmFrom(
            Tensor p, Tensor weight, Tensor bias, Tensor h0, Tensor c0, Tensor y, Tensor cells, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.LSTM, p, weight, bias, null, h0, c0, y, cells, reverse);
    }

    /** Runs an LSTM from a given state, without a bias. */
    public static void lstmFrom(
            Tensor p, Tensor weight, Tensor h0, Tensor c0, Tensor y, Tensor cells, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.LSTM, p, weight, null, null, h0, c0, y, cells, reverse);
    }

    /** Runs an LSTM with projections. */
    public static void lstmProjected(
            Tensor p, Tensor weight, Tensor bias, Tensor projection, Tensor y, Tensor cells, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.LSTM, p, weight, bias, projection, null, null, y, cells, reverse);
    }

    /** Runs an LSTM with projections, without a bias. */
    public static void lstmProjected(
            Tensor p, Tensor weight, Tensor projection, Tensor y, Tensor cells, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.LSTM, p, weight, null, projection, null, null, y, cells, reverse);
    }

    /** Runs an LSTM with projections from a given state. */
    public static void lstmProjectedFrom(
            Tensor p,
            Tensor weight,
            Tensor bias,
            Tensor projection,
            Tensor h0,
            Tensor c0,
            Tensor y,
            Tensor cells,
            boolean reverse) {
        Recurrence.forward(Recurrence.Cell.LSTM, p, weight, bias, projection, h0, c0, y, cells, reverse);
    }

    /** Runs an LSTM with projections from a given state, without a bias. */
    public static void lstmProjectedFrom(
            Tensor p, Tensor weight, Tensor projection, Tensor h0, Tensor c0, Tensor y, Tensor cells, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.LSTM, p, weight, null, projection, h0, c0, y, cells, reverse);
    }

    /** Runs a GRU. */
    public static void gru(Tensor p, Tensor weight, Tensor bias, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.GRU, p, weight, bias, null, null, null, y, null, reverse);
    }

    /** Runs a GRU, without a bias. */
    public static void gru(Tensor p, Tensor weight, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.GRU, p, weight, null, null, null, null, y, null, reverse);
    }

    /** Runs a GRU from a given state. */
    public static void gruFrom(Tensor p, Tensor weight, Tensor bias, Tensor h0, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.GRU, p, weight, bias, null, h0, null, y, null, reverse);
    }

    /** Runs a GRU from a given state, without a bias. */
    public static void gruFrom(Tensor p, Tensor weight, Tensor h0, Tensor y, boolean reverse) {
        Recurrence.forward(Recurrence.Cell.GRU, p, weight, null, null, h0, null, y, null, reverse);
    }

    /** Normalises each channel by the statistics of the whole batch. */
    public static void batchNorm(
            Tensor x,
            @Nullable Tensor gamma,
            @Nullable Tensor beta,
            Tensor mean,
            Tensor inverseStd,
            Tensor y,
            double eps) {
        Normalization.ofBatch(x, gamma, beta, y, eps);
    }

    /** Normalises each channel of each sample. */
    public static void instanceNorm(
            Tensor x,
            @Nullable Tensor gamma,
            @Nullable Tensor beta,
            Tensor mean,
            Tensor inverseStd,
            Tensor y,
            double eps) {
        Normalization.ofChannels(x, gamma, beta, y, x.sizes[0], eps);
    }

    /** Normalises groups of channels of each sample, as many as there are means. */
    public static void groupNorm(
            Tensor x,
            @Nullable Tensor gamma,
            @Nullable Tensor beta,
            Tensor mean,
            Tensor inverseStd,
            Tensor y,
            double eps) {
        Normalization.ofChannels(x, gamma, beta, y, mean.elements, eps);
    }

    /** Normalises runs of the last elements of each sample, as many as there are means. */
    public static void layerNorm(
            Tensor x,
            @Nullable Tensor gamma,
            @Nullable Tensor beta,
            Tensor mean,
            Tensor inverseStd,
            Tensor y,
            double eps) {
        Normalization.ofElements(x, gamma, beta, y, x.elements / mean.elements, eps);
    }

    /** Finds the places of the largest elements of the windows of sequences. */
    public static void maxPool1dIndices(Tensor x, Tensor indices, Window window) {
        Pools.places(x, indices, window);
    }

    /** Finds the places of the largest elements of the parts of sequences. */
    public static void adaptiveMaxPool1dIndices(Tensor x, Tensor indices) {
        Pools.adaptive(x, indices, Pools.Of.PLACE);
    }

    /** Finds the places of the largest elements of the windows of images. */
    public static void maxPool2dIndices(Tensor x, Tensor indices, Window window) {
        Pools.places(x, indices, window);
    }

    /** Finds the places of the largest elements of the parts of images. */
    public static void adaptiveMaxPool2dIndices(Tensor x, Tensor indices) {
        Pools.adaptive(x, indices, Pools.Of.PLACE);
    }

    /** Finds the places of the largest elements of the windows of volumes. */
    public static void maxPool3dIndices(Tensor x, Tensor indices, Window window) {
        Pools.places(x, indices, window);
    }

    /** Finds the places of the largest elements of the parts of volumes. */
    public static void adaptiveMaxPool3dIndices(Tensor x, Tensor indices) {
        Pools.adaptive(x, indices, Pools.Of.PLACE);
    }

    /** Puts elements at the places that max pooling took them from, and 0 elsewhere. */
    public static void maxUnpool(Tensor x, Tensor indices, Tensor y) {
        Pools.unpool(x, (sample, element) -> (int) indices.data[indices.at(sample) + element], y);
    }

    /** Puts elements at places that are given as whole numbers, and 0 elsewhere. */
    public static void maxUnpool(Tensor x, Indices indices, Tensor y) {
        Pools.unpool(x, (sample, element) -> indices.data[sample * x.elements + element], y);
    }

    /** The sign of a number, 0 of 0 and NaN of NaN. */
    public static float sign(float x) {
        return Math.signum(x);
    }

    /** The error function. */
    public static float erf(float x) {
        return Curves.erf(x);
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

    private static Movement.Axis[] axes(Place place, int... parameters) {
        Movement.Axis[] axes = new Movement.Axis[parameters.length];
        for (int a = 0; a < axes.length; a++) {
            int parameter = parameters[a];
            axes[a] = (i, size) -> place.of(i, parameter, size);
        }
        return axes;
    }

    private static Movement.Axis[] constant(int... before) {
        return axes((i, pad, size) -> i - pad < size ? i - pad : -1, before);
    }

    private static int mirrored(int place, int size) {
        int inside = Math.abs(place);
        return inside < size ? inside : 2 * (size - 1) - inside;
    }
}
