package org.espalier.benchmarks.peers;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The network of the digits sample. */
final class TorchDigits extends TorchNetwork {
    private static final long[] ONE = {1, 1};
    private static final long[] TWO = {2, 2};

    TorchDigits(Weights weights) {
        super(weights);
    }

    @Override
    Tensor forward(Tensor x) {
        Tensor strokes = convolution("conv2", 16, 32, convolution("conv1", 1, 16, x));
        Tensor hidden = torch.relu(linear("hidden", 32 * 7 * 7, 128, dropout(strokes.flatten(1, -1))));
        return linear("answer", 128, 10, hidden);
    }

    private Tensor convolution(String path, long in, long out, Tensor x) {
        Tensor weight = parameter(path + ".weight", out, in, 5, 5);
        TensorOptional bias = new TensorOptional(parameter(path + ".bias", out));
        return torch.max_pool2d(torch.relu(torch.conv2d(x, weight, bias, ONE, TWO, ONE, 1)), TWO);
    }
}
