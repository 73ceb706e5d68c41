package org.espalier.benchmarks.peers;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The network of mlp.net. */
final class TorchMlp extends TorchNetwork {
    TorchMlp(Weights weights) {
        super(weights);
    }

    @Override
    Tensor forward(Tensor x) {
        Tensor first = torch.relu(linear("first", 30, 64, x));
        Tensor second = torch.relu(linear("second", 64, 32, first));
        return linear("last", 32, 1, second);
    }
}
