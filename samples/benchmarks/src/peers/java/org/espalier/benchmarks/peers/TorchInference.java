package org.espalier.benchmarks.peers;

import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.espalier.benchmarks.networks.ClassifierTask;
import org.espalier.benchmarks.subject.Subject;

/** A network of libtorch in use: forward in eval mode, without gradients. */
final class TorchInference implements Subject {
    private final TorchNetwork network;
    private final Tensor input;

    TorchInference(ClassifierTask task, Weights weights) {
        network = TorchClassifiers.of(task, weights);
        network.eval();
        input = TorchTraining.input(task);
        // Makes the parameters, which a step would free.
        network.forward(input);
    }

    @Override
    public void step() {
        output();
    }

    /** The output's numbers. */
    float[] output() {
        float[][] numbers = new float[1][];
        Torch.freeing(() -> {
            NoGradGuard guard = new NoGradGuard();
            try {
                numbers[0] = Torch.numbers(network.forward(input));
            } finally {
                guard.close();
            }
        });
        return numbers[0];
    }

    @Override
    public String build() {
        return Torch.build();
    }
}
