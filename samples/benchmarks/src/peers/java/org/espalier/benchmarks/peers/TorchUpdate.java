package org.espalier.benchmarks.peers;

import java.util.List;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.Tensor;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.benchmarks.update.Task;

/**
 * libtorch's update: the penalty and its backward, which adds to a gradient that is there already, as that of the data
 * would be; then Adam.
 */
final class TorchUpdate implements Subject {
    private static final Recipe RECIPE = new Recipe(Task.LR, Task.BETA1, Task.L1, Task.L2, 0);

    private final Tensor weights;
    private final Adam adam;
    private final boolean penalized;
    private double penalty;

    TorchUpdate(int count, boolean penalized) {
        this.penalized = penalized;
        weights = Torch.tensor(Task.weights(count), count).requires_grad_(true);
        weights.mutable_grad().put(Torch.tensor(Task.gradients(count), count));
        adam = Torch.adam(RECIPE, List.of(weights), List.of());
    }

    @Override
    public void step() {
        Torch.freeing(() -> {
            if (penalized) {
                Tensor loss = Torch.penalty(RECIPE, List.of(weights));
                penalty = loss.item_float();
                loss.backward();
            }
            adam.step();
        });
    }

    @Override
    public double amount() {
        return Task.GIGABYTES;
    }

    @Override
    public String build() {
        return Torch.build();
    }

    float[] weights() {
        return Torch.numbers(weights);
    }

    double penalty() {
        return penalty;
    }
}
