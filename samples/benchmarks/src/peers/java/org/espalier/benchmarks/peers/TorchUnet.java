package org.espalier.benchmarks.peers;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The U-Net of unet.net, by the functions that PyTorch's modules call. */
final class TorchUnet extends TorchNetwork {
    private static final long CHANNELS = 3;
    private static final long[] STRIDE = {2, 2};
    private static final long[] PADDING = {1, 1};
    private static final long[] ONE = {1, 1};
    private static final long[] ZERO = {0, 0};

    private final int levels;
    private final long ngf;
    private final boolean dropout;

    TorchUnet(Weights weights, int levels, int ngf, boolean dropout) {
        super(weights);
        this.levels = levels;
        this.ngf = ngf;
        this.dropout = dropout;
    }

    @Override
    Tensor forward(Tensor x) {
        Tensor down = down("unet", CHANNELS, ngf, x);
        Tensor up = relu(level("unet.submodule", levels - 1, ngf, down));
        TensorOptional bias = new TensorOptional(parameter("unet.upconv.bias", CHANNELS));
        return torch.tanh(up("unet", 2 * ngf, CHANNELS, up, bias));
    }

    private Tensor level(String path, int levels, long outer, Tensor x) {
        long inner = Math.min(2 * outer, 8 * ngf);
        // In place: what is concatenated below is this.
        torch.leaky_relu_(x, new Scalar(0.2));
        Tensor y = down(path, outer, inner, x);
        if (levels > 1) {
            y = level(path + ".submodule", levels - 1, inner, batchNorm(path + ".downnorm", inner, y));
        }
        y = up(path, levels > 1 ? 2 * inner : inner, outer, relu(y), new TensorOptional());
        y = batchNorm(path + ".upnorm", outer, y);
        if (dropout && levels > 1 && outer == 8 * ngf) {
            y = dropout(y);
        }
        return torch.cat(new TensorVector(x, y), 1);
    }

    private Tensor down(String path, long in, long out, Tensor x) {
        Tensor weight = parameter(path + ".downconv.weight", out, in, 4, 4);
        return torch.conv2d(x, weight, new TensorOptional(), STRIDE, PADDING, ONE, 1);
    }

    private Tensor up(String path, long in, long out, Tensor x, TensorOptional bias) {
        Tensor weight = parameter(path + ".upconv.weight", in, out, 4, 4);
        return torch.conv_transpose2d(x, weight, bias, STRIDE, PADDING, ZERO, 1, ONE);
    }
}
