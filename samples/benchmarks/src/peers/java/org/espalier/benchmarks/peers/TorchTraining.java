package org.espalier.benchmarks.peers;

import java.util.List;
import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.espalier.benchmarks.Subject;
import org.espalier.benchmarks.networks.UnetTask;

/** A network of libtorch in training: zero_grad, forward, loss, backward, step, for each of its batches. */
final class TorchTraining implements Subject {
    private final TorchNetwork network;
    private final BinaryOperator<Tensor> loss;
    private final Adam adam;
    private final Penalty penalty;
    private final List<Example> examples;
    private double lastLoss;

    /** λ of L1 and of L2, 0 for none. */
    record Penalty(double l1, double l2) {
        static final Penalty NONE = new Penalty(0, 0);
    }

    /** What one step sees. */
    record Example(Tensor input, Tensor target) {}

    /** Learning rate and β₁; β₂ is 0.999. */
    record Rates(double lr, double beta1) {}

    TorchTraining(
            TorchNetwork network, BinaryOperator<Tensor> loss, Rates rates, Penalty penalty, List<Example> examples) {
        this.network = network;
        this.loss = loss;
        this.penalty = penalty;
        this.examples = examples;
        network.forward(examples.get(0).input());
        adam = Torch.adam(network.parameters(), rates.lr(), rates.beta1(), 0.999);
    }

    /** The U-Net of unet.net. */
    static TorchTraining unet(TorchUnet network, int size, boolean penalized) {
        Example example = new Example(
                Torch.tensor(UnetTask.drawings(1, size), 1, 3, size, size),
                Torch.tensor(UnetTask.colours(1, size), 1, 3, size, size));
        Penalty penalty = penalized ? new Penalty(1e-6, 1e-5) : Penalty.NONE;
        return new TorchTraining(network, torch::l1_loss, new Rates(2e-4, 0.5), penalty, List.of(example));
    }

    @Override
    public void step() {
        for (Example example : examples) {
            Torch.freeing(() -> {
                adam.zero_grad();
                Tensor total = loss.apply(network.forward(example.input()), example.target());
                if (penalty.l1() > 0 || penalty.l2() > 0) {
                    total = total.add(Torch.penalty(network.regularized(), penalty.l1(), penalty.l2()));
                }
                total.backward();
                adam.step();
                // Whoever trains looks at the loss.
                lastLoss = total.item_float();
            });
        }
    }

    /** Loss and penalty before the last step. */
    double lastLoss() {
        return lastLoss;
    }

    @Override
    public String build() {
        return Torch.build();
    }
}
