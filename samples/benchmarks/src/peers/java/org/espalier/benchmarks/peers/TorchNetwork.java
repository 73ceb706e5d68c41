package org.espalier.benchmarks.peers;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A network of libtorch: its parameters by name, made by the first forward, and a forward that autograd records. */
abstract class TorchNetwork {
    private static final double MOMENTUM = 0.1;
    private static final double EPS = 1e-5;

    private final Weights weights;
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> statistics = new LinkedHashMap<>();
    private boolean training = true;

    TorchNetwork(Weights weights) {
        this.weights = weights;
    }

    /** The output for an input. */
    abstract Tensor forward(Tensor x);

    /** Makes a parameter, or returns the one of that name. */
    final Tensor parameter(String name, long... shape) {
        return parameters.computeIfAbsent(
                name, absent -> Torch.tensor(weights.of(name, shape), shape).requires_grad_(true));
    }

    /** {@code Linear(in, out)}. */
    final Tensor linear(String path, long in, long out, Tensor x) {
        return torch.linear(
                x, parameter(path + ".weight", out, in), new TensorOptional(parameter(path + ".bias", out)));
    }

    /** {@code BatchNorm2d(channels)}. */
    final Tensor batchNorm(String path, long channels, Tensor x) {
        return torch.batch_norm(
                x,
                new TensorOptional(parameter(path + ".weight", channels)),
                new TensorOptional(parameter(path + ".bias", channels)),
                new TensorOptional(statistics.computeIfAbsent(path + ".running_mean", name -> torch.zeros(channels))),
                new TensorOptional(statistics.computeIfAbsent(path + ".running_var", name -> torch.ones(channels))),
                training,
                MOMENTUM,
                EPS,
                false);
    }

    /** {@code ReLU(inplace=True)}. What libtorch returns refers to the Java object that it was given, so that stays. */
    static Tensor relu(Tensor x) {
        torch.relu_(x);
        return x;
    }

    /** {@code ReLU6(inplace=True)}. */
    static Tensor relu6(Tensor x) {
        torch.relu6_(x);
        return x;
    }

    /** {@code Dropout(0.5)}. */
    final Tensor dropout(Tensor x) {
        return torch.dropout(x, 0.5, training);
    }

    /** Tells whether layers behave as in training. */
    final boolean isTraining() {
        return training;
    }

    /** Lets layers behave as in use. */
    final void eval() {
        training = false;
    }

    /** Those that are regularized: weights of convolutions and of linear layers, no biases, no normalization. */
    final List<Tensor> regularized() {
        return parameters.values().stream().filter(tensor -> tensor.dim() > 1).toList();
    }

    /** The others. */
    final List<Tensor> unregularized() {
        return parameters.values().stream().filter(tensor -> tensor.dim() == 1).toList();
    }

    /** Every parameter. */
    final List<Tensor> all() {
        return List.copyOf(parameters.values());
    }

    /** Each parameter's name. */
    final Collection<String> names() {
        return parameters.keySet();
    }

    /** A parameter's numbers. */
    final float[] numbers(String name) {
        Tensor parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("no parameter '" + name + "'; there are " + names());
        }
        return Torch.numbers(parameter);
    }
}
