package org.espalier.benchmarks.peers;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.espalier.benchmarks.networks.ClassifierTask;

/** The networks that put things into classes, by the functions that PyTorch's modules call. */
final class TorchClassifiers {
    private TorchClassifiers() {}

    /** The network of a task. */
    static TorchNetwork of(ClassifierTask task, Weights weights) {
        return switch (task.benchmark()) {
            case "resnet18" -> new ResNet18(weights);
            case "mobilenetv2" -> new MobileNetV2(weights);
            case "transformer" -> new Transformer(weights);
            case "lstm" -> new Lstm(weights);
            case "perceptron" -> new Perceptron(weights);
            default -> throw new IllegalArgumentException("libtorch has no network for " + task.benchmark());
        };
    }

    private abstract static class Convolutional extends TorchNetwork {
        private static final long[] ONE = {1, 1};

        Convolutional(Weights weights) {
            super(weights);
        }

        /** {@code Conv2d(in, out, kernel, stride, kernel / 2, groups=groups, bias=false)}. */
        final Tensor convolution(String path, long in, long out, long kernel, long stride, long groups, Tensor x) {
            Tensor weight = parameter(path + ".weight", out, in / groups, kernel, kernel);
            long[] strides = {stride, stride};
            long[] padding = {kernel / 2, kernel / 2};
            return torch.conv2d(x, weight, new TensorOptional(), strides, padding, ONE, groups);
        }

        /** The mean of each channel, then {@code Linear(channels, 1000)}. */
        final Tensor head(long channels, Tensor x) {
            return linear(
                    "fc", channels, 1_000, torch.adaptive_avg_pool2d(x, ONE).flatten(1, -1));
        }
    }

    private static final class ResNet18 extends Convolutional {
        private static final long[] PLANES = {64, 128, 256, 512};

        ResNet18(Weights weights) {
            super(weights);
        }

        @Override
        Tensor forward(Tensor image) {
            Tensor x = relu(batchNorm("bn1", 64, convolution("conv1", 3, 64, 7, 2, 1, image)));
            x = torch.max_pool2d(x, new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
            long inplanes = 64;
            for (int stage = 0; stage < PLANES.length; stage++) {
                String path = "layer" + (stage + 1);
                x = block(path + ".0", inplanes, PLANES[stage], stage == 0 ? 1 : 2, x);
                inplanes = PLANES[stage];
                x = block(path + ".1", inplanes, inplanes, 1, x);
            }
            return head(512, x);
        }

        private Tensor block(String path, long inplanes, long planes, long stride, Tensor x) {
            Tensor way = x;
            if (inplanes != planes) {
                way = convolution(path + ".downsample.conv", inplanes, planes, 1, stride, 1, x);
                way = batchNorm(path + ".downsample.bn", planes, way);
            }
            Tensor y = convolution(path + ".conv1", inplanes, planes, 3, stride, 1, x);
            y = relu(batchNorm(path + ".bn1", planes, y));
            y = batchNorm(path + ".bn2", planes, convolution(path + ".conv2", planes, planes, 3, 1, 1, y));
            return relu(y.add(way));
        }
    }

    private static final class MobileNetV2 extends Convolutional {
        /** Channels, blocks, stride and expansion of each stage. */
        private static final long[][] STAGES = {
            {16, 1, 1, 1}, {24, 2, 2, 6}, {32, 3, 2, 6}, {64, 4, 2, 6}, {96, 3, 1, 6}, {160, 3, 2, 6}, {320, 1, 1, 6}
        };

        MobileNetV2(Weights weights) {
            super(weights);
        }

        @Override
        Tensor forward(Tensor image) {
            Tensor x = activated("stem", 3, 32, 3, 2, 1, image);
            long inputs = 32;
            for (int stage = 0; stage < STAGES.length; stage++) {
                long[] of = STAGES[stage];
                String path = "stage" + (stage + 1);
                x = block(path + ".first", inputs, of[0], of[2], of[3], x);
                inputs = of[0];
                for (int number = 0; number < of[1] - 1; number++) {
                    x = block(path + ".rest." + number, inputs, inputs, 1, of[3], x);
                }
            }
            return head(1_280, activated("last", 320, 1_280, 1, 1, 1, x));
        }

