package org.espalier.benchmarks.peers;

import java.util.List;
import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.espalier.benchmarks.networks.ClassifierTask;
import org.espalier.benchmarks.networks.DigitsTask;
import org.espalier.benchmarks.networks.MlpTask;
import org.espalier.benchmarks.networks.Portions;
import org.espalier.benchmarks.networks.UnetTask;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.runtime.data.Batch;

/** A network of libtorch in training: zero_grad, forward, loss, backward, step, for each of a step's batches. */
final class TorchTraining implements Subject {
    private final TorchNetwork network;
    private final BinaryOperator<Tensor> loss;
    private final Recipe recipe;
    private final Optimizer optimizer;
    private final Portions<Example> examples;
    private final double amount;
    private double lastLoss;

    /** Input and target of one batch. */
    private record Example(Tensor input, Tensor target) {}

    private TorchTraining(
            TorchNetwork network,
            BinaryOperator<Tensor> loss,
            Recipe recipe,
            Optimizer optimizer,
            Portions<Example> examples,
            double amount) {
        this.network = network;
        this.loss = loss;
        this.recipe = recipe;
        this.examples = examples;
        this.amount = amount;
        this.optimizer = optimizer;
    }

    private static TorchTraining of(TorchNetwork network, BinaryOperator<Tensor> loss, Recipe recipe, Example example) {
        // Makes the parameters.
        network.forward(example.input());
        return new TorchTraining(network, loss, recipe, adam(recipe, network), Portions.of(example), 0);
    }

    private static Optimizer adam(Recipe recipe, TorchNetwork network) {
        return Torch.adam(recipe, network.regularized(), network.unregularized());
    }

    /** A network that puts things into classes. */
    static TorchTraining classifier(ClassifierTask task, TorchNetwork network) {
        Tensor labels = Torch.tensor(task.labels(), task.batch()).toType(torch.ScalarType.Long);
        Example example = new Example(input(task), labels);
        network.forward(example.input());
        Optimizer optimizer = switch (task.benchmark()) {
            case "resnet18" -> Torch.sgd(1e-4, network.regularized(), network.unregularized());
            case "mobilenetv2" -> Torch.sgd(4e-5, network.regularized(), network.unregularized());
            case "transformer" -> Torch.adamW(network.all());
            default -> adam(Recipe.PLAIN, network);
        };
        return new TorchTraining(network, torch::cross_entropy_loss, Recipe.PLAIN, optimizer, Portions.of(example), 0);
    }

    /** The batch of a network that puts things into classes. */
    static Tensor input(ClassifierTask task) {
        Tensor numbers = Torch.tensor(task.input(), task.shape());
        return task.hasTokens() ? numbers.toType(torch.ScalarType.Long) : numbers;
    }

    /** The U-Net of unet.net. */
    static TorchTraining unet(TorchUnet network, int size, Recipe recipe) {
        Example example = new Example(
                Torch.tensor(UnetTask.drawings(1, size), 1, 3, size, size),
                Torch.tensor(UnetTask.colours(1, size), 1, 3, size, size));
        return of(network, torch::l1_loss, recipe, example);
    }

    /** The small network. */
    static TorchTraining mlp(TorchMlp network, Recipe recipe) {
        Example example = new Example(
                Torch.tensor(MlpTask.features(), MlpTask.BATCH, MlpTask.FEATURES),
                Torch.tensor(MlpTask.answers(), MlpTask.BATCH, 1));
        return of(network, torch::mse_loss, recipe, example);
    }

    /** The digits sample. */
    static TorchTraining digits(TorchDigits network, List<Batch> batches) {
        List<Example> examples = batches.stream()
                .map(batch -> new Example(
                        Torch.tensor(
                                batch.input().data().asFloat(), batch.input().shape()),
                        Torch.tensor(batch.target().data().asFloat(), batch.size())
                                .toType(torch.ScalarType.Long)))
                .toList();
        network.forward(examples.get(0).input());
        Portions<Example> portions = Portions.ofEpoch(examples);
        return new TorchTraining(
                network,
                torch::cross_entropy_loss,
                Recipe.DIGITS,
                adam(Recipe.DIGITS, network),
                portions,
                (double) portions.perStep() * DigitsTask.BATCH);
    }

    @Override
    public void step() {
        examples.next(example -> Torch.freeing(() -> step(example)));
    }

    private void step(Example example) {
        optimizer.zero_grad();
        Tensor total = loss.apply(network.forward(example.input()), example.target());
        if (recipe.isPenalized()) {
            total = total.add(Torch.penalty(recipe, network.regularized()));
        }
        total.backward();
        optimizer.step();
        // Whoever trains looks at the loss.
        lastLoss = total.item_float();
    }

    /** The loss before the last step, with the penalty that was added to it. */
    double lastLoss() {
        return lastLoss;
    }

    @Override
    public double amount() {
        return amount;
    }

    @Override
    public String build() {
        return Torch.build();
    }
}