        private Tensor block(String path, long inputs, long outputs, long stride, long expansion, Tensor x) {
            long hidden = inputs * expansion;
            Tensor y = expansion == 1 ? x : activated(path + ".expand", inputs, hidden, 1, 1, 1, x);
            y = activated(path + ".filter", hidden, hidden, 3, stride, hidden, y);
            y = batchNorm(path + ".norm", outputs, convolution(path + ".project", hidden, outputs, 1, 1, 1, y));
            return stride == 1 && inputs == outputs ? x.add(y) : y;
        }

        private Tensor activated(String path, long in, long out, long kernel, long stride, long groups, Tensor x) {
            Tensor y = convolution(path + ".conv", in, out, kernel, stride, groups, x);
            return relu6(batchNorm(path + ".norm", out, y));
        }
    }

    private static final class Transformer extends TorchNetwork {
        private static final long SIZE = 128;
        private static final long HEADS = 4;

        Transformer(Weights weights) {
            super(weights);
        }

        @Override
        Tensor forward(Tensor token) {
            Tensor x = torch.embedding(parameter("embedding.weight", 1_000, SIZE), token)
                    .add(parameter("position", 64, SIZE));
            for (int layer = 0; layer < 4; layer++) {
                String path = "layers." + layer;
                x = x.add(attention(path + ".self_attn", layerNorm(path + ".norm1", x)));
                Tensor hidden = torch.gelu(linear(path + ".linear1", SIZE, 512, layerNorm(path + ".norm2", x)));
                x = x.add(linear(path + ".linear2", 512, SIZE, hidden));
            }
            return linear("answer", SIZE, 10, layerNorm("norm", x).mean(1));
        }

        private Tensor attention(String path, Tensor x) {
            Tensor all = torch.linear(
                    x,
                    parameter(path + ".in_proj_weight", 3 * SIZE, SIZE),
                    new TensorOptional(parameter(path + ".in_proj_bias", 3 * SIZE)));
            Tensor seen = torch.scaled_dot_product_attention(
                    heads(all, 0),
                    heads(all, 1),
                    heads(all, 2),
                    new TensorOptional(),
                    0,
                    false,
                    new DoubleOptional(),
                    false);
            Tensor joined = seen.transpose(1, 2).reshape(x.size(0), x.size(1), SIZE);
            return linear(path + ".out_proj", SIZE, SIZE, joined);
        }

        private static Tensor heads(Tensor all, long which) {
            return all.narrow(2, which * SIZE, SIZE)
                    .view(all.size(0), all.size(1), HEADS, SIZE / HEADS)
                    .transpose(1, 2);
        }

        private Tensor layerNorm(String path, Tensor x) {
            TensorOptional weight = new TensorOptional(parameter(path + ".weight", SIZE));
            TensorOptional bias = new TensorOptional(parameter(path + ".bias", SIZE));
            return torch.layer_norm(x, new long[] {SIZE}, weight, bias, 1e-5, true);
        }
    }

    private static final class Perceptron extends TorchNetwork {
        Perceptron(Weights weights) {
            super(weights);
        }

        @Override
        Tensor forward(Tensor image) {
            Tensor x = relu(linear("first", 784, 512, image));
            return linear("last", 512, 10, relu(linear("second", 512, 512, x)));
        }
    }

    private static final class Lstm extends TorchNetwork {
        private static final long SIZE = 128;
        private static final int LAYERS = 2;

        Lstm(Weights weights) {
            super(weights);
        }

        @Override
        Tensor forward(Tensor sequence) {
            TensorVector parameters = new TensorVector();
            for (int layer = 0; layer < LAYERS; layer++) {
                parameters.push_back(parameter("lstm.weight_ih_l" + layer, 4 * SIZE, SIZE));
                parameters.push_back(parameter("lstm.weight_hh_l" + layer, 4 * SIZE, SIZE));
                parameters.push_back(parameter("lstm.bias_ih_l" + layer, 4 * SIZE));
                parameters.push_back(parameter("lstm.bias_hh_l" + layer, 4 * SIZE));
            }
            Tensor zero = torch.zeros(LAYERS, sequence.size(0), SIZE);
            TensorVector states = new TensorVector(zero, zero);
            Tensor output = torch.lstm(sequence, states, parameters, true, LAYERS, 0, isTraining(), false, true)
                    .get0();
            return linear("answer", SIZE, 10, output.select(1, -1));
        }
    }
}
